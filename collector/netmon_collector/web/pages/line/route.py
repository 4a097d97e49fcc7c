"""The routes of a line: its page, the slots of a day, one slot, its measurements as a table, and what is drawn."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from aiohttp import web

from netmon.domain.access import Role
from netmon.domain.identifiers import SlotId
from netmon.domain.measurement import Direction
from netmon.domain.period import Period
from netmon.domain.registry import Line
from netmon_collector.errors import BadRequestError
from netmon_collector.services import Services
from netmon_collector.web.access.visitor import visitor_of
from netmon_collector.web.answers import json_answer
from netmon_collector.web.api.queries import day_of, line_of
from netmon_collector.web.api.tables import measurements_csv
from netmon_collector.web.judging import judged
from netmon_collector.web.keys import FINDINGS, SERVICES
from netmon_collector.web.pages.line.chart import chart_document
from netmon_collector.web.pages.line.evidence import evidence_view
from netmon_collector.web.pages.line.head import head_view
from netmon_collector.web.pages.line.reading import read_chart, read_line, read_slot
from netmon_collector.web.pages.line.span import Span, parse_span
from netmon_collector.web.pages.line.view import SlotPage, line_page
from netmon_collector.web.pages.shell.answering import page_answer
from netmon_collector.web.pages.shell.file_answer import file_answer
from netmon_collector.web.pages.shell.navigation import ORGANISATIONS
from netmon_collector.web.pages.shell.reader import Reader


def add_line_routes(app: web.Application) -> None:
    app.router.add_get("/lines/{line}/", get_line_page)
    app.router.add_get("/lines/{line}/slots/{slot}/", get_slot_page)
    app.router.add_get("/lines/{line}/measurements.csv", get_csv)
    app.router.add_get("/api/v1/lines/{line}/chart", get_chart)


async def get_line_page(request: web.Request) -> web.Response:
    """Everything about a line over a span of days, and the slots of one day."""
    services, found = request.app[SERVICES], request.app[FINDINGS]
    line = line_of(request, services)
    asked = day_of(request, "day")
    place = services.registry.locality_of(line.id).territory
    may_enrol = visitor_of(request).may(Role.OPERATOR, place, services.registry)

    def view(reader: Reader) -> object:
        span = _span(request, services, line)
        day = asked or min(_today(services, line), span.last)
        page = line_page(read_line(services, found, line, span, day), reader.language)
        return replace(page, may_enrol=may_enrol)

    return await _answer(request, "line/page.html", view, line)


async def get_slot_page(request: web.Request) -> web.Response:
    """One slot with its evidence: a page of its own, or with ``part`` the piece that unfolds on the line's page."""
    services = request.app[SERVICES]
    line = line_of(request, services)
    identifier = SlotId(request.match_info["slot"])
    zone = services.registry.time_zone(line.id)

    def view(reader: Reader) -> object:
        facts = read_slot(services, line, identifier)
        return SlotPage(
            head=head_view(line, services.registry, services.policy, _today(services, line), reader.language),
            evidence=evidence_view(facts, zone, reader.language),
            day=facts.slot.starts_at.astimezone(zone).date().isoformat(),
        )

    return await _answer(request, "line/_evidence.html" if "part" in request.query else "line/slot.html", view, line)


async def get_csv(request: web.Request) -> web.Response:
    """The measurements of a week or a month as a table for a spreadsheet."""
    services = request.app[SERVICES]
    line = line_of(request, services)
    span = _span(request, services, line)
    start, _ = Period.day(span.first).bounds(services.registry.time_zone(line.id))
    _, end = Period.day(span.last).bounds(services.registry.time_zone(line.id))
    text = await judged(request, lambda: measurements_csv(services.store.measurements([line.id], start, end)))
    name = f"{line.id}-{span.period.name}.csv"
    answer = file_answer(text.encode(), name, content_type="text/csv", charset="utf-8")
    answer.enable_compression()
    return answer


async def get_chart(request: web.Request) -> web.Response:
    """The points and the levels of a line's chart."""
    services = request.app[SERVICES]
    line = line_of(request, services)
    span = _span(request, services, line)
    direction = _direction(request.query.get("direction", Direction.DOWN.value))
    document = await judged(request, lambda: chart_document(line.id, read_chart(services, line, span), direction))
    return json_answer(document)


def _direction(text: str) -> Direction:
    try:
        return Direction(text)
    except ValueError as error:
        raise BadRequestError("direction is none; write down or up") from error


def _span(request: web.Request, services: Services, line: Line) -> Span:
    return parse_span(request.query.get("period"), request.query.get("span"), _today(services, line))


def _today(services: Services, line: Line) -> date:
    return services.clock.now().astimezone(services.registry.time_zone(line.id)).date()


async def _answer(request: web.Request, template: str, view: Callable[[Reader], object], line: Line) -> web.Response:
    territory = request.app[SERVICES].registry.locality_of(line.id).territory
    return await page_answer(request, template, view, section=ORGANISATIONS, territory=territory)
