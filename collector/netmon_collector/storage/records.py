"""Storing what agents report: the raw record, its fact, and what had its place taken."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain

from sqlalchemy import Connection, Table, select, tuple_

from netmon.domain.absence import Absence
from netmon.domain.identifiers import AgentId, LineId, SlotId
from netmon.domain.latency import LatencyWindow, Outage
from netmon.domain.measurement import Measurement
from netmon.domain.path_diagnosis import PathDiagnosis
from netmon.domain.slot import SlotReport
from netmon.wire.canonical import canonical_json
from netmon.wire.records import AnswerResult
from netmon_collector.ports import AgentBatch, Fact, StoredRecord
from netmon_collector.storage.days import Stretch, note_late
from netmon_collector.storage.device_tables import absence, path_diagnosis
from netmon_collector.storage.devices import absence_row, diagnosis_row
from netmon_collector.storage.evidence_tables import (
    latency_window,
    measurement,
    outage,
    quarantine,
    record,
    slot,
    slot_report,
)
from netmon_collector.storage.identity import note_seen
from netmon_collector.storage.part import Part, chunks
from netmon_collector.storage.rejections import keep_quarantined, keep_rejected
from netmon_collector.storage.upsert import insert_new, insert_new_keys

Key = tuple[AgentId, str, int]
Row = dict[str, object]


class RecordsPart(Part):
    """Ingest's side of the store."""

    def slot_starts(self, slots: Collection[SlotId]) -> Mapping[SlotId, tuple[LineId, datetime]]:
        found: dict[SlotId, tuple[LineId, datetime]] = {}
        with self._database.read() as connection:
            for group in chunks(sorted(slots)):
                wanted = select(slot.c.id, slot.c.line_id, slot.c.starts_at).where(slot.c.id.in_(group))
                found.update((row.id, (row.line_id, row.starts_at)) for row in connection.execute(wanted))
        return found

    def add_batches(self, batches: Sequence[AgentBatch]) -> Sequence[Sequence[AnswerResult]]:
        prepared = [[_Prepared(one) for one in batch.records] for batch in batches]
        everything = [one for batch in prepared for one in batch]
        first: dict[Key, _Prepared] = {}
        for one in everything:
            first.setdefault(one.key, one)
        with self._database.write() as connection:
            new = insert_new_keys(connection, record, [one.row() for one in first.values()])
            _insert_facts(connection, [one.record for key, one in first.items() if key in new])
            note_late(connection, (_stretch(first[key].record) for key in new if _is_judged(first[key].record.fact)))
            hashes = _stored_hashes(connection, first.keys() - new)
            hashes |= {key: one.hash for key, one in first.items() if key in new}
            answers = [
                [_answer(one, hashes, is_new=one.key in new and first[one.key] is one) for one in batch]
                for batch in prepared
            ]
            _quarantine(connection, zip(everything, chain(*answers), strict=True))
            keep_rejected(connection, batches)
            if batches:  # what goes together came within a moment
                latest = max(batch.received_at for batch in batches)
                note_seen(connection, {batch.agent for batch in batches}, latest)
        return answers


class _Prepared:
    """A record with what is computed from it once: its canonical document and the hash of that."""

    __slots__ = ("content", "hash", "key", "record")

    def __init__(self, one: StoredRecord) -> None:
        content = canonical_json(one.envelope.document())
        self.record = one
        self.key: Key = (one.agent, one.envelope.stream, one.envelope.sequence)
        self.content = content.decode()
        self.hash = hashlib.sha256(content).hexdigest()

    def row(self) -> Row:
        one = self.record
        return {
            **_record_key(one),
            "kind": one.envelope.kind,
            "hash": self.hash,
            "received_at": one.received_at,
            "at": one.at,
            "line_id": one.line,
            "notes": " ".join(note.value for note in one.notes),
            "document": self.content,
        }


def _answer(one: _Prepared, hashes: Mapping[Key, str], *, is_new: bool) -> AnswerResult:
    if is_new:
        return AnswerResult.STORED
    return AnswerResult.DUPLICATE if hashes[one.key] == one.hash else AnswerResult.CONFLICT


def _stored_hashes(connection: Connection, keys: Collection[Key]) -> dict[Key, str]:
    found: dict[Key, str] = {}
    for group in chunks(sorted(keys), 300):
        place = tuple_(record.c.agent_id, record.c.stream, record.c.sequence)
        wanted = select(record.c.agent_id, record.c.stream, record.c.sequence, record.c.hash).where(place.in_(group))
        found.update(((row.agent_id, row.stream, row.sequence), row.hash) for row in connection.execute(wanted))
    return found


def _is_judged(fact: Fact | None) -> bool:
    """Whether a verdict may change by it."""
    return fact is not None and not isinstance(fact, Absence | PathDiagnosis)


def _stretch(one: StoredRecord) -> Stretch:
    """The time that a record with a fact is about."""
    fact = one.fact
    if isinstance(fact, Outage | LatencyWindow):
        return Stretch(line=fact.line, start=fact.started_at, end=fact.ended_at, received_at=one.received_at)
    return Stretch(line=one.line, start=one.filed_at, end=one.filed_at, received_at=one.received_at)


def _record_key(one: StoredRecord) -> Row:
    return {"agent_id": one.agent, "stream": one.envelope.stream, "sequence": one.envelope.sequence}


def _insert_facts(connection: Connection, records: Sequence[StoredRecord]) -> None:
    rows: dict[Table, list[Row]] = {}
    for one in records:
        if one.fact is not None:
            table, row = _fact_row(one.fact, one.filed_at)
            rows.setdefault(table, []).append({**_record_key(one), "line_id": one.fact.line, **row})
    for table in sorted(rows, key=lambda table: table.name):
        insert_new(connection, table, rows[table])


def _fact_row(fact: Fact, filed_at: datetime) -> tuple[Table, Row]:
    if isinstance(fact, Measurement):
        return measurement, measurement_row(fact, filed_at)
    if isinstance(fact, SlotReport):
        return slot_report, {
            "filed_at": filed_at,
            "at": fact.at,
            "slot_id": fact.slot,
            "end": fact.end,
            "reason": fact.reason,
        }
    if isinstance(fact, LatencyWindow):
        names = "started_at ended_at target sent lost rtt_min_s rtt_median_s rtt_p95_s rtt_max_s jitter_s"
        return latency_window, {name: getattr(fact, name) for name in names.split()}
    if isinstance(fact, Absence):
        return absence, absence_row(fact)
    if isinstance(fact, PathDiagnosis):
        return path_diagnosis, diagnosis_row(fact)
    return outage, _outage_row(fact)


def _outage_row(fact: Outage) -> Row:
    return {"started_at": fact.started_at, "ended_at": fact.ended_at, "cause": fact.cause}


def measurement_row(fact: Measurement, filed_at: datetime) -> Row:
    same = (
        "time_trusted receipt method direction mode duration_s kind reason rate_bps goodput_bps background_bps "
        "censored_at_bps decision threshold_bps limit_bps confidence bytes path"
    )
    return {
        "filed_at": filed_at,
        "at": fact.started_at,
        "slot_id": fact.slot,
        "server_id": fact.server,
        "flags": " ".join(sorted(flag.value for flag in fact.flags)),
        **{name: getattr(fact, name) for name in same.split()},
    }


def _quarantine(connection: Connection, answered: Iterable[tuple[_Prepared, AnswerResult]]) -> None:
    conflicts = {
        (one.key, one.hash): {
            **_record_key(one.record),
            "hash": one.hash,
            "received_at": one.record.received_at,
            "document": one.content,
        }
        for one, answer in answered
        if answer is AnswerResult.CONFLICT
    }
    insert_new(connection, quarantine, list(conflicts.values()))
    keep_quarantined(connection, {key[0] for key, _ in conflicts})
