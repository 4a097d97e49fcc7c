"""Retention (D8): latency windows of long ago become hours, and the documents that brought them go."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, delete, select, tuple_, update

from netmon.domain.identifiers import LineId
from netmon.domain.latency import LatencyWindow
from netmon.domain.rollup import hourly, together
from netmon.wire.records import RecordKind
from netmon_collector.storage.evidence import AnyRow, read_window
from netmon_collector.storage.evidence_tables import latency_window, record
from netmon_collector.storage.part import Part, chunks

_LINES = 100  # of a transaction, so that ingest never waits long for the one writer of SQLite
_KEYS = 200
_VALUES = ("ended_at", "sent", "lost", "rtt_min_s", "rtt_median_s", "rtt_p95_s", "rtt_max_s", "jitter_s")
Key = tuple[object, ...]


class RetentionPart(Part):
    """What use_cases/retention.py asks for."""

    def first_latency_at(self) -> datetime | None:
        """When the oldest latency window that is kept as it came is of; looks through every record."""
        wanted = select(record.c.at).where(record.c.kind == RecordKind.LATENCY).order_by(record.c.at).limit(1)
        with self._database.read() as connection:
            return connection.execute(wanted).scalar_one_or_none()

    def roll_up_latency(self, lines: Collection[LineId], start: datetime, end: datetime) -> int:
        """Put the windows that began in the time together into hours; answers how many rows fewer that are."""
        fewer = 0
        for group in chunks(sorted(lines), _LINES):
            with self._database.write() as connection:
                fewer += _roll_up(connection, group, start, end)
                old = and_(record.c.line_id.in_(group), record.c.at >= start, record.c.at < end)
                connection.execute(delete(record).where(old, record.c.kind == RecordKind.LATENCY))
        return fewer


def _roll_up(connection: Connection, lines: Collection[LineId], start: datetime, end: datetime) -> int:
    times = and_(latency_window.c.started_at >= start, latency_window.c.started_at < end)
    wanted = select(latency_window).where(latency_window.c.line_id.in_(lines), times)
    by_line: dict[LineId, dict[int, tuple[LatencyWindow, Key]]] = {}
    for row in connection.execute(wanted.order_by(*latency_window.primary_key.columns)):
        window = read_window(row)
        by_line.setdefault(window.line, {})[id(window)] = window, _key(row)
    gone: list[Key] = []
    for known in by_line.values():
        for run in hourly(window for window, _ in known.values()):
            if len(run) > 1:
                keys = [known[id(window)][1] for window in run]
                _put(connection, keys[0], together(run))
                gone.extend(keys[1:])
    for group in chunks(gone, _KEYS):
        connection.execute(delete(latency_window).where(tuple_(*latency_window.primary_key.columns).in_(group)))
    return len(gone)


def _key(row: AnyRow) -> Key:
    return row.line_id, row.started_at, row.agent_id, row.stream, row.sequence


def _put(connection: Connection, key: Key, window: LatencyWindow) -> None:
    columns = latency_window.primary_key.columns
    same = and_(*(column == value for column, value in zip(columns, key, strict=True)))
    values = {name: getattr(window, name) for name in _VALUES}
    connection.execute(update(latency_window).where(same).values(values))
