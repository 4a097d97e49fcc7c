"""The route of one organisation."""

from aiohttp import web

from netmon.domain.identifiers import OrganisationId
from netmon.domain.period import Period, PeriodKind
from netmon.domain.registry import Organisation
from netmon_collector.errors import NotFoundError
from netmon_collector.services import Services
from netmon_collector.web.findings import FindingsOfNow
from netmon_collector.web.keys import FINDINGS, SERVICES
from netmon_collector.web.pages.organisation.view import OrganisationState, organisation_page
from netmon_collector.web.pages.organisations.asked import Asked
from netmon_collector.web.pages.organisations.periods import shown_period
from netmon_collector.web.pages.organisations.view import SPARK_DAYS
from netmon_collector.web.pages.shell.answering import page_answer
from netmon_collector.web.pages.shell.navigation import ORGANISATIONS
from netmon_collector.web.pages.shell.reader import Reader

_MONTHS, _WEEKS = 12, 8


def add_organisation_routes(app: web.Application) -> None:
    app.router.add_get("/organisations/{organisation}/", get_organisation)


async def get_organisation(request: web.Request) -> web.Response:
    """Raises NotFoundError for an organisation that the registry does not know."""
    services, found = request.app[SERVICES], request.app[FINDINGS]
    identifier = OrganisationId(request.match_info["organisation"])
    organisation = services.registry.organisation_by_id.get(identifier)
    if organisation is None:
        raise NotFoundError(f"the registry has no organisation '{identifier}'")
    period = Asked.read(request.query).period
    return await page_answer(
        request,
        "organisation/page.html",
        lambda reader: organisation_page(_state(services, found, reader, organisation, period), reader.language),
        section=ORGANISATIONS,
        territory=organisation.territory,
    )


def _state(
    services: Services, found: FindingsOfNow, reader: Reader, organisation: Organisation, asked: Period | None
) -> OrganisationState:
    registry, territory = services.registry, organisation.territory
    sites = {site.id for site, _ in registry.uses(organisation.id, reader.today)}
    lines = [line.id for line in registry.lines if line.site in sites]
    before = {
        **found.outcomes(territory, PeriodKind.MONTH, most=_MONTHS),
        **found.outcomes(territory, PeriodKind.WEEK, most=_WEEKS),
    }
    return OrganisationState(
        organisation=organisation,
        standing=found.standing(territory, shown_period(found, reader, asked)),
        counted=found.of(territory).period,
        registry=registry,
        policy=services.policy,
        last_seen=services.store.last_seen(lines),
        days=services.store.day_glances(lines, reader.today - SPARK_DAYS, reader.today),
        before=[(period, of[organisation.id].outcome) for period, of in before.items() if organisation.id in of],
        today=reader.today,
        zone=reader.territory.time_zone,
    )
