"""Closed periods in the database: only ever added, each revision a link of its territory's chain."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select

from netmon.domain.audit import AuditKind, Change
from netmon.domain.closing import Link
from netmon.domain.identifiers import OrganisationId, TerritoryId
from netmon.domain.period import Period, PeriodKind
from netmon.domain.verdict import SubjectKind, VerdictOutcome
from netmon_collector.ports import ClosedOutcome, ClosedVerdict, Closing, NewClosing
from netmon_collector.storage.audit import write_audit
from netmon_collector.storage.closing_tables import closed_period, closed_verdict, verdict_content
from netmon_collector.storage.database import hold
from netmon_collector.storage.part import Part
from netmon_collector.storage.upsert import insert_new

_ACTOR = "netmon"
_ORDER = (SubjectKind.ORGANISATION, SubjectKind.SITE, SubjectKind.LINE)


class ClosingsPart(Part):
    """What was closed, and the chain."""

    def closed_periods(self, territory: TerritoryId, kind: PeriodKind) -> Collection[Period]:
        wanted = select(closed_period.c.first_day).where(*_chain(territory, kind)).distinct()
        with self._database.read() as connection:
            return {Period.containing(day, kind) for day in connection.execute(wanted).scalars()}

    def closing(self, territory: TerritoryId, period: Period, *, revision: int | None = None) -> Closing | None:
        """A revision of a closed period, the newest where none is named; None when it was not closed."""
        with self._database.read() as connection:
            row = _newest(connection, territory, period, revision)
            return None if row is None else _closing(connection, row)

    def closed_outcomes(self, territory: TerritoryId, period: Period) -> Mapping[OrganisationId, ClosedOutcome] | None:
        """How the organisations of a territory stood by the newest revision; None when the period was not closed."""
        with self._database.read() as connection:
            row = _newest(connection, territory, period, None)
            if row is None:
                return None
            wanted = select(closed_verdict.c.subject_id, closed_verdict.c.outcome, closed_verdict.c.short_by)
            rows = connection.execute(
                wanted.where(*_verdicts_of(row), closed_verdict.c.kind == SubjectKind.ORGANISATION)
            ).all()
        return {one.subject_id: ClosedOutcome(outcome=one.outcome, short_by=one.short_by) for one in rows}

    def closed_standings(
        self, territory: TerritoryId, period: Period
    ) -> Mapping[tuple[SubjectKind, str], VerdictOutcome] | None:
        """The outcome of every subject by the newest revision; None when the period was not closed."""
        with self._database.read() as connection:
            row = _newest(connection, territory, period, None)
            if row is None:
                return None
            wanted = select(closed_verdict.c.kind, closed_verdict.c.subject_id, closed_verdict.c.outcome)
            rows = connection.execute(wanted.where(*_verdicts_of(row))).all()
        return {(one.kind, one.subject_id): one.outcome for one in rows}

    def chain(self, territory: TerritoryId, kind: PeriodKind) -> Sequence[tuple[Link, str]]:
        """Every revision of every closed period of a kind with its stored hash, in the order of closing."""
        wanted = select(closed_period).where(*_chain(territory, kind)).order_by(closed_period.c.number)
        with self._database.read() as connection:
            return [(_link(row), row.hash) for row in connection.execute(wanted)]

    def add_closing(self, new: NewClosing) -> Link | None:
        """Store the next revision of a period; None when another collector has stored that revision meanwhile."""
        kind = new.period.kind
        with self._database.write() as connection:
            hold(connection, f"closing {new.territory} {kind.value}")
            before = _newest(connection, new.territory, new.period, None)
            if (0 if before is None else before.revision) != new.revision - 1:
                return None
            tail = _tail(connection, new.territory, kind)
            link = Link(
                territory=new.territory,
                period=new.period,
                number=1 if tail is None else tail.number + 1,
                revision=new.revision,
                closed_at=new.closed_at,
                policy_hash=new.policy_hash,
                summary_hash=new.summary_hash,
                root=new.root,
                previous=None if tail is None else tail.hash,
            )
            _insert(connection, new, link)
            write_audit(connection, [_change(link, None if before is None else before.hash)])
        return link


def _chain(territory: TerritoryId, kind: PeriodKind) -> tuple[Any, ...]:
    return closed_period.c.territory_id == territory, closed_period.c.kind == kind


def _newest(connection: Connection, territory: TerritoryId, period: Period, revision: int | None) -> Row[Any] | None:
    found = closed_period.c
    wanted = select(closed_period).where(*_chain(territory, period.kind), found.first_day == period.first)
    if revision is not None:
        wanted = wanted.where(found.revision == revision)
    return connection.execute(wanted.order_by(found.revision.desc()).limit(1)).one_or_none()


def _tail(connection: Connection, territory: TerritoryId, kind: PeriodKind) -> Row[Any] | None:
    last = select(func.max(closed_period.c.number)).where(*_chain(territory, kind)).scalar_subquery()
    wanted = select(closed_period).where(*_chain(territory, kind), closed_period.c.number == last)
    return connection.execute(wanted).one_or_none()


def _verdicts_of(row: Row[Any]) -> tuple[Any, ...]:
    found = closed_verdict.c
    return found.territory_id == row.territory_id, found.period_kind == row.kind, found.number == row.number


def _link(row: Row[Any]) -> Link:
    return Link(
        territory=row.territory_id,
        period=Period.containing(row.first_day, row.kind),
        number=row.number,
        revision=row.revision,
        closed_at=row.closed_at,
        policy_hash=row.policy_hash,
        summary_hash=row.summary_hash,
        root=row.root,
        previous=row.previous,
    )


def _closing(connection: Connection, row: Row[Any]) -> Closing:
    same = and_(verdict_content.c.hash == closed_verdict.c.hash)
    wanted = select(closed_verdict, verdict_content.c.content).join(verdict_content, same).where(*_verdicts_of(row))
    verdicts = [
        ClosedVerdict(
            kind=one.kind,
            id=one.subject_id,
            outcome=one.outcome,
            short_by=one.short_by,
            hash=one.hash,
            content=one.content,
        )
        for one in connection.execute(wanted)
    ]
    return Closing(
        link=_link(row),
        hash=row.hash,
        policy_id=row.policy_id,
        summary=json.loads(row.summary),
        verdicts=tuple(sorted(verdicts, key=lambda one: (_ORDER.index(one.kind), one.id))),
    )


def _insert(connection: Connection, new: NewClosing, link: Link) -> None:
    place = {"territory_id": new.territory, "number": link.number}
    row = {
        **place,
        "kind": new.period.kind,
        "first_day": new.period.first,
        "revision": link.revision,
        "closed_at": link.closed_at,
        "policy_id": new.policy_id,
        "policy_hash": link.policy_hash,
        "summary": new.summary,
        "summary_hash": link.summary_hash,
        "root": link.root,
        "previous": link.previous,
        "hash": link.hash,
    }
    connection.execute(insert(closed_period), row)
    contents = {one.hash: {"hash": one.hash, "content": one.content} for one in new.verdicts}
    insert_new(connection, verdict_content, list(contents.values()))
    rows = [
        {
            **place,
            "period_kind": new.period.kind,
            "kind": one.kind,
            "subject_id": one.id,
            "outcome": one.outcome,
            "short_by": one.short_by,
            "hash": one.hash,
        }
        for one in new.verdicts
    ]
    if rows:
        connection.execute(insert(closed_verdict), rows)


def _change(link: Link, before: str | None) -> Change:
    return Change(
        at=link.closed_at,
        actor=_ACTOR,
        kind=AuditKind.CLOSING,
        subject=f"{link.territory} {link.period.name} revision {link.revision}",
        before=before,
        after=link.hash,
    )
