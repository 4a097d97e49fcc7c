"""The overview's routes."""

from aiohttp import web

from netmon.domain.identifiers import TerritoryId
from netmon_collector.web.keys import FINDINGS, SERVICES
from netmon_collector.web.pages.overview.state import overview_state
from netmon_collector.web.pages.overview.view import overview_view
from netmon_collector.web.pages.shell.answering import page_answer
from netmon_collector.web.pages.shell.navigation import OVERVIEW


def add_overview_routes(app: web.Application) -> None:
    app.router.add_get("/", get_overview)
    app.router.add_get("/territories/{territory}/", get_overview)


async def get_overview(request: web.Request) -> web.Response:
    """The territory that the path names, else the one of the query."""
    services, found = request.app[SERVICES], request.app[FINDINGS]
    named = request.match_info.get("territory")
    return await page_answer(
        request,
        "overview/page.html",
        lambda reader: overview_view(overview_state(services, found, reader), reader.language),
        section=OVERVIEW,
        territory=None if named is None else TerritoryId(named),
    )
