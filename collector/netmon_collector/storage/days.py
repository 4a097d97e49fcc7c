"""Day aggregates: what the days of lines came to, which are due again, and sums over many days."""

import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select

from netmon.domain.identifiers import LineId, ServerId, TerritoryId
from netmon.domain.latency import GATEWAY_TARGET
from netmon.domain.slot import ExclusionReason
from netmon_collector.storage.day_details import detail_row, read_line_day
from netmon_collector.storage.day_tables import day_due, day_progress, line_day, line_day_detail
from netmon_collector.storage.evidence_tables import latency_window, measurement
from netmon_collector.storage.part import Part, chunks
from netmon_collector.storage.upsert import put
from netmon_collector.use_cases.day_values import DayDue, DayGlance, DayProgress, DayTotals, DayTraffic, LineDay

_SOON = timedelta(minutes=30)  # days are complete an hour after their end at the earliest
_DAY = timedelta(days=1)
_FEW = 400
_COUNTS = ("passed", "failed", "strict_passed", "line_down", "excluded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The time that a new fact is about, and when it came."""

    line: LineId | None
    start: datetime
    end: datetime
    received_at: datetime


class DaysPart(Part):
    """What use_cases/days.py reads and writes."""

    def put_days(self, days: Sequence[LineDay]) -> None:
        with self._database.write() as connection:
            for group in chunks(days):
                put(connection, line_day, [_row(one) for one in group])
                put(connection, line_day_detail, [detail_row(one) for one in group])

    def line_days(self, line: LineId, first: date, last: date) -> Sequence[LineDay]:
        """What the local days of a line came to, from the first to the last, both included."""
        days, details = line_day.c, line_day_detail.c
        same = and_(details.line_id == days.line_id, details.day == days.day)
        wanted = select(line_day, *(column for column in details if column.name not in ("line_id", "day")))
        wanted = wanted.join(line_day_detail, same).where(days.line_id == line, days.day.between(first, last))
        with self._database.read() as connection:
            return [read_line_day(row) for row in connection.execute(wanted.order_by(days.day))]

    def day_glances(self, lines: Collection[LineId], first: date, last: date) -> Mapping[LineId, Sequence[DayGlance]]:
        """The local days of lines from the first to the last, both included; a line without any is absent."""
        days = line_day.c
        columns = (days.day, days.passed, days.failed, days.line_down, days.excluded, days.excluded_by_reason)
        found: dict[LineId, list[DayGlance]] = {}
        with self._database.read() as connection:
            for group in chunks(sorted(lines)):
                wanted = select(days.line_id, *columns, days.median_bps)
                wanted = wanted.where(days.line_id.in_(group), days.day.between(first, last))
                for row in connection.execute(wanted.order_by(days.line_id, days.day)):
                    found.setdefault(row.line_id, []).append(_glance(row))
        return found

    def day_traffic(self, lines: Collection[LineId], start: datetime, end: datetime) -> Mapping[LineId, DayTraffic]:
        """What went over lines in the time; summed by the database, which has many rows of it."""
        probes, found = latency_window.c, measurement.c
        back = probes.sent - probes.lost
        sums = (
            func.sum(probes.sent).label("sent"),
            func.sum(probes.lost).label("lost"),
            func.sum(probes.rtt_median_s * back).label("weighted"),
            func.sum(back).label("back"),
            func.max(probes.rtt_p95_s).label("p95"),
        )
        probed, volumes = select(probes.line_id, *sums), select(found.line_id, func.sum(found.bytes).label("volume"))
        traffic: dict[LineId, DayTraffic] = {}
        with self._database.read() as connection:
            for group in chunks(sorted(lines)):
                of_group = volumes.where(found.line_id.in_(group), found.filed_at >= start, found.filed_at < end)
                volume = {row.line_id: row.volume for row in connection.execute(of_group.group_by(found.line_id))}
                beyond = probes.target != GATEWAY_TARGET
                during = (probes.line_id.in_(group), probes.started_at >= start, probes.started_at < end, beyond)
                for row in connection.execute(probed.where(*during).group_by(probes.line_id)):
                    traffic[row.line_id] = DayTraffic(
                        measured_bytes=int(volume.pop(row.line_id, 0)),
                        probes_sent=int(row.sent),
                        probes_lost=int(row.lost),
                        rtt_s=float(row.weighted) / int(row.back) if row.back and row.weighted is not None else None,
                        rtt_p95_s=row.p95,
                    )
                traffic |= {line: DayTraffic(measured_bytes=int(number)) for line, number in volume.items()}
        return traffic

    def day_totals(self, lines: Collection[LineId], first: date, last: date) -> Mapping[LineId, DayTotals]:
        """The sums of each line over local days from the first to the last, both included."""
        days = line_day.c
        sums = [func.sum(days[name]).label(name) for name in _COUNTS]
        found: dict[LineId, DayTotals] = {}
        with self._database.read() as connection:
            for group in chunks(sorted(lines)):
                wanted = select(days.line_id, func.count().label("days"), *sums)
                wanted = wanted.where(days.line_id.in_(group), days.day.between(first, last)).group_by(days.line_id)
                for row in connection.execute(wanted):
                    counts = {name: int(getattr(row, name)) for name in _COUNTS}
                    found[row.line_id] = DayTotals(days=row.days, **counts)
        return found

    def day_hashes(self, line: LineId, first: date, last: date) -> Mapping[date, str]:
        """The hash of what each day of a line stands on."""
        days = line_day.c
        wanted = select(days.day, days.input_hash).where(days.line_id == line, days.day.between(first, last))
        with self._database.read() as connection:
            return {row.day: row.input_hash for row in connection.execute(wanted)}

    def days_due(self) -> Sequence[DayDue]:
        wanted = select(day_due).order_by(day_due.c.line_id, day_due.c.day)
        with self._database.read() as connection:
            return [DayDue(line=row.line_id, day=row.day, mark=row.mark) for row in connection.execute(wanted)]

    def clear_due(self, due: Sequence[DayDue]) -> None:
        """Take marks away, but for those that were renewed meanwhile."""
        with self._database.write() as connection:
            for one in due:
                same = and_(day_due.c.line_id == one.line, day_due.c.day == one.day, day_due.c.mark == one.mark)
                connection.execute(delete(day_due).where(same))

    def day_progress(self) -> Mapping[TerritoryId, DayProgress]:
        with self._database.read() as connection:
            rows = connection.execute(select(day_progress)).all()
        return {row.territory_id: DayProgress(basis=row.basis, complete_until=row.complete_until) for row in rows}

    def set_day_progress(self, territory: TerritoryId, progress: DayProgress) -> None:
        row = {"territory_id": territory, "basis": progress.basis, "complete_until": progress.complete_until}
        with self._database.write() as connection:
            put(connection, day_progress, [row])

    def servers_of(self, lines: Collection[LineId], start: datetime, end: datetime) -> set[ServerId]:
        """The servers that lines measured with, by when the measurements were."""
        found: set[ServerId] = set()
        during = and_(measurement.c.at >= start, measurement.c.at < end)
        with self._database.read() as connection:
            for group in chunks(sorted(lines)):
                wanted = select(measurement.c.server_id).where(measurement.c.line_id.in_(group), during).distinct()
                found.update(connection.execute(wanted).scalars())
        return found

    def lines_with(self, servers: Collection[ServerId], start: datetime, end: datetime) -> set[LineId]:
        """The lines that measured with any of the servers."""
        during = and_(measurement.c.at >= start, measurement.c.at < end)
        wanted = select(measurement.c.line_id).where(during, measurement.c.server_id.in_(sorted(servers))).distinct()
        with self._database.read() as connection:
            return set(connection.execute(wanted).scalars())


def _glance(row: Any) -> DayGlance:
    reasons = json.loads(row.excluded_by_reason) if row.excluded else {}
    return DayGlance(
        day=row.day,
        passed=row.passed,
        failed=row.failed,
        line_down=row.line_down,
        excluded=row.excluded,
        absent=reasons.get(ExclusionReason.AGENT_OFF, 0),
        median_bps=row.median_bps,
    )


def note_late(connection: Connection, stretches: Iterable[Stretch]) -> None:
    """Within a write that stores facts: days on which some came late are due again."""
    days = {
        (one.line, day)
        for one in stretches
        if one.line is not None and one.received_at - one.start > _SOON
        for day in _days_between(one.start, one.end)
    }
    mark = secrets.randbits(62)
    put(connection, day_due, [{"line_id": line, "day": day, "mark": mark} for line, day in sorted(days)])


def _days_between(start: datetime, end: datetime) -> Iterable[date]:
    first, last = start.astimezone(UTC).date(), max(start, end).astimezone(UTC).date()
    return (first + number * _DAY for number in range(min(_FEW, (last - first).days + 1)))


def _row(one: LineDay) -> dict[str, object]:
    return {
        "line_id": one.line,
        "day": one.day,
        **{name: getattr(one, name) for name in _COUNTS},
        "excluded_by_reason": json.dumps(dict(one.excluded_by_reason), sort_keys=True),
        "working_s": one.working_s,
        "up_s": one.up_s,
        "down_s": one.down_s,
        "median_bps": one.median_bps,
        "input_hash": one.input_hash,
        "computed_at": one.computed_at,
    }
