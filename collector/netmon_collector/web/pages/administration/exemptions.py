"""Exemptions: entered with their document, ended or taken back; what the registry's file says stands beside them."""

import asyncio
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from netmon.domain.access import Role
from netmon.domain.entries import EntryKind, subject_of
from netmon.domain.identifiers import OrganisationId
from netmon.domain.registry import Exemption, Registry
from netmon.errors import ConfigError
from netmon_collector.errors import ForbiddenError
from netmon_collector.web.access.addresses import see_other
from netmon_collector.web.access.forms import field
from netmon_collector.web.access.visitor import Visitor, require, visitor_of
from netmon_collector.web.keys import SERVICES
from netmon_collector.web.pages.administration.grants import Option
from netmon_collector.web.pages.administration.tabs import EXEMPTIONS, tab_answer
from netmon_collector.web.pages.shell.reader import Reader, language_of
from netmon_collector.wording.figures import date_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook

FIELDS = ("organisation", "reason", "document", "approver_role", "from", "to")
_PROBLEMS = {
    "organisation": N_("Choose an organisation of the registry."),
    "reason": N_("Say why the organisation is not judged."),
    "document": N_("Name the document that exempts the organisation, with its number and date."),
    "approver_role": N_("Name the role that approved it, not a person."),
    "from": N_("Choose the first day of the exemption."),
    "to": N_("Choose the first day after the exemption; it is later than its first day."),
}
_OTHERWISE = N_("The exemption cannot be entered; check what is filled in.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionRow:
    """`state` is in force, coming or over; `subject` names it in a form."""

    subject: str
    organisation: str
    reason: str
    document: str
    approver: str
    start: str | None
    end: str | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionsView:
    rows: tuple[ExemptionRow, ...]
    organisations: tuple[Option, ...]
    given: dict[str, str]
    wrong: str | None


def add_exemptions_routes(app: web.Application) -> None:
    app.router.add_get("/administration/exemptions/", get_exemptions)
    app.router.add_post("/administration/exemptions/", post_exemption)
    app.router.add_post("/administration/exemptions/end", post_end)


async def get_exemptions(request: web.Request) -> web.Response:
    return await _page(request)


async def _page(request: web.Request, *, wrong: str | None = None) -> web.Response:
    services, visitor = request.app[SERVICES], visitor_of(request)
    is_wrong = wrong is not None
    given = {name: field(request, name) if is_wrong else "" for name in FIELDS}

    def view(reader: Reader) -> ExemptionsView:
        registry, language = services.registry, reader.language
        return ExemptionsView(
            rows=tuple(_row(one, registry, language, reader.today) for one in _own(registry, visitor)),
            organisations=tuple(
                Option(value=one.id, text=one.name.in_language(language))
                for one in registry.organisations
                if visitor.may(Role.ADMINISTRATOR, one.territory, registry)
            ),
            given=given,
            wrong=wrong,
        )

    problem = None
    if is_wrong:
        problem = phrasebook(language_of(request)).say(_PROBLEMS.get(wrong or "", _OTHERWISE))
    return await tab_answer(
        request, "exemptions.html", view, tab=EXEMPTIONS, problem=problem, status=400 if is_wrong else 200
    )


def _own(registry: Registry, visitor: Visitor) -> list[Exemption]:
    """Those of the visitor's territories, the latest first."""
    found = [
        one
        for one in registry.exemptions
        if visitor.may(Role.ADMINISTRATOR, registry.organisation_by_id[one.organisation].territory, registry)
    ]
    return sorted(found, key=lambda one: one.during.start or date.min, reverse=True)


def _row(one: Exemption, registry: Registry, language: Language, today: date) -> ExemptionRow:
    start, end = one.during.start, one.during.end
    state = "in_force" if one.during.contains(today) else "over" if end is not None and end <= today else "coming"
    return ExemptionRow(
        subject=subject_of(one),
        organisation=registry.organisation_by_id[one.organisation].name.in_language(language),
        reason=one.reason.in_language(language),
        document=one.document,
        approver=one.approver_role.in_language(language),
        start=None if start is None else date_text(start, language),
        end=None if end is None else date_text(end, language),
        state=state,
    )


async def post_exemption(request: web.Request) -> web.Response:
    """Enter an exemption; the same organisation, day and document again is a correction."""
    services, actor = request.app[SERVICES], visitor_of(request).manager.actor
    organisation = services.registry.organisation_by_id.get(OrganisationId(field(request, "organisation")))
    if organisation is None:
        return await _page(request, wrong="organisation")
    require(request, Role.ADMINISTRATOR, organisation.territory)
    fields = {name: field(request, name) for name in FIELDS}
    try:
        added = await asyncio.to_thread(services.enter, EntryKind.EXEMPTION, fields, entered_by=actor)
    except ConfigError as error:
        return await _page(request, wrong=_field_of(error))
    return see_other(request, EXEMPTIONS.path, done="same" if added is None else "added")


def _field_of(error: ConfigError) -> str:
    """The field that is wrong: `reason.ru` is the reason."""
    return (error.key or "").split(".")[0]


async def post_end(request: web.Request) -> web.Response:
    """Take an exemption back as if it had never been; the log keeps both."""
    services, visitor = request.app[SERVICES], visitor_of(request)
    subject = field(request, "subject")
    found = next((one for one in _own(services.registry, visitor) if subject_of(one) == subject), None)
    if found is None:
        raise ForbiddenError
    actor = visitor.manager.actor
    await asyncio.to_thread(
        services.take_back,
        EntryKind.EXEMPTION,
        subject,
        document=field(request, "document") or found.document,
        entered_by=actor,
    )
    return see_other(request, EXEMPTIONS.path, done="taken-back")
