"""Mails in the database: who may send which, and how each stands; every call is one transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, or_, select, update

from netmon.domain.identifiers import TerritoryId
from netmon.domain.mailing import MailKind
from netmon_collector.storage.database import hold
from netmon_collector.storage.mail_tables import mail, mail_body
from netmon_collector.storage.part import Part, chunks
from netmon_collector.storage.upsert import insert_new, insert_new_keys
from netmon_collector.use_cases.mail_queue import (
    MOST_COPIES,
    STALE,
    ClaimedMail,
    MailCounts,
    MailKey,
    MailRow,
    MailState,
    NewMail,
)

_MINUTE = timedelta(minutes=1)
_CLAIMING = "mail"
_UNKNOWN = "the server never said whether it took the message"
_CANCELLED = "cancelled"
_FREE = {"holder": None, "lease_until": None}


class MailsPart(Part):
    """What use_cases/mail_queue.py asks for, and what pages and commands show of it."""

    def queue_mails(self, mails: Sequence[NewMail], *, at: datetime) -> int:
        """Queue those that are not there yet; answers how many that were."""
        with self._database.write() as connection:
            return queue(connection, mails, at=at)

    def mail_addresses(self, kind: MailKind, territory: TerritoryId, period: str) -> Collection[str]:
        """Who has a mail about a period already, whatever its state and revision."""
        same = and_(mail.c.kind == kind, mail.c.territory_id == territory, mail.c.period == period)
        with self._database.read() as connection:
            return set(connection.execute(select(mail.c.address).where(same)).scalars())

    def claim_mails(
        self, *, holder: str, at: datetime, until: datetime, most: int, per_minute: int
    ) -> Sequence[ClaimedMail]:
        """Take on mails that are due and nobody else is at, alerts first; a claim ends by itself."""
        with self._database.write() as connection:
            hold(connection, _CLAIMING)
            _take_up_stale(connection, at)
            room = min(most, per_minute - _just_sent(connection, at))
            if room <= 0:
                return ()
            due = and_(mail.c.state == MailState.QUEUED, mail.c.next_at <= at, _is_free(at))
            order = (mail.c.kind != MailKind.ALERT, mail.c.next_at, mail.c.id)
            wanted = select(mail.c.id).where(due).order_by(*order).limit(room)
            found = list(connection.execute(wanted).scalars())
            connection.execute(update(mail).where(mail.c.id.in_(found)).values(holder=holder, lease_until=until))
            return _contents(connection, found)

    def begin_mail(self, identifier: str, *, holder: str, at: datetime) -> bool:
        """The content is about to be sent. False when somebody else has it: then it must not be."""
        mine = and_(mail.c.id == identifier, mail.c.holder == holder, mail.c.state == MailState.QUEUED)
        changed = update(mail).where(mine).values(state=MailState.SENDING, begun_at=at, tries=mail.c.tries + 1)
        with self._database.write() as connection:
            return connection.execute(changed.returning(mail.c.id)).first() is not None

    def end_mail(self, identifier: str, *, holder: str, at: datetime) -> None:
        """The server has taken it."""
        self._change(_of(identifier, holder, MailState.SENDING), state=MailState.SENT, sent_at=at, reason=None, **_FREE)

    def refuse_mail(self, identifier: str, *, holder: str, reason: str, at: datetime) -> None:
        """The server has refused it for good."""
        self._change(
            _of(identifier, holder, MailState.QUEUED, MailState.SENDING),
            **_failed(at, reason),
            tries=_tried(),
        )

    def defer_mail(self, identifier: str, *, holder: str, reason: str, at: datetime, next_at: datetime) -> None:
        """It did not go now; it has failed when its time is up."""
        mine = _of(identifier, holder, MailState.QUEUED, MailState.SENDING)
        again = {"state": MailState.QUEUED, "next_at": next_at, "tries": _tried(), "reason": reason, **_FREE}
        with self._database.write() as connection:
            connection.execute(update(mail).where(mine, mail.c.give_up_at <= at).values(**_failed(at, reason)))
            connection.execute(update(mail).where(mine).values(**again))

    def lose_mail(self, identifier: str, *, holder: str, reason: str) -> None:
        """Nobody knows whether the server has taken it: it stays `sending` until it is stale."""
        self._change(_of(identifier, holder, MailState.SENDING), reason=reason, **_FREE)

    def release_mails(self, *, holder: str) -> None:
        """Give back what was claimed and not begun."""
        self._change(and_(mail.c.holder == holder, mail.c.state == MailState.QUEUED), **_FREE)

    def postpone_mails(self, *, holder: str, reason: str, at: datetime, until: datetime) -> None:
        """The server takes nothing now: give back what was claimed, and nobody tries before a time."""
        waiting = mail.c.state == MailState.QUEUED
        mine = and_(waiting, mail.c.holder == holder)
        with self._database.write() as connection:
            connection.execute(update(mail).where(waiting, mail.c.give_up_at <= at).values(**_failed(at, reason)))
            connection.execute(update(mail).where(mine).values(tries=mail.c.tries + 1, reason=reason, **_FREE))
            due = and_(waiting, mail.c.next_at < until, _is_free(at))
            connection.execute(update(mail).where(due).values(next_at=until, reason=reason))

    def retry_mails(self, mails: Collection[str] | None, *, at: datetime, give_up_at: datetime) -> Collection[str]:
        """Queue failed mails again, all of them when None; answers which."""
        failed = mail.c.state == MailState.FAILED
        wanted = failed if mails is None else and_(failed, mail.c.id.in_(mails))
        times = {"due_at": at, "next_at": at, "give_up_at": give_up_at, "failed_at": None}
        again = {"state": MailState.QUEUED, "copies": 0, **times}
        with self._database.write() as connection:
            return list(connection.execute(update(mail).where(wanted).values(**again).returning(mail.c.id)).scalars())

    def cancel_mails(self, mails: Collection[str] | None, *, at: datetime) -> Collection[str]:
        """Let mails that wait not be sent, all of them when None; answers which. What is on its way stays so."""
        waiting = and_(mail.c.state == MailState.QUEUED, _is_free(at))
        wanted = waiting if mails is None else and_(waiting, mail.c.id.in_(mails))
        ended = update(mail).where(wanted).values(**_failed(at, _CANCELLED))
        with self._database.write() as connection:
            hold(connection, _CLAIMING)
            return list(connection.execute(ended.returning(mail.c.id)).scalars())

    def mails_about(self, kind: MailKind, territory: TerritoryId) -> Sequence[MailRow]:
        """Every mail of a kind about a territory, the oldest first."""
        wanted = select(mail).where(mail.c.kind == kind, mail.c.territory_id == territory)
        with self._database.read() as connection:
            return [_row(one) for one in connection.execute(wanted.order_by(mail.c.queued_at, mail.c.id))]

    def mails(self, *, state: MailState | None = None, limit: int = 100) -> Sequence[MailRow]:
        """How mails stand, the newest first."""
        wanted = select(mail) if state is None else select(mail).where(mail.c.state == state)
        newest = wanted.order_by(mail.c.queued_at.desc(), mail.c.id).limit(limit)
        with self._database.read() as connection:
            return [_row(one) for one in connection.execute(newest)]

    def mail_counts(self) -> MailCounts:
        """How many mails are in which state."""
        grouped = select(mail.c.kind, mail.c.state, func.count().label("number")).group_by(mail.c.kind, mail.c.state)
        oldest = select(func.min(mail.c.due_at, type_=mail.c.queued_at.type)).where(
            mail.c.state.in_((MailState.QUEUED, MailState.SENDING))
        )
        with self._database.read() as connection:
            return MailCounts(
                states={(row.kind, row.state): row.number for row in connection.execute(grouped)},
                oldest=connection.execute(oldest).scalar_one(),
                possibly_doubled=connection.execute(select(func.coalesce(func.sum(mail.c.copies), 0))).scalar_one(),
            )

    def mail_content(self, identifier: str) -> bytes | None:
        """The bytes that travel; None for an unknown mail."""
        with self._database.read() as connection:
            return next((one.content for one in _contents(connection, [identifier])), None)

    def _change(self, where: ColumnElement[bool], **values: object) -> None:
        with self._database.write() as connection:
            connection.execute(update(mail).where(where).values(**values))


def queue(connection: Connection, mails: Sequence[NewMail], *, at: datetime) -> int:
    """Within a write: the same, so that a mail and what it is about are stored together."""
    bodies = {one.body.hash: {"hash": one.body.hash, "content": one.body.content} for one in mails}
    insert_new(connection, mail_body, list(bodies.values()))
    return sum(len(insert_new_keys(connection, mail, [_new(one, at) for one in group])) for group in chunks(mails))


def _new(one: NewMail, at: datetime) -> dict[str, object]:
    return {
        "id": one.key.id,
        "kind": one.key.kind,
        "territory_id": one.key.territory,
        "address": one.key.address,
        "period": one.key.period,
        "revision": one.key.revision,
        "language": one.language,
        "subject": one.subject,
        "head": one.head,
        "body_hash": one.body.hash,
        "state": MailState.QUEUED,
        "queued_at": at,
        "due_at": one.not_before,
        "next_at": one.not_before,
        "give_up_at": one.give_up_at,
        "tries": 0,
        "copies": 0,
    }


def _take_up_stale(connection: Connection, at: datetime) -> None:
    """Whoever was sending these has died or was never told what became of them."""
    stale = and_(mail.c.state == MailState.SENDING, mail.c.begun_at <= at - STALE)
    hopeless = and_(stale, mail.c.copies >= MOST_COPIES)
    connection.execute(update(mail).where(hopeless).values(**_failed(at, _UNKNOWN)))
    again = {"state": MailState.QUEUED, "copies": mail.c.copies + 1, "next_at": at, **_FREE}
    connection.execute(update(mail).where(stale).values(**again))


def _just_sent(connection: Connection, at: datetime) -> int:
    """How many the server got within the last minute, or is about to get."""
    claimed = and_(mail.c.state == MailState.QUEUED, mail.c.lease_until > at)
    counted = select(func.count()).select_from(mail).where(or_(mail.c.begun_at > at - _MINUTE, claimed))
    return int(connection.execute(counted).scalar_one())


def _is_free(at: datetime) -> ColumnElement[bool]:
    return or_(mail.c.lease_until.is_(None), mail.c.lease_until <= at)


def _of(identifier: str, holder: str, *states: MailState) -> ColumnElement[bool]:
    return and_(mail.c.id == identifier, mail.c.holder == holder, mail.c.state.in_(states))


def _tried() -> ColumnElement[int]:
    """What was begun was counted as a try already."""
    return case((mail.c.state == MailState.QUEUED, mail.c.tries + 1), else_=mail.c.tries)


def _failed(at: datetime, reason: str) -> dict[str, object]:
    return {"state": MailState.FAILED, "failed_at": at, "reason": reason, **_FREE}


def _contents(connection: Connection, mails: Sequence[str]) -> Sequence[ClaimedMail]:
    columns = (mail.c.id, mail.c.address, mail.c.tries, mail.c.head, mail_body.c.content)
    joined = select(*columns).join(mail_body, mail_body.c.hash == mail.c.body_hash).where(mail.c.id.in_(mails))
    found = {row.id: row for row in connection.execute(joined)}
    return [
        ClaimedMail(id=row.id, address=row.address, tries=row.tries, content=(row.head + row.content).encode("ascii"))
        for row in (found[one] for one in mails if one in found)
    ]


def _row(row: Row[Any]) -> MailRow:
    key = MailKey(
        kind=row.kind, territory=row.territory_id, address=row.address, period=row.period, revision=row.revision
    )
    return MailRow(
        id=row.id,
        key=key,
        language=row.language,
        subject=row.subject,
        state=row.state,
        queued_at=row.queued_at,
        next_at=row.next_at,
        tries=row.tries,
        copies=row.copies,
        sent_at=row.sent_at,
        failed_at=row.failed_at,
        reason=row.reason,
    )
