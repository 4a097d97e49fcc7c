"""What accounts and signing in ask of the outside."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from netmon.domain.access import AccessLink, Account, ApiToken, Grant, Session
from netmon.domain.audit import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """How often something was tried since a time."""

    count: int
    since: datetime


class Passwords(Protocol):
    """How passwords are kept. Slow on purpose."""

    def hash(self, password: str) -> str: ...

    def matches(self, password: str, kept: str | None) -> bool:
        """Takes as long without a kept hash."""
        ...

    def is_outdated(self, kept: str) -> bool: ...


class AccountStore(Protocol):
    """What managing accounts needs; changes are audited in the transaction that makes them."""

    def account(self, name: str) -> Account | None: ...

    def accounts(self) -> Sequence[Account]: ...

    def has_accounts(self) -> bool: ...

    def add_account(self, new: Account, link: AccessLink, changes: Iterable[Change]) -> bool:
        """An account with the link that sets its password; False when its name is taken."""
        ...

    def set_grants(self, name: str, grants: Collection[Grant], changes: Iterable[Change]) -> None: ...

    def disable_account(self, name: str, changes: Iterable[Change], *, at: datetime) -> None:
        """The account's sessions end, its open links open nothing any more."""
        ...

    def enable_account(self, name: str, changes: Iterable[Change]) -> None: ...

    def set_password(self, name: str, password_hash: str, changes: Iterable[Change]) -> None:
        """Every session of the account ends."""
        ...

    def add_link(self, link: AccessLink, changes: Iterable[Change]) -> None:
        """Earlier links to the same end open nothing any more."""
        ...

    def open_link(self, token_hash: str, *, at: datetime) -> AccessLink | None:
        """A link that nobody has used and that has not expired."""
        ...

    def use_link(self, token_hash: str, password_hash: str, changes: Iterable[Change], *, at: datetime) -> bool:
        """Set the password of the link's account; False when the link opens nothing by now."""
        ...

    def use_first_link(self, token_hash: str, first: Account, changes: Iterable[Change], *, at: datetime) -> bool:
        """Make the first account; False when the link opens nothing by now, or somebody has an account already."""
        ...


class SessionStore(Protocol):
    """What signing in needs."""

    def account(self, name: str) -> Account | None: ...

    def renew_hash(self, name: str, before: str, after: str) -> None:
        """The same password under other parameters, unless it was changed meanwhile."""
        ...

    def add_session(self, new: Session, changes: Iterable[Change], *, replaces: str | None, ended: datetime) -> None:
        """A new session in place of the browser's last one; sessions begun before `ended` are forgotten."""
        ...

    def session(self, token_hash: str) -> tuple[Session, Account] | None: ...

    def saw_session(self, token_hash: str, *, at: datetime) -> None: ...

    def sessions_of(self, name: str) -> Sequence[Session]:
        """The sessions of an account, the last one first."""
        ...

    def end_sessions(self, token_hashes: Collection[str], changes: Iterable[Change]) -> None: ...

    def count_attempts(self, subjects: Collection[str], *, at: datetime, window: timedelta) -> Mapping[str, Attempts]:
        """Count one more attempt of each subject; answers how many there were since the first of a window."""
        ...

    def forget_attempts(self, subjects: Collection[str], changes: Iterable[Change] = ()) -> None: ...

    def note(self, changes: Iterable[Change]) -> None:
        """Add to the audit log what changed nothing else."""
        ...


class ApiTokenStore(Protocol):
    """What API tokens need."""

    def add_api_token(self, new: ApiToken, changes: Iterable[Change]) -> None: ...

    def api_token(self, token_hash: str) -> ApiToken | None: ...

    def api_tokens(self) -> Sequence[ApiToken]: ...

    def saw_api_token(self, identifier: str, *, at: datetime) -> None: ...

    def revoke_api_token(self, identifier: str, changes: Iterable[Change], *, at: datetime) -> bool:
        """False when it was revoked before, or there is none."""
        ...
