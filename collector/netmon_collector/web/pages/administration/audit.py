"""The audit log: who changed what, and whether the chain is whole."""

from dataclasses import dataclass
from datetime import tzinfo

from aiohttp import web

from netmon.domain.audit import AuditEntry, AuditKind, first_broken_entry
from netmon_collector.services import Services
from netmon_collector.web.keys import SERVICES
from netmon_collector.web.pages.administration.grants import Option
from netmon_collector.web.pages.administration.tabs import AUDIT, tab_answer
from netmon_collector.web.pages.shell.reader import Reader
from netmon_collector.wording.access import access_word
from netmon_collector.wording.figures import moment_text
from netmon_collector.wording.language import Language

ON_A_PAGE = 50
_CHECKED_AT_ONCE = 5000
_MOST_DIGITS = 15
_LONGEST_SOUGHT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    number: int
    at: str
    actor: str
    what: str
    subject: str
    document: str | None
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """`broken` is the number of the first entry that is not what its hash says; `older` where the next page begins."""

    entries: tuple[EntryView, ...]
    broken: int | None
    total: int
    kinds: tuple[Option, ...]
    kind: str
    sought: str
    older: int | None


def add_audit_routes(app: web.Application) -> None:
    app.router.add_get("/administration/audit/", get_audit)


async def get_audit(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    kind = next((one for one in AuditKind if one.value == request.query.get("kind")), None)
    sought = request.query.get("sought", "")[:_LONGEST_SOUGHT].strip()
    text = request.query.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None

    def view(reader: Reader) -> AuditView:
        return _view(services, reader, kind=kind, sought=sought, before=before)

    return await tab_answer(request, "audit.html", view, tab=AUDIT)


def _view(services: Services, reader: Reader, *, kind: AuditKind | None, sought: str, before: int | None) -> AuditView:
    found = services.store.audit_newest(kind=kind, sought=sought, before=before, limit=ON_A_PAGE + 1)
    shown, language = found[:ON_A_PAGE], reader.language
    broken, total = check_log(services)
    return AuditView(
        entries=tuple(_entry(entry, stored, reader.territory.time_zone, language) for entry, stored in shown),
        broken=broken,
        total=total,
        kinds=tuple(Option(value=one.value, text=access_word(one, language)) for one in AuditKind),
        kind="" if kind is None else kind.value,
        sought=sought,
        older=shown[-1][0].number if len(found) > ON_A_PAGE else None,
    )


def check_log(services: Services) -> tuple[int | None, int]:
    """The first entry of the whole log that is not what its hash says, and how many entries there are."""
    after, previous = 0, None
    while page := services.store.audit_page(after=after, limit=_CHECKED_AT_ONCE):
        broken = first_broken_entry(page, after=after)
        if after and page[0][0].previous != previous:
            broken = page[0][0]
        if broken is not None:
            return broken.number, page[-1][0].number
        after, previous = page[-1][0].number, page[-1][1]
    return None, after


def _entry(entry: AuditEntry, stored: str, zone: tzinfo, language: Language) -> EntryView:
    change = entry.change
    return EntryView(
        number=entry.number,
        at=moment_text(change.at, zone, language),
        actor=change.actor,
        what=access_word(change.kind, language),
        subject=change.subject,
        document=change.document,
        hash=stored,
    )
