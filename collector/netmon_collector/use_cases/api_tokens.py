"""API tokens: what programs show instead of signing in."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from netmon.domain.access import AccountProblem, ApiToken, Grant, may_manage
from netmon.domain.audit import AuditKind, Change
from netmon.domain.registry import Registry
from netmon_collector.access_ports import ApiTokenStore
from netmon_collector.errors import AccountError, ForbiddenError, NotFoundError
from netmon_collector.use_cases.accounts import Manager
from netmon_collector.use_cases.actors import grants_text
from netmon_collector.use_cases.kept import kept_hash, new_secret
from netmon_collector.use_cases.sign_in import SEEN_RESOLUTION

LONGEST_DAYS = 366
LONGEST_NAME = 60
PREFIX = "netmon_"  # so that a token is known for what it is wherever it leaks to
_KIND = "api-token"


def add_api_token(
    name: str,
    grant: Grant,
    days: int,
    *,
    manager: Manager,
    registry: Registry,
    store: ApiTokenStore,
    at: datetime,
) -> tuple[ApiToken, str]:
    """A token and its secret, which is shown this once. Raises AccountError."""
    called = " ".join(name.split())
    if not 0 < len(called) <= LONGEST_NAME:
        raise AccountError(AccountProblem.TOKEN_NAME)
    if not 1 <= days <= LONGEST_DAYS:
        raise AccountError(AccountProblem.TOKEN_DAYS)
    if grant.territory is not None and grant.territory not in registry.territory_by_id:
        raise AccountError(AccountProblem.TERRITORY_UNKNOWN)
    if not may_manage(manager.grants, [grant], registry):
        raise AccountError(AccountProblem.GRANT_BEYOND)
    secret = PREFIX + new_secret()
    token = ApiToken(
        id=secrets.token_hex(6),
        name=called,
        token_hash=kept_hash(_KIND, secret),
        grant=grant,
        created_by=manager.actor,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    store.add_api_token(token, [_change(AuditKind.TOKEN_ADDED, token, manager, at)])
    return token, secret


def find_api_token(secret: str, *, store: ApiTokenStore, at: datetime) -> ApiToken | None:
    """The token of a secret while it holds."""
    if not secret.startswith(PREFIX):
        return None
    token = store.api_token(kept_hash(_KIND, secret))
    if token is None or token.revoked_at is not None or token.expires_at <= at:
        return None
    if token.last_used_at is None or token.last_used_at + SEEN_RESOLUTION <= at:
        store.saw_api_token(token.id, at=at)
    return token


def revoke_api_token(
    identifier: str, *, manager: Manager, registry: Registry, store: ApiTokenStore, at: datetime
) -> None:
    """Raises NotFoundError, ForbiddenError."""
    token = next((one for one in store.api_tokens() if one.id == identifier), None)
    if token is None:
        raise NotFoundError(f"there is no token '{identifier}'")
    if not may_manage(manager.grants, [token.grant], registry):
        raise ForbiddenError
    store.revoke_api_token(identifier, [_change(AuditKind.TOKEN_REVOKED, token, manager, at)], at=at)


def managed_tokens(manager: Manager, *, registry: Registry, store: ApiTokenStore) -> Collection[ApiToken]:
    """The tokens that an administrator may see and revoke."""
    return [one for one in store.api_tokens() if may_manage(manager.grants, [one.grant], registry)]


def _change(kind: AuditKind, token: ApiToken, manager: Manager, at: datetime) -> Change:
    subject = f"{token.name} ({token.id}): {grants_text([token.grant])}"
    return Change(at=at, actor=manager.actor, kind=kind, subject=subject, before=None, after=None)
