"""Accounts: who is let in, with which roles, and how they get a password that nobody else knows."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from netmon.domain.access import AccessLink, Account, AccountProblem, Grant, Role, allows, may_manage
from netmon.domain.audit import AuditKind, Change
from netmon.domain.registry import Registry
from netmon.wire.canonical import content_hash
from netmon.wire.plain import plain
from netmon_collector.access_ports import AccountStore, Passwords
from netmon_collector.errors import AccountError, ForbiddenError
from netmon_collector.use_cases.actors import grants_text, named_actor
from netmon_collector.use_cases.kept import kept_hash, new_secret

LINK_VALID_FOR = timedelta(hours=24)
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
_FEWEST_CHARACTERS = 5  # different ones
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,39}\Z")
_LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """Who changes accounts: what the audit log calls them, and what they are granted themselves."""

    actor: str
    grants: tuple[Grant, ...]


def add_account(
    name: str,
    grants: Collection[Grant],
    *,
    manager: Manager,
    registry: Registry,
    store: AccountStore,
    at: datetime,
) -> tuple[Account, str]:
    """A new account and the secret of the link that sets its password. Raises AccountError, ForbiddenError."""
    account = Account(name=account_name(name), grants=tuple(grants), password_hash=None, created_at=at)
    _check_grants(grants, manager, registry)
    secret, link = _new_link(account.name, at)
    subject = f"{account.name}: {grants_text(grants)}"
    if not store.add_account(account, link, [_change(AuditKind.ACCOUNT_ADDED, subject, manager, at, after=account)]):
        raise AccountError(AccountProblem.NAME_TAKEN)
    return account, secret


def set_grants(
    name: str,
    grants: Collection[Grant],
    *,
    manager: Manager,
    registry: Registry,
    store: AccountStore,
    at: datetime,
) -> None:
    """Raises AccountError, ForbiddenError."""
    account = managed_account(name, manager=manager, registry=registry, store=store)
    _check_grants(grants, manager, registry)
    after = Account(
        name=account.name,
        grants=tuple(grants),
        password_hash=account.password_hash,
        created_at=account.created_at,
        disabled_at=account.disabled_at,
    )
    _keep_an_administrator(account, after, registry, store)
    subject = f"{name}: {grants_text(grants)}"
    store.set_grants(name, grants, [_change(AuditKind.GRANTS, subject, manager, at, before=account, after=after)])


def set_disabled(
    name: str, disabled: bool, *, manager: Manager, registry: Registry, store: AccountStore, at: datetime
) -> None:
    """Shut an account out at once, or let it in again. Raises AccountError, ForbiddenError."""
    account = managed_account(name, manager=manager, registry=registry, store=store)
    if disabled:
        _keep_an_administrator(account, None, registry, store)
        store.disable_account(name, [_change(AuditKind.ACCOUNT_DISABLED, name, manager, at, before=account)], at=at)
    else:
        store.enable_account(name, [_change(AuditKind.ACCOUNT_ENABLED, name, manager, at, after=account)])


def new_link(name: str, *, manager: Manager, registry: Registry, store: AccountStore, at: datetime) -> str:
    """The secret of a link with which an account gets a new password. Raises AccountError, ForbiddenError."""
    account = managed_account(name, manager=manager, registry=registry, store=store)
    secret, link = _new_link(account.name, at)
    store.add_link(link, [_change(AuditKind.ACCESS_LINK, name, manager, at)])
    return secret


def first_link(*, manager: Manager, store: AccountStore, at: datetime) -> str | None:
    """The secret of the link that makes the first administrator; None once there is any account."""
    if store.has_accounts():
        return None
    secret, link = _new_link(None, at)
    store.add_link(link, [_change(AuditKind.ACCESS_LINK, "the first administrator", manager, at)])
    return secret


def find_link(secret: str, *, store: AccountStore, at: datetime) -> AccessLink:
    """Raises AccountError for a link that opens nothing any more."""
    link = store.open_link(kept_hash(_LINK, secret), at=at)
    if link is None:
        raise AccountError(AccountProblem.LINK_DEAD)
    return link


def use_link(secret: str, name: str, password: str, *, store: AccountStore, passwords: Passwords, at: datetime) -> str:
    """Set the password that a link is for; answers the account's name, which the first administrator chooses.

    Raises AccountError.
    """
    link = find_link(secret, store=store, at=at)
    chosen = account_name(name) if link.account is None else link.account
    check_password(password, chosen)
    hashed = passwords.hash(password)
    if link.account is not None:
        done = store.use_link(link.token_hash, hashed, [_own(AuditKind.PASSWORD, chosen, store, at)], at=at)
    else:
        first = Account(name=chosen, grants=(Grant(Role.ADMINISTRATOR),), password_hash=hashed, created_at=at)
        subject = f"{chosen}: {grants_text(first.grants)}"
        change = Change(
            at=at,
            actor=named_actor(chosen, first.grants),
            kind=AuditKind.ACCOUNT_ADDED,
            subject=subject,
            before=None,
            after=_hash(first),
        )
        done = store.use_first_link(link.token_hash, first, [change], at=at)
    if not done:
        raise AccountError(AccountProblem.LINK_DEAD)
    return chosen


def change_password(
    account: Account, old: str, new: str, *, store: AccountStore, passwords: Passwords, at: datetime
) -> None:
    """Every session of the account ends, this one too. Raises AccountError."""
    if not passwords.matches(old, account.password_hash):
        raise AccountError(AccountProblem.PASSWORD_WRONG)
    check_password(new, account.name)
    store.set_password(account.name, passwords.hash(new), [_own(AuditKind.PASSWORD, account.name, store, at)])


def account_name(text: str) -> str:
    """A name as it is kept: without capitals. Raises AccountError."""
    name = text.strip().lower()
    if not _NAME.match(name):
        raise AccountError(AccountProblem.NAME_UNUSABLE)
    return name


def check_password(password: str, name: str) -> None:
    """Length is what counts (NIST SP 800-63B, 5.1.1.2). Raises AccountError."""
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError(AccountProblem.PASSWORD_SHORT)
    if len(password) > LONGEST_PASSWORD:
        raise AccountError(AccountProblem.PASSWORD_LONG)
    if len(set(password.lower())) < _FEWEST_CHARACTERS or name in password.lower():
        raise AccountError(AccountProblem.PASSWORD_EASY)


def managed_account(name: str, *, manager: Manager, registry: Registry, store: AccountStore) -> Account:
    """An account whose every grant lies where the manager is administrator. Raises AccountError, ForbiddenError."""
    account = store.account(name)
    if account is None:
        raise AccountError(AccountProblem.NO_SUCH_ACCOUNT)
    if not may_manage(manager.grants, account.grants, registry):
        raise ForbiddenError
    return account


def _check_grants(grants: Collection[Grant], manager: Manager, registry: Registry) -> None:
    if not grants:
        raise AccountError(AccountProblem.NO_GRANT)
    if any(one.territory is not None and one.territory not in registry.territory_by_id for one in grants):
        raise AccountError(AccountProblem.TERRITORY_UNKNOWN)
    if not may_manage(manager.grants, grants, registry):
        raise AccountError(AccountProblem.GRANT_BEYOND)


def _keep_an_administrator(before: Account, after: Account | None, registry: Registry, store: AccountStore) -> None:
    """Nobody takes away the last account that administers everything. Raises AccountError."""

    def administers(one: Account) -> bool:
        is_open = one.disabled_at is None and one.password_hash is not None
        return is_open and allows(one.grants, Role.ADMINISTRATOR, None, registry)

    if not administers(before) or (after is not None and administers(after)):
        return
    if not any(administers(one) for one in store.accounts() if one.name != before.name):
        raise AccountError(AccountProblem.LAST_ADMINISTRATOR)


def _new_link(account: str | None, at: datetime) -> tuple[str, AccessLink]:
    secret = new_secret()
    expires_at = at + LINK_VALID_FOR
    link = AccessLink(token_hash=kept_hash(_LINK, secret), account=account, created_at=at, expires_at=expires_at)
    return secret, link


def _own(kind: AuditKind, name: str, store: AccountStore, at: datetime) -> Change:
    """A change that somebody makes to their own account."""
    account = store.account(name)
    actor = named_actor(name, () if account is None else account.grants)
    return Change(at=at, actor=actor, kind=kind, subject=name, before=None, after=None)


def _change(
    kind: AuditKind,
    subject: str,
    manager: Manager,
    at: datetime,
    *,
    before: Account | None = None,
    after: Account | None = None,
) -> Change:
    return Change(at=at, actor=manager.actor, kind=kind, subject=subject, before=_hash(before), after=_hash(after))


def _hash(account: Account | None) -> str | None:
    """What is audited of an account; never anything of its password."""
    return None if account is None else content_hash(plain({"name": account.name, "grants": list(account.grants)}))
