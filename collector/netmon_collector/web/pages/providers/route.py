"""The route of the providers."""

from aiohttp import web

from netmon.domain.period import Period
from netmon_collector.services import Services
from netmon_collector.web.findings import FindingsOfNow
from netmon_collector.web.keys import FINDINGS, SERVICES
from netmon_collector.web.pages.organisations.asked import Asked
from netmon_collector.web.pages.organisations.periods import period_choices, period_views, shown_period
from netmon_collector.web.pages.providers.view import ProvidersState, providers_view
from netmon_collector.web.pages.shell.answering import page_answer
from netmon_collector.web.pages.shell.navigation import PROVIDERS
from netmon_collector.web.pages.shell.reader import Reader


def add_providers_routes(app: web.Application) -> None:
    app.router.add_get("/providers/", get_providers)


async def get_providers(request: web.Request) -> web.Response:
    services, found = request.app[SERVICES], request.app[FINDINGS]
    asked = Asked.read(request.query).period
    return await page_answer(
        request,
        "providers/page.html",
        lambda reader: providers_view(_state(services, found, reader, asked), reader.language),
        section=PROVIDERS,
    )


def _state(services: Services, found: FindingsOfNow, reader: Reader, asked: Period | None) -> ProvidersState:
    registry, territory = services.registry, reader.territory.id
    period = shown_period(found, reader, asked)
    return ProvidersState(
        lines=[line for line in registry.lines_in(territory) if line.during.contains(reader.today)],
        standing=found.standing(territory, period),
        registry=registry,
        policy=services.policy,
        periods=period_views(period_choices(found, reader), period, reader.language),
        today=reader.today,
        zone=reader.territory.time_zone,
    )
