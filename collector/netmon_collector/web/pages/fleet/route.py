"""The route of the fleet."""

from aiohttp import web

from netmon_collector.web.keys import FINDINGS, SERVICES
from netmon_collector.web.pages.fleet.reading import read_fleet
from netmon_collector.web.pages.fleet.view import fleet_page
from netmon_collector.web.pages.shell.answering import page_answer
from netmon_collector.web.pages.shell.navigation import FLEET
from netmon_collector.web.pages.shell.reader import Reader

_LONGEST_FILTER = 20


def add_fleet_routes(app: web.Application) -> None:
    app.router.add_get("/fleet/", get_fleet)


async def get_fleet(request: web.Request) -> web.Response:
    """The agents of a territory and the measurement servers, all of them or those of one state."""
    services, found = request.app[SERVICES], request.app[FINDINGS]
    only = request.query.get("state", "")[:_LONGEST_FILTER]

    def view(reader: Reader) -> object:
        territory = reader.territory.id
        state = found.kept(("fleet", territory), lambda: read_fleet(services, territory))
        return fleet_page(state, only, reader.language)

    return await page_answer(request, "fleet/page.html", view, section=FLEET)
