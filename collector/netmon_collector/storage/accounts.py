"""Accounts, what they are granted, and the one-time links that set their passwords."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from netmon.domain.access import AccessLink, Account, Grant
from netmon.domain.audit import Change
from netmon_collector.storage.access_tables import access_link, account, account_grant, account_session
from netmon_collector.storage.audit import write_audit
from netmon_collector.storage.database import hold
from netmon_collector.storage.part import Part
from netmon_collector.storage.upsert import insert_new_keys

_ACCOUNTS = "accounts"


class AccountsPart(Part):
    """Who may sign in; every change is audited within its transaction."""

    def account(self, name: str) -> Account | None:
        with self._database.read() as connection:
            return read_account(connection, name)

    def accounts(self) -> Sequence[Account]:
        """Every account by name."""
        with self._database.read() as connection:
            rows = connection.execute(select(account).order_by(account.c.name)).all()
            grants = _grants(connection, [row.name for row in rows])
        return [_account(row, grants.get(row.name, ())) for row in rows]

    def has_accounts(self) -> bool:
        with self._database.read() as connection:
            return connection.execute(select(account.c.name).limit(1)).first() is not None

    def add_account(self, new: Account, link: AccessLink, changes: Iterable[Change]) -> bool:
        """An account with the link that sets its password; False when its name is taken."""
        with self._database.write() as connection:
            if not _insert_account(connection, new):
                return False
            _insert_link(connection, link)
            write_audit(connection, changes)
        return True

    def set_grants(self, name: str, grants: Collection[Grant], changes: Iterable[Change]) -> None:
        with self._database.write() as connection:
            hold(connection, _ACCOUNTS)
            connection.execute(delete(account_grant).where(account_grant.c.account_name == name))
            _insert_grants(connection, name, grants)
            write_audit(connection, changes)

    def disable_account(self, name: str, changes: Iterable[Change], *, at: datetime) -> None:
        """The account's sessions end, its open links open nothing any more."""
        with self._database.write() as connection:
            connection.execute(update(account).where(account.c.name == name).values(disabled_at=at))
            connection.execute(delete(account_session).where(account_session.c.account_name == name))
            _close_links(connection, name, at)
            write_audit(connection, changes)

    def enable_account(self, name: str, changes: Iterable[Change]) -> None:
        with self._database.write() as connection:
            connection.execute(update(account).where(account.c.name == name).values(disabled_at=None))
            write_audit(connection, changes)

    def set_password(self, name: str, password_hash: str, changes: Iterable[Change]) -> None:
        """Every session of the account ends."""
        with self._database.write() as connection:
            _set_password(connection, name, password_hash)
            write_audit(connection, changes)

    def renew_hash(self, name: str, before: str, after: str) -> None:
        """The same password under other parameters, unless it was changed meanwhile."""
        same = account.c.name == name, account.c.password_hash == before
        with self._database.write() as connection:
            connection.execute(update(account).where(*same).values(password_hash=after))

    def add_link(self, link: AccessLink, changes: Iterable[Change]) -> None:
        """Earlier links to the same end open nothing any more."""
        with self._database.write() as connection:
            _close_links(connection, link.account, link.created_at)
            _insert_link(connection, link)
            write_audit(connection, changes)

    def open_link(self, token_hash: str, *, at: datetime) -> AccessLink | None:
        """A link that nobody has used and that has not expired."""
        with self._database.read() as connection:
            row = connection.execute(select(access_link).where(*_is_open(token_hash, at))).one_or_none()
        return None if row is None else _link(row)

    def use_link(self, token_hash: str, password_hash: str, changes: Iterable[Change], *, at: datetime) -> bool:
        """Set the password of the link's account; False when the link opens nothing by now."""
        used = update(access_link).where(*_is_open(token_hash, at)).values(used_at=at)
        with self._database.write() as connection:
            name = connection.execute(used.returning(access_link.c.account_name)).scalar_one_or_none()
            if name is None:
                return False
            _set_password(connection, name, password_hash)
            write_audit(connection, changes)
        return True

    def use_first_link(self, token_hash: str, first: Account, changes: Iterable[Change], *, at: datetime) -> bool:
        """Make the first account; False when the link opens nothing by now, or somebody has an account already."""
        used = update(access_link).where(*_is_open(token_hash, at), access_link.c.account_name.is_(None))
        with self._database.write() as connection:
            hold(connection, _ACCOUNTS)
            if connection.execute(select(func.count()).select_from(account)).scalar_one():
                return False
            if connection.execute(used.values(used_at=at).returning(access_link.c.token_hash)).first() is None:
                return False
            _insert_account(connection, first)
            write_audit(connection, changes)
        return True


def read_account(connection: Connection, name: str) -> Account | None:
    row = connection.execute(select(account).where(account.c.name == name)).one_or_none()
    return None if row is None else _account(row, _grants(connection, [name]).get(name, ()))


def _account(row: Row[Any], grants: Sequence[Grant]) -> Account:
    return Account(
        name=row.name,
        grants=tuple(grants),
        password_hash=row.password_hash,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )


def _grants(connection: Connection, names: Collection[str]) -> dict[str, list[Grant]]:
    found: dict[str, list[Grant]] = {}
    wanted = select(account_grant).order_by(account_grant.c.account_name, account_grant.c.ordinal)
    if len(names) == 1:
        wanted = wanted.where(account_grant.c.account_name.in_(names))
    for row in connection.execute(wanted):
        found.setdefault(row.account_name, []).append(Grant(row.role, row.territory_id))
    return found


def _insert_account(connection: Connection, new: Account) -> bool:
    row = {
        "name": new.name,
        "password_hash": new.password_hash,
        "created_at": new.created_at,
        "disabled_at": new.disabled_at,
    }
    if not insert_new_keys(connection, account, [row]):
        return False
    _insert_grants(connection, new.name, new.grants)
    return True


def _insert_grants(connection: Connection, name: str, grants: Collection[Grant]) -> None:
    rows = [
        {"account_name": name, "ordinal": ordinal, "role": one.role, "territory_id": one.territory}
        for ordinal, one in enumerate(grants)
    ]
    if rows:
        connection.execute(insert(account_grant), rows)


def _set_password(connection: Connection, name: str, password_hash: str) -> None:
    connection.execute(update(account).where(account.c.name == name).values(password_hash=password_hash))
    connection.execute(delete(account_session).where(account_session.c.account_name == name))


def _insert_link(connection: Connection, link: AccessLink) -> None:
    row = {
        "token_hash": link.token_hash,
        "account_name": link.account,
        "created_at": link.created_at,
        "expires_at": link.expires_at,
    }
    connection.execute(insert(access_link), row)


def _close_links(connection: Connection, name: str | None, at: datetime) -> None:
    same = access_link.c.account_name.is_(None) if name is None else access_link.c.account_name == name
    connection.execute(update(access_link).where(same, access_link.c.used_at.is_(None)).values(used_at=at))


def _is_open(token_hash: str, at: datetime) -> tuple[Any, ...]:
    return access_link.c.token_hash == token_hash, access_link.c.used_at.is_(None), access_link.c.expires_at > at


def _link(row: Row[Any]) -> AccessLink:
    return AccessLink(
        token_hash=row.token_hash, account=row.account_name, created_at=row.created_at, expires_at=row.expires_at
    )
