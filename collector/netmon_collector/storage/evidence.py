"""Reading what judging stands on."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Table, and_, bindparam, func, literal, select, tuple_

from netmon.domain.identifiers import LineId
from netmon.domain.latency import LatencyWindow, Outage
from netmon.domain.measurement import Direction, Flag, Measurement, Mode, Path, ReceiptState, ResultKind
from netmon.domain.slot import Delivery, Slot, SlotReport
from netmon_collector.storage.evidence_tables import (
    IMPORTED,
    binding,
    latency_window,
    measurement,
    outage,
    slot,
    slot_report,
)
from netmon_collector.storage.part import Part, chunks

T = TypeVar("T")
AnyRow = Row[Any]
PageKey = tuple[datetime, str, str, int]


class EvidencePart(Part):
    """The facts about lines."""

    def slots(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Slot]:
        return self._of_lines(slot, lines, within(slot.c.starts_at, start, end), read_slot)

    def measurements(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Measurement]:
        return self._of_lines(measurement, lines, within(measurement.c.filed_at, start, end), read_measurement)

    def reports(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[SlotReport]:
        return self._of_lines(slot_report, lines, within(slot_report.c.filed_at, start, end), _report)

    def outages(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Outage]:
        during = and_(outage.c.started_at < end, outage.c.ended_at > start)
        return self._of_lines(outage, lines, during, _outage)

    def latency(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[LatencyWindow]:
        return self._of_lines(latency_window, lines, within(latency_window.c.started_at, start, end), read_window)

    def deliveries(
        self, start: datetime, end: datetime, *, at_least_bps: int, emulated: bool = False
    ) -> Sequence[Delivery]:
        found = measurement.c
        delivered = found.rate_bps - func.coalesce(found.background_bps, 0)
        wanted = and_(
            within(found.at, start, end),
            delivered >= at_least_bps,
            found.receipt == ReceiptState.VALID,
            found.time_trusted,
        )
        columns = (found.server_id, found.direction, found.at, found.line_id, found.path, found.flags)
        ordered = select(*columns, delivered.label("delivered_bps")).where(wanted).order_by(found.at, found.line_id)
        with self._database.read() as connection:
            rows = connection.execute(ordered).all()
        return [
            Delivery(
                server=row.server_id, direction=row.direction, at=row.at, line=row.line_id, rate_bps=row.delivered_bps
            )
            for row in rows
            if (emulated if Flag.EMULATED_LINE in row.flags.split() else row.path is not Path.PROXIED)
        ]

    def measurement_page(
        self, line: LineId, start: datetime, end: datetime, *, after: PageKey | None, limit: int
    ) -> tuple[Sequence[Measurement], PageKey | None]:
        """At most `limit` measurements of a line after a key, in time order, and the key of the last if more follow."""
        key = [measurement.c.filed_at, measurement.c.agent_id, measurement.c.stream, measurement.c.sequence]
        wanted = select(measurement).where(measurement.c.line_id == line, within(measurement.c.filed_at, start, end))
        if after is not None:
            typed = [bindparam(None, value, column.type) for value, column in zip(after, key, strict=True)]
            wanted = wanted.where(tuple_(*key) > tuple_(*typed))
        with self._database.read() as connection:
            rows = connection.execute(wanted.order_by(*key).limit(limit + 1)).all()
        page = rows[:limit]
        last = page[-1] if len(rows) > limit else None
        following = None if last is None else (last.filed_at, last.agent_id, last.stream, last.sequence)
        return [read_measurement(row) for row in page], following

    def emulated_lines(self, lines: Collection[LineId], start: datetime, end: datetime) -> Collection[LineId]:
        """The lines that a relay stood in for, by what their measurements say."""
        flag = (literal(" ") + measurement.c.flags + " ").contains(f" {Flag.EMULATED_LINE.value} ")
        during = within(measurement.c.filed_at, start, end)
        with self._database.read() as connection:
            return {
                line
                for group in chunks(sorted(lines))
                for line in connection.execute(
                    select(measurement.c.line_id).where(measurement.c.line_id.in_(group), during, flag).distinct()
                ).scalars()
            }

    def latest_rates(self, lines: Collection[LineId], since: datetime) -> Mapping[LineId, int]:
        """The rate of each line's latest full download of its own agent since a time."""
        found = measurement.c
        latest = func.row_number().over(partition_by=found.line_id, order_by=found.filed_at.desc()).label("place")
        full = and_(
            found.filed_at >= since,
            found.direction == Direction.DOWN,
            found.mode != Mode.DECISION,
            found.kind == ResultKind.RATE,
            found.censored_at_bps.is_(None),
            found.agent_id != IMPORTED,
        )
        rates: dict[LineId, int] = {}
        with self._database.read() as connection:
            for group in chunks(sorted(lines)):
                inner = select(found.line_id, found.rate_bps, latest).where(found.line_id.in_(group), full).subquery()
                wanted = select(inner.c.line_id, inner.c.rate_bps).where(inner.c.place == 1)
                rates.update((row.line_id, row.rate_bps) for row in connection.execute(wanted))
        return rates

    def last_seen(self, lines: Collection[LineId]) -> Mapping[LineId, datetime]:
        seen = func.max(binding.c.last_seen_at, type_=binding.c.last_seen_at.type)
        return self._per_line(binding, seen, lines, binding.c.last_seen_at.is_not(None))

    def first_slot_at(self, territory_lines: Collection[LineId]) -> datetime | None:
        first = func.min(slot.c.starts_at, type_=slot.c.starts_at.type)
        return min(self._per_line(slot, first, territory_lines).values(), default=None)

    def issued_until(self, lines: Collection[LineId]) -> Mapping[LineId, datetime]:
        return self._per_line(slot, func.max(slot.c.starts_at, type_=slot.c.starts_at.type), lines)

    def _of_lines(
        self, table: Table, lines: Collection[LineId], where: ColumnElement[bool], read: Callable[[AnyRow], T]
    ) -> Sequence[T]:
        """What the rows say, ordered by the table's key: the line, then the time."""
        found: list[T] = []
        with self._database.read() as connection:
            for group in chunks(sorted(lines)):
                wanted = select(table).where(table.c.line_id.in_(group), where).order_by(*table.primary_key.columns)
                found.extend(read(row) for row in connection.execute(wanted))
        return found

    def _per_line(
        self, table: Table, value: ColumnElement[Any], lines: Collection[LineId], *where: ColumnElement[bool]
    ) -> Mapping[LineId, datetime]:
        found: dict[LineId, datetime] = {}
        with self._database.read() as connection:
            for group in chunks(sorted(lines)):
                wanted = select(table.c.line_id, value.label("value")).where(table.c.line_id.in_(group), *where)
                found.update((row.line_id, row.value) for row in connection.execute(wanted.group_by(table.c.line_id)))
        return found


def within(column: ColumnElement[Any], start: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(column >= start, column < end)


def read_slot(row: AnyRow) -> Slot:
    return Slot(
        id=row.id,
        line=row.line_id,
        direction=row.direction,
        mode=row.mode,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        server=row.server_id,
        fallback_server=row.fallback_server_id,
        rate_bps=row.rate_bps,
        duration_s=row.duration_s,
    )


def read_measurement(row: AnyRow) -> Measurement:
    return Measurement(
        line=row.line_id,
        slot=row.slot_id,
        server=row.server_id,
        method=row.method,
        direction=row.direction,
        mode=row.mode,
        started_at=row.at,
        duration_s=row.duration_s,
        kind=row.kind,
        reason=row.reason,
        rate_bps=row.rate_bps,
        goodput_bps=row.goodput_bps,
        background_bps=row.background_bps,
        censored_at_bps=row.censored_at_bps,
        decision=row.decision,
        threshold_bps=row.threshold_bps,
        limit_bps=row.limit_bps,
        confidence=row.confidence,
        bytes=row.bytes,
        path=row.path,
        receipt=row.receipt,
        time_trusted=row.time_trusted,
        flags=frozenset(Flag(text) for text in row.flags.split()),
    )


def _report(row: AnyRow) -> SlotReport:
    return SlotReport(slot=row.slot_id, line=row.line_id, end=row.end, reason=row.reason, at=row.at)


def _outage(row: AnyRow) -> Outage:
    return Outage(line=row.line_id, started_at=row.started_at, ended_at=row.ended_at, cause=row.cause)


def read_window(row: AnyRow) -> LatencyWindow:
    return LatencyWindow(
        line=row.line_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        target=row.target,
        sent=row.sent,
        lost=row.lost,
        rtt_min_s=row.rtt_min_s,
        rtt_median_s=row.rtt_median_s,
        rtt_p95_s=row.rtt_p95_s,
        rtt_max_s=row.rtt_max_s,
        jitter_s=row.jitter_s,
    )
