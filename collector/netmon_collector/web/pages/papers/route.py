"""The routes of papers: an act and a letter of a line, a letter to an organisation, the enrolment sheet of a line."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from aiohttp import web

from netmon.domain.identifiers import OrganisationId, TerritoryId
from netmon.domain.period import Period
from netmon_collector.errors import NotFoundError
from netmon_collector.papers import ANSWER_WITHIN, Papers, sheet_of
from netmon_collector.report.documents.fill import Context, fill_document
from netmon_collector.report.documents.templates import Kind
from netmon_collector.report.enrolment_sheet import sheet_pdf
from netmon_collector.use_cases.enrolment import grant_code
from netmon_collector.web.access.addresses import devices_address
from netmon_collector.web.access.visitor import visitor_of
from netmon_collector.web.api.queries import line_of, period_of
from netmon_collector.web.judging import judged
from netmon_collector.web.keys import SERVICES
from netmon_collector.web.pages.shell.file_answer import file_answer
from netmon_collector.web.pages.shell.reader import language_of

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PDF = "application/pdf"
_log = logging.getLogger(__name__)


def add_papers_routes(app: web.Application) -> None:
    app.router.add_get("/lines/{line}/act.docx", get_act)
    app.router.add_get("/lines/{line}/letter.docx", get_letter_to_provider)
    app.router.add_get("/organisations/{organisation}/letter.docx", get_letter_to_organisation)
    app.router.add_post("/lines/{line}/enrolment-sheet", post_enrolment_sheet)


async def get_act(request: web.Request) -> web.Response:
    """The act of monitoring of a line. Raises NotFoundError."""
    services = request.app[SERVICES]
    line = line_of(request, services)
    territory = services.registry.locality_of(line.id).territory
    return await _document(request, territory, Kind.ACT, f"act-{line.id}", lambda papers: papers.act(line.id))


async def get_letter_to_provider(request: web.Request) -> web.Response:
    """To whom the line's contract was with at the end of the period. Raises NotFoundError."""
    services = request.app[SERVICES]
    line = line_of(request, services)
    territory = services.registry.locality_of(line.id).territory

    def context(papers: Papers) -> Context:
        contract = line.contract_at(min(papers.period.last, papers.today))
        if contract is None:
            raise NotFoundError(f"the registry has no contract of line '{line.id}': there is nobody to write to")
        return papers.letter_to_provider(contract.provider, line.id)

    return await _document(request, territory, Kind.PROVIDER, f"letter-{line.id}", context)


async def get_letter_to_organisation(request: web.Request) -> web.Response:
    """What was found about an organisation, to itself. Raises NotFoundError."""
    identifier = OrganisationId(request.match_info["organisation"])
    found = request.app[SERVICES].registry.organisation_by_id.get(identifier)
    if found is None:
        raise NotFoundError(f"the registry has no organisation '{identifier}'")
    return await _document(
        request,
        found.territory,
        Kind.SCHOOLS,
        f"letter-{identifier}",
        lambda papers: papers.letter_to_schools(identifier),
    )


async def _document(
    request: web.Request, territory: TerritoryId, kind: Kind, name: str, context: Callable[[Papers], Context]
) -> web.Response:
    """A document of the period that the address names, else of the month before, to open in a word processor."""
    services, language = request.app[SERVICES], language_of(request)
    zone = services.registry.territory_by_id[territory].time_zone
    today = services.clock.now().astimezone(zone).date()
    period = period_of(request) or Period.month(today.replace(day=1) - timedelta(days=1))
    papers = Papers(
        services=services,
        territory=territory,
        period=period,
        today=today,
        deadline=today + ANSWER_WITHIN,
        language=language,
    )
    folder = services.settings.templates
    made = await judged(request, lambda: fill_document(kind, language, context(papers), folder=folder))
    if made.problem is not None:
        _log.warning("%s; the document was made from netmon's own template", made.problem)
    return file_answer(made.data, f"{name}-{period.name}.{language.value}.docx", content_type=_DOCX)


async def post_enrolment_sheet(request: web.Request) -> web.Response:
    """A new code for the line, printed with everything that its device needs. Raises NotFoundError, FontError."""
    services, language = request.app[SERVICES], language_of(request)
    line = line_of(request, services)
    actor, at = visitor_of(request).manager.actor, services.clock.now()
    code, grant = await asyncio.to_thread(
        grant_code, line.id, registry=services.registry, store=services.store, at=at, actor=actor
    )
    sheet = sheet_of(services, code, grant, collector=devices_address(request), language=language)
    made = await judged(request, lambda: sheet_pdf(sheet, language))
    return file_answer(made, f"enrolment-{line.id}.pdf", content_type=_PDF)
