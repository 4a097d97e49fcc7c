"""Ingest: from the lines of a batch to stored records, with an answer to each (D2, D3, D4)."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from netmon.domain.identifiers import AgentId, LineId, SlotId
from netmon.domain.measurement import ReceiptState
from netmon.errors import WireError
from netmon.wire.agent_bodies import AbsenceBody
from netmon.wire.bodies import LatencyBody, MeasurementBody, OutageBody, SlotBody
from netmon.wire.canonical import parse_object
from netmon.wire.path_body import PathBody
from netmon.wire.records import MAX_RECORD_BYTES, Answer, AnswerResult, Envelope, Note, RecordKind
from netmon_collector.ports import AgentBatch, Binding, Fact, RecordStore, RejectedLine, StoredRecord
from netmon_collector.use_cases.receipts import Verifiers, authentic_receipt
from netmon_collector.use_cases.record_time import RecordTime, device_time, receipt_time

_log = logging.getLogger(__name__)
_LONGEST_DETAIL = 300
_LONGEST_STREAM = 64
_CONFLICT = "another record has this place: two devices share an identity"

Body = MeasurementBody | SlotBody | LatencyBody | OutageBody | AbsenceBody | PathBody
READERS: Mapping[RecordKind, Callable[[Mapping[str, object]], Body]] = {
    RecordKind.MEASUREMENT: MeasurementBody.read,
    RecordKind.SLOT: SlotBody.read,
    RecordKind.LATENCY: LatencyBody.read,
    RecordKind.OUTAGE: OutageBody.read,
    RecordKind.ABSENCE: AbsenceBody.read,
    RecordKind.PATH: PathBody.read,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The lines of one request of an agent."""

    lines: Sequence[bytes]
    agent: AgentId
    received_at: datetime


@dataclass(frozen=True, slots=True)
class _Readable:
    """A line that is a record."""

    envelope: Envelope
    body: Body


@dataclass(frozen=True, slots=True)
class _Later:
    """A record that nothing is wrong with, as far as we know, and that we could not work on."""

    envelope: Envelope


_Understood = StoredRecord | RejectedLine | _Later


@dataclass(frozen=True, slots=True)
class _Found:
    """What a record says about a line, once its time is known."""

    time: RecordTime
    line: LineId | None
    notes: tuple[Note, ...]
    fact: Fact | None
    slot: SlotId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """What the meaning of an agent's records depends on."""

    agent: AgentId
    received_at: datetime
    bindings: Sequence[Binding]
    slots: Mapping[SlotId, tuple[LineId, datetime]]
    verifiers: Verifiers

    def line_at(self, at: datetime) -> LineId | None:
        return next((binding.line for binding in self.bindings if binding.contains(at)), None)

    def is_foreign(self, slot: SlotId | None, line: LineId) -> bool:
        """Whether a slot was issued to another line: nobody accounts for the slots of others."""
        known = self._issued(slot)
        return known is not None and known[0] != line

    def _issued(self, slot: SlotId | None) -> tuple[LineId, datetime] | None:
        return None if slot is None else self.slots.get(slot)

    def filed_at(self, found: _Found) -> datetime:
        """The start of the record's slot when it is one of its line, else the record's own time."""
        known = self._issued(found.slot)
        return found.time.at if known is None or known[0] != found.line else known[1]


def ingest(
    lines: Sequence[bytes], *, agent: AgentId, received_at: datetime, store: RecordStore, verifiers: Verifiers
) -> Sequence[Answer]:
    """Store every record of one batch; a line that is none gets its own answer and stops no other."""
    batch = Batch(lines=lines, agent=agent, received_at=received_at)
    return ingest_together([batch], store=store, verifiers=verifiers)[0]


def ingest_together(
    batches: Sequence[Batch], *, store: RecordStore, verifiers: Verifiers
) -> Sequence[Sequence[Answer]]:
    """Store the batches of many agents in one transaction; the answers to the lines of each."""
    readable = [[_read(line) for line in batch.lines] for batch in batches]
    bodies = [one.body for lines in readable for one in lines if isinstance(one, _Readable)]
    bindings = store.bindings_of({batch.agent for batch in batches})
    slots = store.slot_starts({slot for slot in map(_slot_of, bodies) if slot is not None})
    understood = []
    for batch, lines in zip(batches, readable, strict=True):
        around = _Surroundings(
            agent=batch.agent,
            received_at=batch.received_at,
            bindings=bindings.get(batch.agent, ()),
            slots=slots,
            verifiers=verifiers,
        )
        understood.append([one if isinstance(one, RejectedLine) else _understand(one, around) for one in lines])
    results = store.add_batches([_stored(batch, found) for batch, found in zip(batches, understood, strict=True)])
    return [_answers(found, iter(answers)) for found, answers in zip(understood, results, strict=True)]


def reread(
    line: bytes,
    *,
    agent: AgentId,
    received_at: datetime,
    bindings: Sequence[Binding],
    slots: Mapping[SlotId, tuple[LineId, datetime]],
    verifiers: Verifiers,
) -> StoredRecord | None:
    """What a stored record meant when it came: what ingest found about it. None when it is no record.

    `bindings` are the agent's, `slots` the line and the start of each slot that was issued.
    """
    readable = _read(line)
    if isinstance(readable, RejectedLine):
        return None
    around = _Surroundings(agent=agent, received_at=received_at, bindings=bindings, slots=slots, verifiers=verifiers)
    found = _understand(readable, around)
    return found if isinstance(found, StoredRecord) else None


def _stored(batch: Batch, found: Sequence[_Understood]) -> AgentBatch:
    return AgentBatch(
        agent=batch.agent,
        records=[one for one in found if isinstance(one, StoredRecord)],
        rejected=[one for one in found if isinstance(one, RejectedLine)],
        received_at=batch.received_at,
    )


def _answers(found: Sequence[_Understood], results: Iterator[AnswerResult]) -> Sequence[Answer]:
    return [_answer(one, next(results)) if isinstance(one, StoredRecord) else _refusal(one) for one in found]


def _read(line: bytes) -> _Readable | RejectedLine:
    try:
        envelope = Envelope.parse(line)
    except WireError as error:
        return _rejected(line, error)
    try:
        return _Readable(envelope, READERS[envelope.kind](envelope.body))
    except WireError as error:
        return _rejected(line, error)


def _rejected(line: bytes, error: Exception) -> RejectedLine:
    """Why the line is no record, with its place in the outbox when at least that can be read."""
    stream: object = None
    sequence: object = None
    try:
        document = parse_object(line, limit=MAX_RECORD_BYTES)
        stream, sequence = document.get("stream"), document.get("seq")
    except WireError:
        pass  # then the answer's position says which line it was
    is_place = isinstance(stream, str) and 0 < len(stream) <= _LONGEST_STREAM and type(sequence) is int
    return RejectedLine(
        line=line,
        detail=_in_one_line(str(error)),
        stream=stream if is_place and isinstance(stream, str) else None,
        sequence=sequence if is_place and isinstance(sequence, int) else None,
    )


def _in_one_line(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)[:_LONGEST_DETAIL]


def _slot_of(body: Body) -> SlotId | None:
    return body.slot if isinstance(body, MeasurementBody | SlotBody) else None


def _understand(one: _Readable, around: _Surroundings) -> _Understood:
    try:
        found = _find(one, around)
    except (WireError, OverflowError) as error:  # a stretch of time beyond the calendar
        return _rejected(one.envelope.line(), error)
    except Exception:  # noqa: BLE001 - a mistake of ours, and no reason to hold up the other records
        _log.exception(
            "record %d of %s was not understood; it will be asked for again", one.envelope.sequence, around.agent
        )
        return _Later(one.envelope)
    notes = found.notes if found.time.note is None else (found.time.note, *found.notes)
    return StoredRecord(
        agent=around.agent,
        envelope=one.envelope,
        received_at=around.received_at,
        at=found.time.at,
        filed_at=around.filed_at(found),
        line=found.line,
        notes=notes if found.line is not None else (Note.UNBOUND, *notes),
        fact=found.fact,
    )


def _find(one: _Readable, around: _Surroundings) -> _Found:
    match one.body:
        case MeasurementBody() as body:
            return _find_measurement(body, one.envelope, around)
        case SlotBody() as body:
            time = device_time(body.at, one.envelope, received_at=around.received_at)
            line = around.line_at(time.at)
            report = None
            if line is not None and not around.is_foreign(body.slot, line):
                report = body.report(line, at=time.at)
            return _Found(time, line, (), report, body.slot)
        case OutageBody() as body:
            return _find_stretch(body.ended_at, body.outage, one.envelope, around)
        case LatencyBody() as body:
            return _find_stretch(body.ended_at, body.window, one.envelope, around)
        case AbsenceBody() as body:
            return _find_stretch(body.ended_at, body.absence, one.envelope, around)
        case PathBody() as body:
            return _find_stretch(body.started_at, body.diagnosis, one.envelope, around)


def _find_stretch(at: datetime, read: Callable[..., Fact], envelope: Envelope, around: _Surroundings) -> _Found:
    time = device_time(at, envelope, received_at=around.received_at)
    line = around.line_at(time.at)
    return _Found(time, line, (), _stretch(read, line, time))


def _stretch(read: Callable[..., Fact], line: LineId | None, time: RecordTime) -> Fact | None:
    """A stretch of time counts only where it can be placed: with our time for its end it would hit other slots."""
    return read(line, shift=time.shift) if line is not None and time.is_trusted else None


def _find_measurement(body: MeasurementBody, envelope: Envelope, around: _Surroundings) -> _Found:
    receipt = authentic_receipt(body, around.verifiers)
    if receipt is not None:
        time = receipt_time(receipt.started_at, received_at=around.received_at)
        line = around.line_at(time.at)
        if line is None or receipt.line == line:
            return _measured(body, line, time, ReceiptState.VALID, around)
    state = ReceiptState.ABSENT if body.receipt is None else ReceiptState.INVALID
    time = device_time(body.started_at, envelope, received_at=around.received_at)
    return _measured(body, around.line_at(time.at), time, state, around)


_NOTES: Mapping[ReceiptState, tuple[Note, ...]] = {
    ReceiptState.VALID: (),
    ReceiptState.ABSENT: (Note.RECEIPT_ABSENT,),
    ReceiptState.INVALID: (Note.RECEIPT_INVALID,),
}


def _measured(
    body: MeasurementBody, line: LineId | None, time: RecordTime, state: ReceiptState, around: _Surroundings
) -> _Found:
    if line is None:
        return _Found(time, None, _NOTES[state], None, body.slot)
    fact = body.measurement(line, receipt=state, started_at=time.at, time_trusted=time.is_trusted)
    if around.is_foreign(body.slot, line):
        fact = replace(fact, slot=None)
    return _Found(time, line, _NOTES[state], fact, body.slot)


def _answer(record: StoredRecord, result: AnswerResult) -> Answer:
    return Answer(
        stream=record.envelope.stream,
        sequence=record.envelope.sequence,
        result=result,
        notes=record.notes if result is AnswerResult.STORED else (),
        detail=_CONFLICT if result is AnswerResult.CONFLICT else None,
    )


def _refusal(line: RejectedLine | _Later) -> Answer:
    if isinstance(line, _Later):
        place = line.envelope
        return Answer(stream=place.stream, sequence=place.sequence, result=AnswerResult.LATER, notes=(), detail=None)
    return Answer(
        stream=line.stream,
        sequence=line.sequence,
        result=AnswerResult.REJECTED,
        notes=(Note.MALFORMED,),
        detail=line.detail,
    )
