"""Ingest, whatever it is sent: an answer to every line, in order, and never a failure."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.domain.identifiers import AgentId, LineId, SlotId
from netmon.wire.canonical import canonical_json
from netmon.wire.records import AnswerResult, Envelope
from netmon_collector.ports import AgentBatch, Binding
from netmon_collector.use_cases.ingest import ingest
from tests.support.domain import LINE, a_slot
from tests.support.store import AGENT, NOW, a_measurement_record
from tests.support.wire import json_objects, json_values

SLOT = a_slot(NOW - timedelta(hours=1))
RECORD: dict[str, Any] = json.loads(a_measurement_record(SLOT, with_receipt=False).line())
awkward: st.SearchStrategy[Any] = st.sampled_from(
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", -1e11, 1e11, 2**63, -1, "", None, True, [], {}]
)


class AcceptingStore:
    """Takes every record and checks that it can be written down."""

    def bindings_of(self, agents: Collection[AgentId]) -> Mapping[AgentId, Sequence[Binding]]:
        since = NOW - timedelta(days=9)
        return {agent: [Binding(agent=agent, line=LINE, since=since, until=None)] for agent in agents}

    def slot_starts(self, slots: Collection[SlotId]) -> Mapping[SlotId, tuple[LineId, datetime]]:
        return {SLOT.id: (SLOT.line, SLOT.starts_at)} if SLOT.id in slots else {}

    def add_batches(self, batches: Sequence[AgentBatch]) -> Sequence[Sequence[AnswerResult]]:
        for batch in batches:
            for one in batch.records:
                assert Envelope.parse(one.envelope.line()).hash == one.envelope.hash
                assert one.at <= batch.received_at + timedelta(minutes=5)
        return [[AnswerResult.STORED for _ in batch.records] for batch in batches]


@st.composite
def nearly_records(draw: st.DrawFn) -> bytes:
    """A record with some members of it or its body replaced or left out."""
    record = {**RECORD, "body": dict(RECORD["body"])}
    for part in (record, record["body"]):
        for key in draw(st.lists(st.sampled_from(sorted(part)), max_size=2)):
            if draw(st.booleans()):
                part[key] = draw(awkward | json_values)
            else:
                part.pop(key, None)
        if not isinstance(record.get("body"), dict):
            break
    return canonical_json(record)


lines = st.lists(st.binary(max_size=60) | json_objects.map(canonical_json) | nearly_records(), max_size=6)


@settings(max_examples=300, deadline=None)
@given(lines)
def test_every_line_gets_one_answer_in_its_place(batch: list[bytes]) -> None:
    answers = ingest(batch, agent=AGENT, received_at=NOW, store=AcceptingStore(), verifiers={})
    assert len(answers) == len(batch)
    for answer, line in zip(answers, batch, strict=True):
        if answer.result is AnswerResult.STORED:
            assert (answer.stream, answer.sequence) == (json.loads(line)["stream"], json.loads(line)["seq"])
        else:
            assert answer.result is AnswerResult.REJECTED
            assert answer.detail
            assert answer.detail.isprintable()


@given(st.floats(-1e11, 1e11, allow_nan=False), st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)))  # noqa: DTZ001
def test_no_clock_is_wrong_enough_to_drop_a_record(offset: float, device_at: datetime) -> None:
    started = f"{device_at.isoformat()}Z"
    record = {
        **RECORD,
        "clock_offset_s": offset,
        "device_at": started,
        "body": {**RECORD["body"], "started_at": started},
    }
    (answer,) = ingest([canonical_json(record)], agent=AGENT, received_at=NOW, store=AcceptingStore(), verifiers={})
    assert answer.result is AnswerResult.STORED
