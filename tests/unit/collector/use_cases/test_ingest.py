"""Ingest: an answer to every line, a time for every record, a line by the binding, and what a receipt proves."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from netmon.domain.identifiers import AgentId, LineId, ServerId, SlotId
from netmon.domain.latency import LatencyWindow, Outage
from netmon.domain.measurement import Direction, Measurement, Mode, ReceiptState
from netmon.domain.slot import SlotReport
from netmon.wire.canonical import format_time
from netmon.wire.records import MAX_RECORD_BYTES, Answer, AnswerResult, Envelope, Note, RecordKind
from netmon_collector.ports import AgentBatch, Binding, RejectedLine, StoredRecord
from netmon_collector.signatures import Ed25519Verifier
from netmon_collector.use_cases.ingest import READERS, Batch, ingest, ingest_together
from tests.support.domain import LINE, OTHER_LINE, OTHER_SERVER, SERVER, a_slot
from tests.support.store import (
    AGENT,
    NOW,
    OTHER_SIGNING_KEY,
    SIGNING_KEY,
    a_measurement_body,
    a_measurement_record,
    a_receipt_of,
    an_envelope,
)

SLOT = a_slot(NOW - timedelta(hours=1))
VERIFIERS = {server: Ed25519Verifier(bytes.fromhex(SIGNING_KEY.public_hex)) for server in (SERVER, OTHER_SERVER)}


@dataclass
class RememberingStore:
    """Takes every record; the agent is bound to the line for ever unless told otherwise."""

    bound: Sequence[Binding] = (Binding(agent=AGENT, line=LINE, since=NOW - timedelta(days=30), until=None),)
    known_slots: Mapping[SlotId, tuple[LineId, datetime]] = field(
        default_factory=lambda: {SLOT.id: (SLOT.line, SLOT.starts_at)}
    )
    records: list[StoredRecord] = field(default_factory=list)
    rejected: list[RejectedLine] = field(default_factory=list)

    def bindings_of(self, agents: Collection[AgentId]) -> Mapping[AgentId, Sequence[Binding]]:
        return {agent: [one for one in self.bound if one.agent == agent] for agent in agents}

    def slot_starts(self, slots: Collection[SlotId]) -> Mapping[SlotId, tuple[LineId, datetime]]:
        return {slot: self.known_slots[slot] for slot in slots if slot in self.known_slots}

    def add_batches(self, batches: Sequence[AgentBatch]) -> Sequence[Sequence[AnswerResult]]:
        for batch in batches:
            self.records.extend(batch.records)
            self.rejected.extend(batch.rejected)
        return [[AnswerResult.STORED for _ in batch.records] for batch in batches]


def _ingest(*lines: bytes, store: RememberingStore | None = None) -> tuple[Sequence[Answer], RememberingStore]:
    used = store or RememberingStore()
    return ingest(lines, agent=AGENT, received_at=NOW, store=used, verifiers=VERIFIERS), used


def _one(envelope: Envelope, store: RememberingStore | None = None) -> tuple[Answer, StoredRecord]:
    (answer,), used = _ingest(envelope.line(), store=store)
    (record,) = used.records
    return answer, record


def _measurement(record: StoredRecord) -> Measurement:
    assert isinstance(record.fact, Measurement)
    return record.fact


def _outage(started_at: datetime, ended_at: datetime) -> dict[str, object]:
    start = format_time(started_at)
    return {"started_at": start, "ended_at": format_time(ended_at), "since": start, "cause": "provider"}


def _slot_report(slot: str = SLOT.id, at: datetime = NOW) -> dict[str, object]:
    return {"slot": slot, "end": "not_measured", "reason": "agent_off", "at": format_time(at)}


# --- answers ---------------------------------------------------------------------------------------------------------


def test_a_line_that_is_no_record_stops_no_other() -> None:
    good = [a_measurement_record(SLOT, sequence=number).line() for number in (1, 2)]
    answers, store = _ingest(good[0], b"nonsense", good[1])
    assert [one.result for one in answers] == [AnswerResult.STORED, AnswerResult.REJECTED, AnswerResult.STORED]
    assert [one.sequence for one in answers] == [1, None, 2]
    assert answers[1].notes == (Note.MALFORMED,)
    assert answers[1].detail is not None
    assert [one.line for one in store.rejected] == [b"nonsense"]


def test_a_rejected_record_is_named_by_its_place_where_that_can_be_read() -> None:
    spoiled = replace(a_measurement_record(SLOT, sequence=7), body={"slot": 1})
    answers, store = _ingest(spoiled.line())
    assert (answers[0].stream, answers[0].sequence) == ("main", 7)
    assert store.records == []


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b"\xff\xfe",
        b'{"v":1}',
        b'{"v":1,"stream":"\\ud800","seq":1}',
        b"{" * 100_000,
        b'{"v":1,"x":"' + b"x" * MAX_RECORD_BYTES + b'"}',
        a_measurement_record(SLOT).line().replace(b'"seq":1', b'"seq":-1'),
        a_measurement_record(SLOT).line().replace(b'"seq":1', b'"seq":true'),
        a_measurement_record(SLOT).line().replace(b'"kind":"measurement"', b'"kind":"gossip"'),
        a_measurement_record(SLOT).line().replace(b'"v":1', b'"v":2'),
        a_measurement_record(SLOT).line().replace(b'"rate_bps":60000000', b'"rate_bps":"60"'),
        a_measurement_record(SLOT).line().replace(b'"rate_bps":60000000', b'"rate_bps":null'),
        a_measurement_record(SLOT).line().replace(b'"duration_s":1.5', b'"duration_s":NaN'),
        a_measurement_record(SLOT).line().replace(b'"duration_s":1.5', b'"duration_s":1e999'),
    ],
    ids=lambda line: line[:24].decode(errors="replace"),
)
def test_what_is_no_record_is_rejected_with_a_reason_in_one_line(line: bytes) -> None:
    answers, store = _ingest(line)
    assert answers[0].result is AnswerResult.REJECTED
    assert answers[0].detail is not None
    assert answers[0].detail.isprintable()
    assert store.records == []


def test_a_stretch_of_time_beyond_the_calendar_is_rejected_not_a_failure() -> None:
    body = {"started_at": "9999-12-31T23:00:00Z", "ended_at": "9999-12-31T23:30:00Z"}
    body |= {"since": "9999-12-31T23:00:00Z", "cause": "provider"}
    answers, _ = _ingest(an_envelope(RecordKind.OUTAGE, body, clock_offset_s=1e11).line())
    assert answers[0].result in (AnswerResult.STORED, AnswerResult.REJECTED)


def test_every_kind_of_record_has_a_reader() -> None:
    assert set(READERS) == set(RecordKind)


def test_unknown_members_of_a_body_are_kept_in_the_record() -> None:
    plain = a_measurement_record(SLOT)
    _, record = _one(replace(plain, body={**plain.body, "later_version": {"a": [1]}}))
    assert record.envelope.body["later_version"] == {"a": [1]}


# --- time ------------------------------------------------------------------------------------------------------------


def test_the_receipts_time_comes_first() -> None:
    wrong_clock = a_measurement_record(SLOT, clock_offset_s=None, started_at=NOW - timedelta(days=9000))
    answer, record = _one(wrong_clock)
    assert answer.notes == ()
    assert record.at == SLOT.starts_at + timedelta(seconds=5)
    assert _measurement(record).time_trusted


def test_without_a_receipt_the_device_is_believed_as_far_as_it_knew_its_offset() -> None:
    late_clock = SLOT.starts_at - timedelta(hours=3)
    record = _one(a_measurement_record(SLOT, with_receipt=False, clock_offset_s=10_800.0, started_at=late_clock))[1]
    assert record.at == SLOT.starts_at
    assert _measurement(record).time_trusted


def test_with_an_unknown_clock_our_time_stands_in_and_decides_nothing() -> None:
    answer, record = _one(a_measurement_record(SLOT, with_receipt=False, clock_offset_s=None))
    assert answer.notes == (Note.CLOCK_UNKNOWN, Note.RECEIPT_ABSENT)
    assert record.at == NOW
    assert not _measurement(record).time_trusted


def test_a_record_from_the_future_gets_our_time_and_decides_nothing() -> None:
    ahead = a_measurement_record(SLOT, with_receipt=False, started_at=NOW + timedelta(minutes=6))
    answer, record = _one(ahead)
    assert Note.FROM_THE_FUTURE in answer.notes
    assert record.at == NOW
    assert not _measurement(record).time_trusted


def test_five_minutes_ahead_is_a_clock_that_is_a_little_off() -> None:
    answer, record = _one(a_measurement_record(SLOT, with_receipt=False, started_at=NOW + timedelta(minutes=5)))
    assert Note.FROM_THE_FUTURE not in answer.notes
    assert record.at == NOW + timedelta(minutes=5)


def test_a_receipt_from_the_future_is_not_believed_either() -> None:
    receipt = a_receipt_of(SLOT, started_at=NOW + timedelta(hours=1))
    body = a_measurement_body(SLOT, receipt=receipt)
    answer, record = _one(an_envelope(RecordKind.MEASUREMENT, body.document()))
    assert answer.notes == (Note.FROM_THE_FUTURE,)
    assert not _measurement(record).time_trusted


def test_an_offset_beyond_the_calendar_is_an_unknown_clock() -> None:
    answer, _ = _one(a_measurement_record(SLOT, with_receipt=False, clock_offset_s=-1e11))
    assert Note.CLOCK_UNKNOWN in answer.notes


def test_outages_and_windows_move_with_the_devices_offset() -> None:
    start = NOW - timedelta(hours=2)
    envelope = an_envelope(
        RecordKind.OUTAGE, _outage(start, start + timedelta(minutes=1)), clock_offset_s=3600.0, device_at=start
    )
    _, record = _one(envelope)
    assert isinstance(record.fact, Outage)
    assert record.fact.started_at == start + timedelta(hours=1)


def test_an_outage_that_nobody_can_place_is_kept_but_counts_for_no_slot() -> None:
    start = NOW - timedelta(hours=2)
    envelope = an_envelope(RecordKind.OUTAGE, _outage(start, NOW), clock_offset_s=None)
    answer, record = _one(envelope)
    assert answer.result is AnswerResult.STORED
    assert answer.notes == (Note.CLOCK_UNKNOWN,)
    assert record.fact is None
    assert record.line == LINE


def test_a_latency_window_becomes_a_fact_of_the_line() -> None:
    body: dict[str, object] = {
        "started_at": format_time(NOW - timedelta(minutes=5)),
        "ended_at": format_time(NOW),
        "target": "server-1",
        "sent": 30,
        "lost": 30,
        "rtt_min_s": None,
        "rtt_median_s": None,
        "rtt_p95_s": None,
        "rtt_max_s": None,
        "jitter_s": None,
    }
    _, record = _one(an_envelope(RecordKind.LATENCY, body))
    assert isinstance(record.fact, LatencyWindow)
    assert (record.fact.line, record.fact.lost) == (LINE, 30)


# --- slots -----------------------------------------------------------------------------------------------------------


def test_a_report_that_comes_days_late_is_filed_under_its_slot() -> None:
    _, record = _one(an_envelope(RecordKind.SLOT, _slot_report(at=NOW)))
    assert isinstance(record.fact, SlotReport)
    assert record.at == NOW
    assert record.filed_at == SLOT.starts_at


def test_a_measurement_with_an_unknown_clock_is_filed_under_its_slot_so_that_the_slot_can_say_so() -> None:
    _, record = _one(a_measurement_record(SLOT, with_receipt=False, clock_offset_s=None))
    assert record.filed_at == SLOT.starts_at


def _slots_of_another_line() -> RememberingStore:
    return RememberingStore(known_slots={SLOT.id: (OTHER_LINE, SLOT.starts_at - timedelta(days=9))})


def test_a_slot_that_nobody_issued_or_of_another_line_files_nothing() -> None:
    for store in (RememberingStore(known_slots={}), _slots_of_another_line()):
        _, record = _one(an_envelope(RecordKind.SLOT, _slot_report()), store=store)
        assert record.filed_at == record.at


def test_nobody_accounts_for_the_slots_of_another_line() -> None:
    _, record = _one(an_envelope(RecordKind.SLOT, _slot_report()), store=_slots_of_another_line())
    assert (record.line, record.fact) == (LINE, None)
    _, record = _one(a_measurement_record(SLOT), store=_slots_of_another_line())
    assert _measurement(record).slot is None


# --- bindings --------------------------------------------------------------------------------------------------------


def test_an_agent_bound_to_nothing_is_heard_and_counts_for_no_line() -> None:
    answer, record = _one(a_measurement_record(SLOT), store=RememberingStore(bound=()))
    assert answer.result is AnswerResult.STORED
    assert answer.notes[0] is Note.UNBOUND
    assert (record.line, record.fact) == (None, None)


def test_the_binding_at_the_records_time_decides_not_the_one_at_its_arrival() -> None:
    moved_at = SLOT.starts_at + timedelta(minutes=20)
    store = RememberingStore(
        bound=(
            Binding(agent=AGENT, line=LINE, since=NOW - timedelta(days=30), until=moved_at),
            Binding(agent=AGENT, line=OTHER_LINE, since=moved_at, until=None),
        )
    )
    _, record = _one(a_measurement_record(SLOT), store=store)
    assert record.line == LINE
    late = an_envelope(RecordKind.SLOT, _slot_report("other", moved_at), sequence=2)
    _ingest(late.line(), store=store)
    assert store.records[-1].line == OTHER_LINE


# --- receipts --------------------------------------------------------------------------------------------------------


def _receipt_state(receipt: str | None, **changes: object) -> ReceiptState:
    body = a_measurement_body(SLOT, receipt=receipt, **changes)
    answer, record = _one(an_envelope(RecordKind.MEASUREMENT, body.document()))
    state = _measurement(record).receipt
    notes = {ReceiptState.ABSENT: (Note.RECEIPT_ABSENT,), ReceiptState.INVALID: (Note.RECEIPT_INVALID,)}
    assert answer.notes == notes.get(state, ())
    return state


def test_the_servers_receipt_for_this_session_is_valid() -> None:
    assert _receipt_state(a_receipt_of(SLOT)) is ReceiptState.VALID


def test_a_measurement_without_a_receipt_is_stored_and_says_so() -> None:
    assert _receipt_state(None) is ReceiptState.ABSENT


@pytest.mark.parametrize(
    "receipt",
    [
        "nonsense",
        "a.b",
        a_receipt_of(SLOT, key=OTHER_SIGNING_KEY),
        a_receipt_of(SLOT)[:-4] + "AAAA",
        a_receipt_of(SLOT, line=OTHER_LINE),
        a_receipt_of(SLOT, direction=Direction.UP),
        a_receipt_of(SLOT, mode=Mode.SUSTAINED),
        a_receipt_of(SLOT, server=OTHER_SERVER),
        a_receipt_of(SLOT, ticket="another ticket"),
        a_receipt_of(a_slot(SLOT.starts_at - timedelta(hours=1))),
    ],
    ids=["no receipt", "no base64", "forged", "spoiled", "line", "direction", "mode", "server", "ticket", "slot"],
)
def test_a_receipt_of_anything_else_proves_nothing(receipt: str) -> None:
    assert _receipt_state(receipt) is ReceiptState.INVALID


def test_a_receipt_of_a_server_that_nobody_configured_proves_nothing() -> None:
    assert _receipt_state(a_receipt_of(SLOT, server="stranger"), server=ServerId("stranger")) is ReceiptState.INVALID


def test_a_receipt_at_the_second_server_of_the_slot_is_as_good() -> None:
    second = replace(SLOT, server=OTHER_SERVER)
    assert _receipt_state(a_receipt_of(second), server=OTHER_SERVER) is ReceiptState.VALID


def test_batches_of_many_agents_are_stored_together_and_each_gets_its_own_answers() -> None:
    other = AgentId("agent-2")
    since = NOW - timedelta(days=30)
    store = RememberingStore(
        bound=(
            Binding(agent=AGENT, line=LINE, since=since, until=None),
            Binding(agent=other, line=OTHER_LINE, since=since, until=None),
        )
    )
    first, second = a_measurement_record(sequence=1), a_measurement_record(sequence=2)
    batches = [
        Batch(lines=[b"nonsense", first.line()], agent=AGENT, received_at=NOW),
        Batch(lines=[], agent=AGENT, received_at=NOW),
        Batch(lines=[second.line()], agent=other, received_at=NOW),
    ]
    answers = ingest_together(batches, store=store, verifiers=VERIFIERS)
    assert [[answer.result for answer in one] for one in answers] == [
        [AnswerResult.REJECTED, AnswerResult.STORED],
        [],
        [AnswerResult.STORED],
    ]
    assert [(one.agent, one.line) for one in store.records] == [(AGENT, LINE), (other, OTHER_LINE)]


class BrokenVerifier:
    """A mistake of ours that nobody foresaw."""

    def is_valid(self, signature: bytes, data: bytes, /) -> bool:
        raise ZeroDivisionError


def test_a_record_that_we_fail_at_is_asked_for_again_and_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    store = RememberingStore()
    lines = [
        a_measurement_record(SLOT, sequence=1).line(),
        a_measurement_record(SLOT, sequence=2, with_receipt=False).line(),
    ]
    answers = ingest(lines, agent=AGENT, received_at=NOW, store=store, verifiers={SERVER: BrokenVerifier()})
    assert [(one.sequence, one.result) for one in answers] == [(1, AnswerResult.LATER), (2, AnswerResult.STORED)]
    assert [one.envelope.sequence for one in store.records] == [2]
    assert f"record 1 of {AGENT} was not understood" in caplog.text
