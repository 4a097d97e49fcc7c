"""Storing what agents report: the raw record, its fact, and what was no record or had its place taken."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, select, tuple_

from netmon.domain.identifiers import AgentId, LineId, SlotId
from netmon.domain.latency import LatencyWindow, Outage
from netmon.domain.measurement import Measurement
from netmon.domain.slot import SlotReport
from netmon.wire.canonical import canonical_json
from netmon.wire.records import AnswerResult
from netmon_collector.ports import Fact, RejectedLine, StoredRecord
from netmon_collector.storage.evidence_tables import (
    latency_window,
    measurement,
    outage,
    quarantine,
    record,
    rejected,
    slot,
    slot_report,
)
from netmon_collector.storage.identity import note_seen
from netmon_collector.storage.part import Part, chunks
from netmon_collector.storage.upsert import insert_new, insert_new_keys

_REJECTED_PER_AGENT = 200
_REJECTED_BYTES = 2048
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

    def add_batch(
        self,
        agent: AgentId,
        records: Sequence[StoredRecord],
        rejected: Sequence[RejectedLine],
        *,
        received_at: datetime,
    ) -> Sequence[AnswerResult]:
        first: dict[Key, StoredRecord] = {}
        for one in records:
            first.setdefault(_key(one), one)
        with self._database.write() as connection:
            new = insert_new_keys(connection, record, [_record_row(one) for one in first.values()])
            _insert_facts(connection, [one for key, one in first.items() if key in new])
            hashes = _stored_hashes(connection, first.keys() - new)
            hashes |= {key: one.envelope.hash for key, one in first.items() if key in new}
            answers = [_answer(one, hashes, is_new=_key(one) in new and first[_key(one)] is one) for one in records]
            _quarantine(connection, records, answers)
            _keep_rejected(connection, agent, rejected, received_at)
            note_seen(connection, agent, received_at)
        return answers


def _key(one: StoredRecord) -> Key:
    return one.agent, one.envelope.stream, one.envelope.sequence


def _answer(one: StoredRecord, hashes: Mapping[Key, str], *, is_new: bool) -> AnswerResult:
    if is_new:
        return AnswerResult.STORED
    return AnswerResult.DUPLICATE if hashes[_key(one)] == one.envelope.hash else AnswerResult.CONFLICT


def _stored_hashes(connection: Connection, keys: Collection[Key]) -> dict[Key, str]:
    found: dict[Key, str] = {}
    for group in chunks(sorted(keys), 300):
        place = tuple_(record.c.agent_id, record.c.stream, record.c.sequence)
        wanted = select(record.c.agent_id, record.c.stream, record.c.sequence, record.c.hash).where(place.in_(group))
        found.update(((row.agent_id, row.stream, row.sequence), row.hash) for row in connection.execute(wanted))
    return found


def _record_key(one: StoredRecord) -> Row:
    return {"agent_id": one.agent, "stream": one.envelope.stream, "sequence": one.envelope.sequence}


def _document(one: StoredRecord) -> str:
    return canonical_json(one.envelope.document()).decode()


def _record_row(one: StoredRecord) -> Row:
    return {
        **_record_key(one),
        "kind": one.envelope.kind,
        "hash": one.envelope.hash,
        "received_at": one.received_at,
        "at": one.at,
        "line_id": one.line,
        "notes": " ".join(note.value for note in one.notes),
        "document": _document(one),
    }


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


def _quarantine(connection: Connection, records: Sequence[StoredRecord], answers: Sequence[AnswerResult]) -> None:
    conflicts = {
        (_key(one), one.envelope.hash): {
            **_record_key(one),
            "hash": one.envelope.hash,
            "received_at": one.received_at,
            "document": _document(one),
        }
        for one, answer in zip(records, answers, strict=True)
        if answer is AnswerResult.CONFLICT
    }
    insert_new(connection, quarantine, list(conflicts.values()))


def _keep_rejected(
    connection: Connection, agent: AgentId, lines: Sequence[RejectedLine], received_at: datetime
) -> None:
    if not lines:
        return
    for one in lines[-_REJECTED_PER_AGENT:]:
        row = {
            "agent_id": agent,
            "hash": hashlib.sha256(one.line).hexdigest(),
            "received_at": received_at,
            "detail": one.detail,
            "line": printable(one.line[:_REJECTED_BYTES]),
        }
        _replace(connection, row)
    newest = (
        select(rejected.c.id)
        .where(rejected.c.agent_id == agent)
        .order_by(rejected.c.id.desc())
        .limit(_REJECTED_PER_AGENT)
    )
    connection.execute(delete(rejected).where(rejected.c.agent_id == agent, rejected.c.id.not_in(newest)))


def _replace(connection: Connection, row: dict[str, Any]) -> None:
    """A line that comes again counts as new."""
    same = (rejected.c.agent_id == row["agent_id"], rejected.c.hash == row["hash"])
    connection.execute(delete(rejected).where(*same))
    connection.execute(rejected.insert(), row)


def printable(line: bytes) -> str:
    """Bytes as text that every database takes: no NUL, no broken UTF-8."""
    return line.decode(errors="backslashreplace").replace("\0", "\\x00")
