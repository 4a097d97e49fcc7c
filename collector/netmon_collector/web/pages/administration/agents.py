"""Agents: codes with which devices enrol for a line, and the end of a device's token."""

import asyncio
from dataclasses import dataclass
from datetime import tzinfo

from aiohttp import web

from netmon.domain.access import Role
from netmon.domain.identifiers import AgentId, LineId
from netmon.domain.registry import Line, Registry
from netmon_collector.errors import ForbiddenError, NotFoundError
from netmon_collector.papers import sheet_of
from netmon_collector.ports import KnownAgent
from netmon_collector.use_cases.enrolment import grant_code, revoke_agent
from netmon_collector.web.access.addresses import devices_address, see_other
from netmon_collector.web.access.forms import field
from netmon_collector.web.access.visitor import Visitor, require, visitor_of
from netmon_collector.web.keys import SERVICES
from netmon_collector.web.pages.administration.grants import Option
from netmon_collector.web.pages.administration.tabs import AGENTS, tab_answer
from netmon_collector.web.pages.shell.reader import Reader, language_of
from netmon_collector.wording.figures import moment_text
from netmon_collector.wording.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRow:
    """`state` is active, conflict (two devices use the identity) or revoked."""

    id: str
    line: str
    place: str
    software: str
    state: str
    seen: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCode:
    """A code as it is shown once."""

    code: str
    line: str
    until: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentsView:
    rows: tuple[AgentRow, ...]
    lines: tuple[Option, ...]
    new: NewCode | None


def add_agents_routes(app: web.Application) -> None:
    app.router.add_get("/administration/agents/", get_agents)
    app.router.add_post("/administration/agents/codes", post_code)
    app.router.add_post("/administration/agents/revoke", post_revoke)


async def get_agents(request: web.Request) -> web.Response:
    return await _page(request)


async def _page(request: web.Request, *, new: NewCode | None = None) -> web.Response:
    services, visitor = request.app[SERVICES], visitor_of(request)

    def view(reader: Reader) -> AgentsView:
        registry, language = services.registry, reader.language
        own = [line for line in registry.lines if _may(visitor, line.id, registry)]
        identifiers = {line.id for line in own}
        known = [one for one in services.store.known_agents() if one.line in identifiers]
        return AgentsView(
            rows=tuple(_row(one, registry, language, reader.territory.time_zone) for one in known),
            lines=tuple(
                Option(value=line.id, text=f"{line.id}: {_place(line, registry, language)}")
                for line in own
                if line.during.contains(reader.today)
            ),
            new=new,
        )

    return await tab_answer(request, "agents.html", view, tab=AGENTS)


def _may(visitor: Visitor, line: LineId, registry: Registry) -> bool:
    return visitor.may(Role.OPERATOR, registry.locality_of(line).territory, registry)


def _place(line: Line, registry: Registry, language: Language) -> str:
    """Who uses the building and where it stands."""
    site = registry.site_by_id[line.site]
    users = dict.fromkeys(use.organisation for use in site.occupancies)
    names = [registry.organisation_by_id[one].name.in_language(language) for one in users]
    return ", ".join([*names, site.address.in_language(language)])


def _row(one: KnownAgent, registry: Registry, language: Language, zone: tzinfo) -> AgentRow:
    line = None if one.line is None else registry.line_by_id.get(one.line)
    state = "revoked" if one.revoked_at is not None else "conflict" if one.conflicts else "active"
    return AgentRow(
        id=one.agent,
        line=one.line or "",
        place="" if line is None else _place(line, registry, language),
        software=one.software,
        state=state,
        seen=None if one.last_seen is None else moment_text(one.last_seen, zone, language),
    )


async def post_code(request: web.Request) -> web.Response:
    """A code is shown once, right here."""
    services, line = request.app[SERVICES], LineId(field(request, "line"))
    if line not in services.registry.line_by_id:
        raise NotFoundError("the registry has no such line")
    require(request, Role.OPERATOR, services.registry.locality_of(line).territory)
    actor, at = visitor_of(request).manager.actor, services.clock.now()
    code, grant = await asyncio.to_thread(
        grant_code, line, registry=services.registry, store=services.store, at=at, actor=actor
    )
    until = moment_text(grant.expires_at, services.registry.time_zone(line), language_of(request))
    sheet = sheet_of(services, code, grant, collector=devices_address(request), language=language_of(request))
    return await _page(request, new=NewCode(code=code, line=line, until=until, command=" ".join(sheet.words)))


async def post_revoke(request: web.Request) -> web.Response:
    services, visitor = request.app[SERVICES], visitor_of(request)
    agent, actor = AgentId(field(request, "agent")), visitor.manager.actor

    def revoke() -> None:
        known = next((one for one in services.store.known_agents() if one.agent == agent), None)
        registry = services.registry
        line = None if known is None else known.line
        if line is None or line not in registry.line_by_id or not _may(visitor, line, registry):
            raise ForbiddenError
        revoke_agent(agent, store=services.store, at=services.clock.now(), actor=actor)

    await asyncio.to_thread(revoke)
    return see_other(request, AGENTS.path, done="revoked")
