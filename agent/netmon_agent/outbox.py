"""The outbox: every record of this device, durable before anybody relies on it, until the collector has it."""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from netmon.clock import Clock
from netmon.domain.identifiers import SlotId
from netmon.wire.canonical import canonical_json, format_time, parse_time
from netmon.wire.records import (
    MAX_BATCH_BYTES,
    MAX_BATCH_RECORDS,
    MAX_RECORD_BYTES,
    Answer,
    AnswerResult,
    Envelope,
    RecordKind,
)
from netmon_agent.collector_time import CollectorTime
from netmon_agent.errors import OutboxError, RecordTooLargeError
from netmon_agent.life import Life
from netmon_agent.outbox_schema import open_database
from netmon_agent.ports import Draft, Say, SlotMark

# Least valuable first: a missing slot report reads as one that says the agent was off.
DROP_ORDER = (
    RecordKind.LATENCY,
    RecordKind.PATH,
    RecordKind.ABSENCE,
    RecordKind.SLOT,
    RecordKind.OUTAGE,
    RecordKind.MEASUREMENT,
)
# Windows of probes wait for the next request for the timetable: were each sent at once, half of what wears the flash
# would be deleting what was sent.
_NOT_URGENT = frozenset({RecordKind.LATENCY})
MOST_ASIDE = 1000
_ENVELOPE_BYTES = 250  # what surrounds a body on the wire, generously
_LOWEST_SHARE = 0.95  # dropping goes this far below the bound, so that it isn't done for every record
_NEVER_TO_BE_KNOWN = ""  # in place of the boot: the offset is None for good

_SIZE = f"coalesce(sum(length(body) + {_ENVELOPE_BYTES}), 0)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large the outbox may grow before it drops, and how large a batch."""

    most_bytes: int = 32_000_000
    batch_records: int = MAX_BATCH_RECORDS
    batch_bytes: int = MAX_BATCH_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a batch."""

    taken: int = 0
    later: int = 0
    aside: tuple[Answer, ...] = field(default_factory=tuple)


class Outbox:
    """Numbered records in one SQLite file; safe to use from several threads.

    Policy: WAL with synchronous=FULL, one transaction an `append`. What has no known clock offset when it is written
    gets one at its first sending if the device has not been rebooted in between; from then on it never changes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        time: CollectorTime,
        boot: str,
        say: Say,
        limits: Limits | None = None,
        appended: Callable[[], None] = lambda: None,
    ) -> None:
        """Raises OutboxError. `appended` is called after records were appended that should go at once."""
        self._clock, self._time, self._boot, self._say = clock, time, boot, say
        self._limits = limits or Limits()
        self._appended = appended
        self._lock = threading.Lock()
        self._database = open_database(folder, now=clock.now(), say=say)
        self.stream, since = self._database.execute("SELECT stream, since FROM meta").fetchone()
        self.since: datetime = parse_time(since)
        self.last_life = _read_life(self._database)
        self._size: int = self._database.execute(f"SELECT {_SIZE} FROM records").fetchone()[0]  # noqa: S608

    def close(self) -> None:
        with self._lock:
            self._database.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._database.execute("BEGIN IMMEDIATE")
                yield self._database
                self._database.execute("COMMIT")
            except sqlite3.Error as error:
                self._roll_back()
                raise OutboxError(f"the outbox cannot be written: {error}") from error
            except BaseException:
                self._roll_back()
                raise

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._database
            except sqlite3.Error as error:
                raise OutboxError(f"the outbox cannot be read: {error}") from error

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")

    def append(self, drafts: Sequence[Draft], *, slot: SlotMark | None = None) -> None:
        """All or nothing, with the slot's mark. Raises OutboxError, RecordTooLargeError for what nobody would take."""
        device_at, offset_s = self._clock.now().astimezone(UTC), self._time.offset_s()
        bodies = [canonical_json(dict(draft.body)) for draft in drafts]
        if any(len(body) + _ENVELOPE_BYTES > MAX_RECORD_BYTES for body in bodies):
            raise RecordTooLargeError(f"a record is larger than {MAX_RECORD_BYTES} bytes")
        stamp = (format_time(device_at), offset_s, self._clock.monotonic(), self._boot)
        rows = [(draft.kind.value, *stamp, body) for draft, body in zip(drafts, bodies, strict=True)]
        with self._transaction() as database:
            database.executemany(
                "INSERT INTO records (kind, device_at, clock_offset_s, monotonic, boot, body) VALUES (?,?,?,?,?,?)",
                rows,
            )
            if slot is not None:
                _write_mark(database, slot)
            if rows:
                _write_life(database, Life(device_at=device_at, offset_s=offset_s, boot=self._boot, ended=False))
            size = self._size + sum(len(row[-1]) + _ENVELOPE_BYTES for row in rows)
            dropped = self._drop(database, size) if size > self._limits.most_bytes else {}
            if dropped:
                size = database.execute(f"SELECT {_SIZE} FROM records").fetchone()[0]  # noqa: S608
        self._size = size
        if dropped:
            self._say("the outbox is full; dropped, oldest first: " + _counts(dropped))
        if any(draft.kind not in _NOT_URGENT for draft in drafts):
            self._appended()

    def _drop(self, database: sqlite3.Connection, size: int) -> dict[RecordKind, int]:
        """Make room in DROP_ORDER, oldest first, and count what is gone."""
        surplus = size - int(self._limits.most_bytes * _LOWEST_SHARE)
        dropped: dict[RecordKind, int] = {}
        for kind in DROP_ORDER:
            doomed = []
            for sequence, length in database.execute(
                "SELECT sequence, length(body) FROM records WHERE kind = ? ORDER BY sequence", (kind.value,)
            ):
                if surplus <= 0:
                    break
                doomed.append((sequence,))
                surplus -= length + _ENVELOPE_BYTES
            if doomed:
                database.executemany("DELETE FROM records WHERE sequence = ?", doomed)
                database.execute(
                    "INSERT INTO dropped VALUES (?1, ?2) ON CONFLICT (kind) DO UPDATE SET records = records + ?2",
                    (kind.value, len(doomed)),
                )
                dropped[kind] = len(doomed)
        return dropped

    def end_life(self) -> None:
        """The agent is stopped in good order. Raises OutboxError."""
        life = Life(device_at=self._clock.now(), offset_s=self._time.offset_s(), boot=self._boot, ended=True)
        with self._transaction() as database:
            _write_life(database, life)

    def batch(self, *, after: int = 0, most_records: int | None = None) -> list[Envelope]:
        """The oldest records after a sequence number, as they will be sent, now and ever. Raises OutboxError."""
        limit = min(most_records or self._limits.batch_records, self._limits.batch_records)
        query = (
            "SELECT sequence, kind, device_at, clock_offset_s, monotonic, boot, body FROM records "
            "WHERE sequence > ? ORDER BY sequence LIMIT ?"
        )
        with self._reading() as database:
            rows = database.execute(query, (after, limit)).fetchall()
        rows, size = rows[:limit], 0
        for count, row in enumerate(rows):
            size += len(row[-1]) + _ENVELOPE_BYTES
            if size > self._limits.batch_bytes and count:
                rows = rows[:count]
                break
        offsets = self._fix_offsets([row for row in rows if row[3] is None and row[5] != _NEVER_TO_BE_KNOWN])
        return [
            Envelope(
                stream=self.stream,
                sequence=sequence,
                kind=RecordKind(kind),
                device_at=parse_time(device_at),
                clock_offset_s=offsets.get(sequence, offset_s),
                body=json.loads(body),
            )
            for sequence, kind, device_at, offset_s, _, _, body in rows
        ]

    def _fix_offsets(self, rows: Sequence[tuple[int, str, str, None, float, str, bytes]]) -> dict[int, float]:
        """Decide for good what the offsets were: once sent, a record under the same number must stay the same."""
        offsets: dict[int, float] = {}
        for sequence, _, device_at, _, monotonic, boot, _ in rows:
            collector_at = self._time.at(monotonic) if boot == self._boot else None
            if collector_at is not None:
                offsets[sequence] = round((collector_at - parse_time(device_at)).total_seconds(), 6)
        if rows:
            with self._transaction() as database:
                database.executemany(
                    "UPDATE records SET clock_offset_s = ?, boot = ? WHERE sequence = ?",
                    [(offsets.get(row[0]), _NEVER_TO_BE_KNOWN, row[0]) for row in rows],
                )
        return offsets

    def settle(self, answers: Mapping[int, Answer]) -> Settled:
        """Take out what is final, keep aside what the collector will never store. Raises OutboxError."""
        final = [(number, answer) for number, answer in sorted(answers.items()) if answer.result.is_final]
        refused = [(n, a) for n, a in final if a.result in (AnswerResult.CONFLICT, AnswerResult.REJECTED)]
        with self._transaction() as database:
            for number, answer in refused:
                database.execute(
                    "INSERT OR REPLACE INTO aside SELECT sequence, kind, body, ?, ? FROM records WHERE sequence = ?",
                    (answer.result.value, answer.detail, number),
                )
            if refused:
                database.execute(
                    "DELETE FROM aside WHERE sequence NOT IN "
                    "(SELECT sequence FROM aside ORDER BY sequence DESC LIMIT ?)",
                    (MOST_ASIDE,),
                )
            gone = [
                database.execute("DELETE FROM records WHERE sequence = ? RETURNING length(body)", (number,)).fetchone()
                for number, _ in final
            ]
        self._size -= sum(row[0] + _ENVELOPE_BYTES for row in gone if row is not None)
        return Settled(
            taken=len(final) - len(refused), later=len(answers) - len(final), aside=tuple(a for _, a in refused)
        )

    def counts(self) -> "Counts":
        """How many records wait, stand aside and were dropped since the stream began. Raises OutboxError."""
        with self._reading() as database:
            rows = database.execute("SELECT kind, records FROM dropped").fetchall()
            waiting = database.execute("SELECT count(*) FROM records").fetchone()[0]
            aside = database.execute("SELECT count(*) FROM aside").fetchone()[0]
        return Counts(
            waiting=waiting, bytes=self._size, aside=aside, dropped={RecordKind(kind): count for kind, count in rows}
        )

    def slot_marks(self) -> dict[SlotId, SlotMark]:
        """Every slot that this outbox knows something about."""
        with self._lock:
            rows = self._database.execute("SELECT id, tried, attempts, done FROM slots").fetchall()
        return {
            SlotId(slot): SlotMark(id=SlotId(slot), tried=tried, attempts=attempts, done=bool(done))
            for slot, tried, attempts, done in rows
        }

    def forget_slots(self, keep: Collection[SlotId]) -> None:
        """Forget every slot that is not in `keep`: no timetable will name it again. Raises OutboxError."""
        with self._transaction() as database:
            known = {row[0] for row in database.execute("SELECT id FROM slots")}
            database.executemany("DELETE FROM slots WHERE id = ?", [(slot,) for slot in known - set(keep)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is in the outbox."""

    waiting: int
    bytes: int
    aside: int
    dropped: Mapping[RecordKind, int]


def _read_life(database: sqlite3.Connection) -> Life | None:
    row = database.execute("SELECT device_at, clock_offset_s, boot, ended FROM life").fetchone()
    if row is None:
        return None
    return Life(device_at=parse_time(row[0]), offset_s=row[1], boot=row[2], ended=bool(row[3]))


def _write_life(database: sqlite3.Connection, life: Life) -> None:
    """One row, with what is written anyway: a sign of life costs no write of its own."""
    database.execute(
        "INSERT OR REPLACE INTO life (rowid, device_at, clock_offset_s, boot, ended) VALUES (1, ?, ?, ?, ?)",
        (format_time(life.device_at), life.offset_s, life.boot, int(life.ended)),
    )


def _write_mark(database: sqlite3.Connection, mark: SlotMark) -> None:
    database.execute(
        "INSERT OR REPLACE INTO slots VALUES (?, ?, ?, ?)", (mark.id, mark.tried, mark.attempts, int(mark.done))
    )


def _counts(dropped: Mapping[RecordKind, int]) -> str:
    return ", ".join(f"{count} {kind.value}" for kind, count in dropped.items())
