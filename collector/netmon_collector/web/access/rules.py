"""Every route and whom it answers: the one place that decides. A route that is missing here is refused.

`tests/integration/access/test_rules.py` fails for a route without a rule and for a rule without a route, and tries
every role on every route in every territory.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from aiohttp import web

from netmon.domain.access import Role
from netmon.domain.identifiers import LineId, OrganisationId, TerritoryId
from netmon_collector.services import Services
from netmon_collector.use_cases.entering import MOST_EVIDENCE_BYTES

_FORM_BYTES = 64 * 1024
_FILE_BYTES = MOST_EVIDENCE_BYTES + _FORM_BYTES  # a form with the file that proves it
_TABLE_BYTES = 8 * 1024 * 1024  # a registry, also as the text that its preview carries


class Reach(Enum):
    """Places that are no single territory."""

    EVERYTHING = "everything"  # what belongs to no territory: the role is needed over all of them
    ANYWHERE = "anywhere"  # the handler shows or takes only what lies in the visitor's territories


Place = TerritoryId | Reach
Finder = Callable[[web.Request, Services], Place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Whom a route answers.

    Without a role: everybody, looked at or not (`is_file`), or agents, who show tokens of their own (`is_agents`), or
    whoever signed in with an account (`is_own`). With one: who has it in the place that `place` finds. `from_metrics`
    lets the configured networks in without a token. `most_bytes` is the longest form that is read.
    """

    role: Role | None = None
    place: Finder | None = None
    is_agents: bool = False
    is_file: bool = False
    is_own: bool = False
    from_metrics: bool = False
    most_bytes: int = _FORM_BYTES


def everything(_request: web.Request, _services: Services) -> Place:
    return Reach.EVERYTHING


def anywhere(_request: web.Request, _services: Services) -> Place:
    return Reach.ANYWHERE


def home(_request: web.Request, services: Services) -> Place:
    """The territory of the roadmap."""
    return services.roadmap.territory


def of_path(request: web.Request, services: Services) -> Place:
    """The territory that the path names; what the registry does not have is answered by the handler."""
    return _known(request.match_info["territory"], services)


def of_query(request: web.Request, services: Services) -> Place:
    """The territory that the query names, else the roadmap's: what pages do without one."""
    return _known(request.query.get("territory", services.roadmap.territory), services)


def of_filter(request: web.Request, services: Services) -> Place:
    """The territory that the query names; without one the handler shows those of the visitor."""
    asked = request.query.get("territory")
    return Reach.ANYWHERE if asked is None else _known(asked, services)


def of_line(request: web.Request, services: Services) -> Place:
    registry, line = services.registry, LineId(request.match_info["line"])
    return registry.locality_of(line).territory if line in registry.line_by_id else Reach.ANYWHERE


def of_organisation(request: web.Request, services: Services) -> Place:
    found = services.registry.organisation_by_id.get(OrganisationId(request.match_info["organisation"]))
    return Reach.ANYWHERE if found is None else found.territory


def _known(territory: str, services: Services) -> Place:
    found = TerritoryId(territory)
    return found if found in services.registry.territory_by_id else Reach.ANYWHERE


PUBLIC = Rule()
FILE = Rule(is_file=True)
AGENTS = Rule(is_agents=True)
OWN = Rule(is_own=True)


def viewer(place: Finder) -> Rule:
    return Rule(role=Role.VIEWER, place=place)


def operator(place: Finder, *, most_bytes: int = _FORM_BYTES) -> Rule:
    return Rule(role=Role.OPERATOR, place=place, most_bytes=most_bytes)


def administrator(place: Finder, *, most_bytes: int = _FORM_BYTES) -> Rule:
    return Rule(role=Role.ADMINISTRATOR, place=place, most_bytes=most_bytes)


# By method and path as the router has it; HEAD goes with GET.
RULES: Mapping[str, Rule] = {
    # whether the process lives; what browsers need before anybody signed in
    "GET /healthz": FILE,
    "GET /readyz": FILE,
    "GET /favicon.ico": FILE,
    "GET /static/{path}": FILE,
    # agents
    "POST /api/v1/enrol": AGENTS,
    "GET /api/v1/ca.pem": AGENTS,
    "GET /api/v1/agent/timetable": AGENTS,
    "POST /api/v1/agent/records": AGENTS,
    # programs
    "GET /openapi.json": viewer(anywhere),
    "GET /metrics": Rule(role=Role.VIEWER, place=everything, from_metrics=True),
    "GET /api/v1/territories/{territory}/coverage": viewer(of_path),
    "GET /api/v1/territories/{territory}/closings": viewer(of_path),
    "GET /api/v1/organisations": viewer(of_filter),
    "GET /api/v1/lines/{line}": viewer(of_line),
    "GET /api/v1/lines/{line}/measurements": viewer(of_line),
    "GET /api/v1/lines/{line}/verdicts": viewer(of_line),
    "GET /api/v1/lines/{line}/chart": viewer(of_line),
    "GET /api/v1/lines/{line}/device": viewer(of_line),
    "GET /api/v1/lines/{line}/absences": viewer(of_line),
    "GET /api/v1/lines/{line}/paths": viewer(of_line),
    "GET /api/v1/roadmap": viewer(home),
    "GET /api/v1/audit": administrator(everything),
    # the way in, and what belongs to whoever came in
    "GET /sign-in": PUBLIC,
    "POST /sign-in": PUBLIC,
    "POST /sign-out": PUBLIC,
    "GET /link/{secret}": PUBLIC,
    "POST /link/{secret}": PUBLIC,
    "GET /account/": OWN,
    "POST /account/password": OWN,
    "POST /account/sessions": OWN,
    # administration
    "GET /administration/": operator(anywhere),
    "GET /administration/agents/": operator(anywhere),
    "POST /administration/agents/codes": operator(anywhere),
    "POST /administration/agents/revoke": operator(anywhere),
    "GET /administration/exemptions/": administrator(anywhere),
    "POST /administration/exemptions/": administrator(anywhere),
    "POST /administration/exemptions/end": administrator(anywhere),
    "GET /administration/accounts/": administrator(anywhere),
    "POST /administration/accounts/": administrator(anywhere),
    "GET /administration/accounts/{account}/": administrator(anywhere),
    "POST /administration/accounts/{account}/grants": administrator(anywhere),
    "POST /administration/accounts/{account}/state": administrator(anywhere),
    "POST /administration/accounts/{account}/link": administrator(anywhere),
    "GET /administration/tokens/": administrator(anywhere),
    "POST /administration/tokens/": administrator(anywhere),
    "POST /administration/tokens/{token}/revoke": administrator(anywhere),
    "GET /administration/registry/": administrator(everything),
    "GET /administration/registry/table.csv": administrator(everything),
    "POST /administration/registry/preview": administrator(everything, most_bytes=_TABLE_BYTES),
    "POST /administration/registry/apply": administrator(everything, most_bytes=_TABLE_BYTES),
    "GET /administration/mail/": administrator(everything),
    "POST /administration/mail/retry": administrator(everything),
    "GET /administration/audit/": administrator(everything),
    # pages
    "GET /": viewer(of_query),
    "GET /territories/{territory}/": viewer(of_path),
    "GET /fleet/": viewer(of_query),
    "GET /roadmap/": viewer(home),
    "GET /roadmap/entry/": operator(home),
    "POST /roadmap/entry/": operator(home, most_bytes=_FILE_BYTES),
    "POST /roadmap/take-back/": operator(home),
    "GET /roadmap/table/": operator(home),
    "POST /roadmap/table/": operator(home, most_bytes=_FILE_BYTES),
    "GET /roadmap/evidence/{sha256}": viewer(home),
    "GET /organisations/": viewer(of_query),
    "GET /organisations/{organisation}/": viewer(of_organisation),
    "GET /providers/": viewer(of_query),
    "GET /organisations/table.csv": viewer(of_query),
    "GET /organisations/table.xlsx": viewer(of_query),
    "GET /lines/{line}/": viewer(of_line),
    "GET /lines/{line}/slots/{slot}/": viewer(of_line),
    "GET /lines/{line}/measurements.csv": viewer(of_line),
    "GET /lines/{line}/act.docx": viewer(of_line),
    "GET /lines/{line}/letter.docx": viewer(of_line),
    "GET /organisations/{organisation}/letter.docx": viewer(of_organisation),
    "POST /lines/{line}/enrolment-sheet": operator(of_line),
}
