"""Reading what a client asks for: identifiers, days, pages."""

from datetime import UTC, date, datetime, timedelta

from aiohttp import web

from netmon.domain.identifiers import LineId
from netmon.domain.period import Period
from netmon.domain.registry import Line
from netmon.errors import WireError
from netmon.wire.canonical import Fields, b64decode, b64encode, canonical_json, format_time, parse_object, parse_time
from netmon_collector.errors import BadRequestError, NotFoundError
from netmon_collector.services import Services
from netmon_collector.storage.evidence import PageKey

_DEFAULT_PAGE = 500
_LARGEST_PAGE = 5000
_LONGEST_CURSOR = 2000
_FIRST_DAY, _LAST_DAY = date(1970, 1, 2), date(2999, 12, 30)


def line_of(request: web.Request, services: Services) -> Line:
    """The line that the path names. Raises NotFoundError."""
    identifier = LineId(request.match_info["line"])
    line = services.registry.line_by_id.get(identifier)
    if line is None:
        raise NotFoundError(f"the registry has no line '{identifier}'")
    return line


def day_of(request: web.Request, key: str) -> date | None:
    """A day as YYYY-MM-DD. Raises BadRequestError."""
    text = request.query.get(key)
    if text is None:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise BadRequestError(f"{key} is no day; write YYYY-MM-DD") from error
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise BadRequestError(f"{key} is out of range; write a day from {_FIRST_DAY} to {_LAST_DAY}")
    return day


def period_of(request: web.Request) -> Period | None:
    """A week, month or day. Raises BadRequestError."""
    text = request.query.get("period")
    try:
        period = None if text is None else Period.parse(text)
    except (ValueError, OverflowError) as error:
        raise BadRequestError("period is none; write 2026-W47, 2026-11 or 2026-11-23") from error
    if period is not None and not _FIRST_DAY <= period.first <= period.last <= _LAST_DAY:
        raise BadRequestError(f"period is out of range; write one from {_FIRST_DAY} to {_LAST_DAY}")
    return period


def time_of(request: web.Request, key: str, default: datetime) -> datetime:
    """A time in ISO 8601 with its zone. Raises BadRequestError."""
    text = request.query.get(key)
    try:
        return default if text is None else parse_time(text.replace(" ", "+"))
    except WireError as error:
        raise BadRequestError(f"{key}: {error}; write 2026-11-23T00:00:00Z") from error


def span_of(request: web.Request, now: datetime) -> tuple[datetime, datetime]:
    """The instants [from, to) that a client asks for: the last week when it says nothing."""
    end = time_of(request, "to", now)
    start = time_of(request, "from", max(end, datetime(1970, 1, 9, tzinfo=UTC)) - timedelta(days=7))
    if start >= end:
        raise BadRequestError("from is not before to")
    return start, end


def page_size(request: web.Request) -> int:
    text = request.query.get("limit", str(_DEFAULT_PAGE))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:10]) <= _LARGEST_PAGE):
        raise BadRequestError(f"limit is no number from 1 to {_LARGEST_PAGE}")
    return int(text)


def encode_cursor(key: PageKey) -> str:
    """Where the next page begins, as one opaque text."""
    at, agent, stream, sequence = key
    return b64encode(canonical_json({"at": format_time(at), "agent": agent, "stream": stream, "seq": sequence}))


def cursor_of(request: web.Request) -> PageKey | None:
    """Raises BadRequestError for a text that no page gave."""
    text = request.query.get("after")
    if text is None:
        return None
    try:
        fields = Fields(parse_object(b64decode(text[:_LONGEST_CURSOR]), limit=_LONGEST_CURSOR), "after")
        return fields.time("at"), fields.text("agent"), fields.text("stream"), fields.integer("seq")
    except WireError as error:
        raise BadRequestError("after is no mark of a page; take it from 'next' of the page before") from error
