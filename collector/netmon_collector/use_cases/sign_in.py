"""Signing in: the same work and the same words for every wrong pair, and an end to guessing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from netmon.domain.access import Account, Session
from netmon.domain.audit import AuditKind, Change
from netmon_collector.access_ports import Attempts, Passwords, SessionStore
from netmon_collector.errors import SignInError, TooManyError
from netmon_collector.use_cases.actors import actor_of
from netmon_collector.use_cases.kept import kept_hash, new_secret

ATTEMPTS_PER_ACCOUNT = 10
ATTEMPTS_PER_ADDRESS = 50
WINDOW = timedelta(minutes=15)
SEEN_RESOLUTION = timedelta(minutes=1)  # so that not every page is a write
_SESSION = "session"
_LONGEST_NAME = 100
_LONGEST_BROWSER = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long a session lasts without being used, and at most."""

    idle: timedelta = timedelta(hours=12)
    absolute: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What somebody shows who wants to sign in; `token` is that of the session their browser has, if any."""

    name: str
    password: str
    address: str
    browser: str
    token: str | None = None


def sign_in(
    attempt: Attempt, *, store: SessionStore, passwords: Passwords, lifetimes: Lifetimes, at: datetime
) -> tuple[str, Account]:
    """The token of a new session. Raises SignInError, which never says why, and TooManyError.

    An attempt is counted before it is tried: however many come at once, no more than the limit are tried.
    """
    name = attempt.name.strip().lower()[:_LONGEST_NAME]
    own = _subject_of_name(name)
    _count(attempt, own, name, store, at)
    known = store.account(name)
    kept = None if known is None or known.disabled_at is not None else known.password_hash
    if not passwords.matches(attempt.password, kept) or known is None or kept is None:
        raise SignInError
    if passwords.is_outdated(kept):
        store.renew_hash(name, kept, passwords.hash(attempt.password))
    store.forget_attempts([own])
    return begin_session(known, attempt, store=store, lifetimes=lifetimes, at=at), known


def begin_session(
    account: Account, attempt: Attempt, *, store: SessionStore, lifetimes: Lifetimes, at: datetime
) -> str:
    """A new session in place of the one that the browser had: its token is never used again."""
    token = new_secret()
    session = Session(
        token_hash=kept_hash(_SESSION, token),
        account=account.name,
        created_at=at,
        seen_at=at,
        address=attempt.address,
        browser=attempt.browser[:_LONGEST_BROWSER],
    )
    change = Change(
        at=at, actor=actor_of(account), kind=AuditKind.SIGN_IN, subject=account.name, before=None, after=None
    )
    replaces = None if attempt.token is None else kept_hash(_SESSION, attempt.token)
    store.add_session(session, [change], replaces=replaces, ended=at - lifetimes.absolute)
    return token


def find_session(
    token: str, *, store: SessionStore, lifetimes: Lifetimes, at: datetime
) -> tuple[Session, Account] | None:
    """The session of a token while it lives and its account is let in; it lives on by being used."""
    found = store.session(kept_hash(_SESSION, token))
    if found is None:
        return None
    session, account = found
    is_over = session.created_at + lifetimes.absolute <= at or session.seen_at + lifetimes.idle <= at
    if is_over or account.disabled_at is not None:
        return None
    if session.seen_at + SEEN_RESOLUTION <= at:
        store.saw_session(session.token_hash, at=at)
    return session, account


def end_sessions(token_hashes: Collection[str], *, account: Account, store: SessionStore, at: datetime) -> None:
    """End sessions of an account by its own wish."""
    change = Change(
        at=at, actor=actor_of(account), kind=AuditKind.SESSION_ENDED, subject=account.name, before=None, after=None
    )
    store.end_sessions(token_hashes, [change])


def _count(attempt: Attempt, own: str, name: str, store: SessionStore, at: datetime) -> None:
    """Raises TooManyError; names that nobody has are counted like those that somebody has."""
    address = f"address {attempt.address}"
    counted = store.count_attempts([own, address], at=at, window=WINDOW)
    if counted[own].count == ATTEMPTS_PER_ACCOUNT + 1 and store.account(name) is not None:
        change = Change(at=at, actor=attempt.address, kind=AuditKind.LOCK_OUT, subject=name, before=None, after=None)
        store.note([change])
    _refuse_above(counted, own, ATTEMPTS_PER_ACCOUNT, at)
    _refuse_above(counted, address, ATTEMPTS_PER_ADDRESS, at)


def _refuse_above(counted: Mapping[str, Attempts], subject: str, most: int, at: datetime) -> None:
    found = counted[subject]
    if found.count > most:
        raise TooManyError((found.since + WINDOW - at).total_seconds())


def _subject_of_name(name: str) -> str:
    """People type passwords into the field of the name: it is kept as a hash only."""
    return f"name {kept_hash('name', name)}"
