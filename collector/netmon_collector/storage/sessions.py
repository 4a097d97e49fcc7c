"""Who is signed in, and how often somebody tried."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update

from netmon.domain.access import Account, Session
from netmon.domain.audit import Change
from netmon_collector.access_ports import Attempts
from netmon_collector.storage.access_tables import account_session, sign_in_attempt
from netmon_collector.storage.accounts import read_account
from netmon_collector.storage.audit import write_audit
from netmon_collector.storage.database import hold
from netmon_collector.storage.part import Part
from netmon_collector.storage.upsert import put


class SessionsPart(Part):
    """Sessions by the hashes of their tokens, attempts by what was tried."""

    def add_session(self, new: Session, changes: Iterable[Change], *, replaces: str | None, ended: datetime) -> None:
        """A new session in place of the browser's last one; sessions begun before `ended` are forgotten."""
        gone = or_(account_session.c.created_at < ended, account_session.c.token_hash == replaces)
        row = {
            "token_hash": new.token_hash,
            "account_name": new.account,
            "created_at": new.created_at,
            "seen_at": new.seen_at,
            "address": new.address,
            "browser": new.browser,
        }
        with self._database.write() as connection:
            connection.execute(delete(account_session).where(gone))
            connection.execute(insert(account_session), row)
            write_audit(connection, changes)

    def session(self, token_hash: str) -> tuple[Session, Account] | None:
        """A session with its account, as both are now."""
        with self._database.read() as connection:
            wanted = select(account_session).where(account_session.c.token_hash == token_hash)
            row = connection.execute(wanted).one_or_none()
            found = None if row is None else read_account(connection, row.account_name)
        return None if row is None or found is None else (_session(row), found)

    def sessions_of(self, name: str) -> Sequence[Session]:
        """The sessions of an account, the last one first."""
        wanted = select(account_session).where(account_session.c.account_name == name)
        with self._database.read() as connection:
            return [_session(row) for row in connection.execute(wanted.order_by(account_session.c.seen_at.desc()))]

    def saw_session(self, token_hash: str, *, at: datetime) -> None:
        stale = account_session.c.token_hash == token_hash, account_session.c.seen_at < at
        with self._database.write() as connection:
            connection.execute(update(account_session).where(*stale).values(seen_at=at))

    def end_sessions(self, token_hashes: Collection[str], changes: Iterable[Change]) -> None:
        with self._database.write() as connection:
            connection.execute(delete(account_session).where(account_session.c.token_hash.in_(token_hashes)))
            write_audit(connection, changes)

    def count_attempts(self, subjects: Collection[str], *, at: datetime, window: timedelta) -> Mapping[str, Attempts]:
        """Count one more attempt of each subject; answers how many there were since the first of a window."""
        kept = sign_in_attempt.c
        with self._database.write() as connection:
            hold(connection, *(f"sign-in {one}" for one in subjects))
            connection.execute(delete(sign_in_attempt).where(kept.since <= at - window))
            rows = connection.execute(select(sign_in_attempt).where(kept.subject.in_(subjects))).all()
            known = {row.subject: row for row in rows}
            counted = {one: _one_more(known.get(one), at) for one in subjects}
            counts = [{"subject": key, "attempts": one.count, "since": one.since} for key, one in counted.items()]
            put(connection, sign_in_attempt, counts)
        return counted

    def forget_attempts(self, subjects: Collection[str], changes: Iterable[Change] = ()) -> None:
        with self._database.write() as connection:
            connection.execute(delete(sign_in_attempt).where(sign_in_attempt.c.subject.in_(subjects)))
            write_audit(connection, changes)

    def note(self, changes: Iterable[Change]) -> None:
        """Add to the audit log what changed nothing else."""
        with self._database.write() as connection:
            write_audit(connection, changes)


def _one_more(row: Row[Any] | None, at: datetime) -> Attempts:
    return Attempts(count=1, since=at) if row is None else Attempts(count=row.attempts + 1, since=row.since)


def _session(row: Row[Any]) -> Session:
    return Session(
        token_hash=row.token_hash,
        account=row.account_name,
        created_at=row.created_at,
        seen_at=row.seen_at,
        address=row.address,
        browser=row.browser,
    )
