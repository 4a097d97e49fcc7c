"""Choosing roles and territories in a form."""

from collections.abc import Collection
from dataclasses import dataclass

from aiohttp import web

from netmon.domain.access import AccountProblem, Grant, Role, visible_territories
from netmon.domain.identifiers import TerritoryId
from netmon.domain.registry import Registry
from netmon_collector.errors import AccountError
from netmon_collector.web.access.forms import fields
from netmon_collector.web.access.visitor import Visitor
from netmon_collector.wording.access import access_word
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook

EVERYWHERE = "*"
_SPARE_ROWS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    value: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRow:
    """What stands in one row of the form; an empty role grants nothing."""

    role: str
    territory: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantForm:
    roles: tuple[Option, ...]
    territories: tuple[Option, ...]
    rows: tuple[GrantRow, ...]


def grant_form(
    given: Collection[Grant], visitor: Visitor, registry: Registry, language: Language, *, spare: int = _SPARE_ROWS
) -> GrantForm:
    """The rows that stand and some to spare; places are those where the visitor is administrator."""
    own = visible_territories(visitor.grants, registry, Role.ADMINISTRATOR)
    places = [
        Option(value=one.id, text=one.name.in_language(language)) for one in registry.territories if one.id in own
    ]
    if visitor.may(Role.ADMINISTRATOR, None, registry):
        places.insert(0, Option(value=EVERYWHERE, text=phrasebook(language).say("everywhere")))
    rows = [GrantRow(role=one.role.value, territory=one.territory or EVERYWHERE) for one in given]
    rows += [GrantRow(role="", territory="")] * spare
    return GrantForm(
        roles=tuple(Option(value=role.value, text=access_word(role, language)) for role in Role),
        territories=tuple(places),
        rows=tuple(rows),
    )


def grants_of_form(request: web.Request) -> tuple[Grant, ...]:
    """The rows that name a role. Raises AccountError for a role that there is not."""
    found: list[Grant] = []
    for role, territory in zip(fields(request, "role"), fields(request, "territory"), strict=False):
        if not role:
            continue
        if role not in {one.value for one in Role}:
            raise AccountError(AccountProblem.ROLE_UNKNOWN)
        grant = Grant(Role(role), None if territory == EVERYWHERE else TerritoryId(territory))
        if grant not in found:
            found.append(grant)
    return tuple(found)
