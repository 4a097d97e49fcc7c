"""Who may do what, and where: roles granted over territories."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from netmon.domain.identifiers import TerritoryId
from netmon.domain.registry import Registry


class Role(StrEnum):
    """Each may what the one before it may; later ones stand higher."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"

    def covers(self, needed: "Role") -> bool:
        return _RANKS.index(self) >= _RANKS.index(needed)


_RANKS = tuple(Role)


class AccountProblem(StrEnum):
    """Why something about accounts is refused. Closed: later changes only add."""

    NAME_UNUSABLE = "name_unusable"
    NAME_TAKEN = "name_taken"
    NO_SUCH_ACCOUNT = "no_such_account"
    PASSWORD_SHORT = "password_short"  # noqa: S105 - a reason
    PASSWORD_LONG = "password_long"  # noqa: S105 - a reason
    PASSWORD_EASY = "password_easy"  # noqa: S105 - a reason
    PASSWORDS_DIFFER = "passwords_differ"
    PASSWORD_WRONG = "password_wrong"  # noqa: S105 - a reason
    NO_GRANT = "no_grant"
    GRANT_BEYOND = "grant_beyond"
    TERRITORY_UNKNOWN = "territory_unknown"
    ROLE_UNKNOWN = "role_unknown"
    LAST_ADMINISTRATOR = "last_administrator"
    LINK_DEAD = "link_dead"
    TOKEN_NAME = "token_name"  # noqa: S105 - a reason
    TOKEN_DAYS = "token_days"  # noqa: S105 - a reason


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A role over a territory and everything inside it; without a territory, over everything that the collector has."""

    role: Role
    territory: TerritoryId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person who signs in by name; without a password until a one-time link was used."""

    name: str
    grants: tuple[Grant, ...]
    password_hash: str | None
    created_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser that signed in; kept by the hash of its token. `browser` is what it called itself."""

    token_hash: str
    account: str
    created_at: datetime
    seen_at: datetime
    address: str
    browser: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """What a program shows instead of signing in; kept by its hash, `id` names it to people."""

    id: str
    name: str
    token_hash: str
    grant: Grant
    created_by: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLink:
    """What sets a password once; without an account it makes the first administrator."""

    token_hash: str
    account: str | None
    created_at: datetime
    expires_at: datetime


def allows(grants: Collection[Grant], needed: Role, territory: TerritoryId | None, registry: Registry) -> bool:
    """Whether somebody may what a role may in a territory; None asks about everything together.

    Everything is also covered by grants that together cover every outermost territory.
    """
    fitting = [one for one in grants if one.role.covers(needed)]
    if any(one.territory is None for one in fitting):
        return True
    wanted = _outermost(registry) if territory is None else [territory]
    return bool(wanted) and all(any(_inside(one, place, registry) for one in fitting) for place in wanted)


def allows_somewhere(grants: Collection[Grant], needed: Role) -> bool:
    """Whether somebody may what a role may in any place at all."""
    return any(one.role.covers(needed) for one in grants)


def may_manage(manager: Collection[Grant], grants: Collection[Grant], registry: Registry) -> bool:
    """Whether an administrator may give and take these grants: each lies where they are administrator."""
    return all(allows(manager, Role.ADMINISTRATOR, one.territory, registry) for one in grants)


def visible_territories(grants: Collection[Grant], registry: Registry, needed: Role = Role.VIEWER) -> list[TerritoryId]:
    """The territories in which somebody may what a role may, in the registry's order."""
    return [one.id for one in registry.territories if allows(grants, needed, one.id, registry)]


def _inside(grant: Grant, territory: TerritoryId, registry: Registry) -> bool:
    """A territory that the registry no longer has is inside nothing."""
    outer, known = grant.territory, registry.territory_by_id
    return outer is not None and outer in known and territory in known and registry.contains(outer, territory)


def _outermost(registry: Registry) -> list[TerritoryId]:
    return [one.id for one in registry.territories if one.parent is None]
