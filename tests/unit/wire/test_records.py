"""An envelope travels unchanged, has one identity, and nothing that is not a record passes for one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.errors import WireError
from netmon.wire.canonical import Fields, canonical_json, parse_object
from netmon.wire.records import (
    MAX_BATCH_BYTES,
    MAX_BATCH_RECORDS,
    MAX_RECORD_BYTES,
    Answer,
    AnswerResult,
    Envelope,
    Note,
    RecordKind,
)
from tests.support.wire import NOON, json_objects, json_values, short_texts, times

offsets = st.none() | st.floats(-1e11, 1e11)
envelopes = st.builds(
    Envelope,
    stream=short_texts,
    sequence=st.integers(1, 2**53),
    kind=st.sampled_from(RecordKind),
    device_at=times,
    clock_offset_s=offsets,
    body=json_objects,
)
answers = st.builds(
    Answer,
    stream=st.none() | short_texts,
    sequence=st.none() | st.integers(0, 2**53),
    result=st.sampled_from(AnswerResult),
    notes=st.lists(st.sampled_from(Note), max_size=3).map(tuple),
    detail=st.none() | short_texts,
)


def an_envelope(**changes: object) -> Envelope:
    members: dict[str, object] = {
        "stream": "s",
        "sequence": 1,
        "kind": RecordKind.SLOT,
        "device_at": NOON,
        "clock_offset_s": 0.5,
        "body": {"a": 1},
    }
    return Envelope(**(members | changes))  # type: ignore[arg-type]


@given(envelopes)
def test_a_record_travels_unchanged(envelope: Envelope) -> None:
    found = Envelope.parse(envelope.line())
    assert found == envelope
    assert found.document() == envelope.document()
    assert found.hash == envelope.hash


@given(envelopes)
def test_a_record_is_one_line(envelope: Envelope) -> None:
    assert envelope.line().count(b"\n") == 1
    assert envelope.line().endswith(b"\n")


@given(envelopes, json_values)
def test_another_content_is_another_hash(envelope: Envelope, value: object) -> None:
    other = an_envelope(
        stream=envelope.stream,
        sequence=envelope.sequence,
        kind=envelope.kind,
        device_at=envelope.device_at,
        clock_offset_s=envelope.clock_offset_s,
        body={**envelope.body, "one more": value},
    )
    assert (other.hash == envelope.hash) == (other.document() == envelope.document())


def test_the_order_of_members_and_the_zone_of_a_time_make_no_other_record() -> None:
    moscow = timezone(timedelta(hours=3))
    one = an_envelope(body={"a": 1, "b": 2})
    same = an_envelope(body={"b": 2, "a": 1}, device_at=NOON.astimezone(moscow))
    assert one.hash == same.hash


def test_whatever_a_body_says_is_kept() -> None:
    body = {"slot": "s", "a_later_agent_says": {"more": [1, None, "ещё"]}}
    assert Envelope.parse(an_envelope(body=body).line()).body == body


def test_an_offset_that_is_left_out_is_not_known() -> None:
    document = an_envelope().document()
    del document["clock_offset_s"]
    assert Envelope.parse(canonical_json(document)).clock_offset_s is None


@given(st.text(max_size=60) | st.binary(max_size=60) | json_values.map(canonical_json))
def test_nothing_but_a_record_passes_for_one(line: str | bytes) -> None:
    with pytest.raises(WireError):
        Envelope.parse(line)


def test_a_record_may_be_as_long_as_the_limit_and_no_longer() -> None:
    room = MAX_RECORD_BYTES - len(an_envelope(body={"a": ""}).line())
    longest = an_envelope(body={"a": "x" * room})
    assert Envelope.parse(longest.line()) == longest
    with pytest.raises(WireError, match=f"longer than {MAX_RECORD_BYTES} bytes"):
        Envelope.parse(an_envelope(body={"a": "x" * (room + 1)}).line())


def test_a_batch_holds_at_least_its_largest_records_by_the_hundred() -> None:
    assert (MAX_BATCH_RECORDS, MAX_BATCH_BYTES // MAX_RECORD_BYTES) == (500, 128)


@given(answers)
def test_an_answer_travels_unchanged(answer: Answer) -> None:
    travelled = parse_object(canonical_json(answer.document()), limit=10_000)
    assert Answer.read(Fields(travelled, "answer")) == answer


def test_a_note_of_a_later_collector_is_left_out() -> None:
    document = Answer(stream="s", sequence=1, result=AnswerResult.STORED, notes=(Note.UNBOUND,)).document()
    document["notes"] = ["from_the_past", Note.UNBOUND.value]
    assert Answer.read(Fields(document, "answer")).notes == (Note.UNBOUND,)


def test_a_result_that_nobody_knows_is_no_answer() -> None:
    document = Answer(stream="s", sequence=1, result=AnswerResult.STORED).document() | {"result": "perhaps"}
    with pytest.raises(WireError, match=r"answer\.result is not one of"):
        Answer.read(Fields(document, "answer"))


def test_only_later_keeps_a_record_in_the_outbox() -> None:
    assert [result for result in AnswerResult if not result.is_final] == [AnswerResult.LATER]


@pytest.mark.parametrize("year", [1970, 9999])
def test_a_clock_that_was_never_set_is_still_a_record(year: int) -> None:
    envelope = an_envelope(device_at=datetime(year, 1, 1, tzinfo=UTC))
    assert Envelope.parse(envelope.line()) == envelope
