"""The overview's routes."""

from aiohttp import web

from netmon.domain.identifiers import TerritoryId
from netmon_collector.services import Services
from netmon_collector.web.findings import FindingsOfNow
from netmon_collector.web.keys import FINDINGS, SERVICES
from netmon_collector.web.pages.overview.view import TerritoryState, page_view, parse_filter
from netmon_collector.web.pages.shell.answering import page_answer
from netmon_collector.web.pages.shell.navigation import OVERVIEW


def add_overview_routes(app: web.Application) -> None:
    app.router.add_get("/", get_overview)
    app.router.add_get("/territories/{territory}/", get_overview)


async def get_overview(request: web.Request) -> web.Response:
    """The territory that the path names, else the one of the query."""
    services, found = request.app[SERVICES], request.app[FINDINGS]
    named = request.match_info.get("territory")
    only = parse_filter(request.query.get("verdict"))
    return await page_answer(
        request,
        "overview/page.html",
        lambda reader: page_view(_state(services, found, reader.territory.id), reader.language, only),
        section=OVERVIEW,
        territory=None if named is None else TerritoryId(named),
    )


def _state(services: Services, found: FindingsOfNow, territory: TerritoryId) -> TerritoryState:
    now = found.of(territory)
    registry, store = services.registry, services.store
    lines = [line.id for line in registry.lines_in(territory)]
    zone = registry.territory_by_id[territory].time_zone
    return TerritoryState(
        coverage=now.coverage,
        trend=found.trend(territory),
        verdicts=now.organisations,
        registry=registry,
        policy=services.policy,
        last_seen=store.last_seen(lines),
        made_at=now.made_at,
        title=services.indicator_title(territory),
        demonstration=services.policy.accept_emulated,
        emulated=() if now.period is None else store.emulated_lines(lines, *now.period.bounds(zone)),
    )
