"""The timetable and the enrolment travel unchanged; a later collector may say more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.measurement import Direction, Mode
from netmon.errors import WireError
from netmon.wire.canonical import canonical_json, format_time
from netmon.wire.ticket import read_ticket
from netmon.wire.timetable import (
    MAX_SLOTS,
    MAX_TIMETABLE_BYTES,
    Enrolment,
    EnrolmentRequest,
    PlannedSlot,
    ProbePlan,
    ProbeTarget,
    TicketOffer,
    Timetable,
    answers_document,
)
from tests.support.wire import NOON, short_texts, times
from tests.support.wire_examples import as_object, examples, is_valid

ports = st.integers(1, 65_535)
offers = st.builds(TicketOffer, server=short_texts, host=short_texts, port=ports, ticket=short_texts)
thresholds = st.none() | st.integers(1, 10**11)
slots = st.builds(
    PlannedSlot,
    id=short_texts,
    direction=st.sampled_from(Direction),
    mode=st.sampled_from(Mode),
    starts_at=times,
    ends_at=times,
    threshold_bps=thresholds,
    limit_bps=thresholds,
    offers=st.lists(offers, max_size=4).map(tuple),
)
targets = st.builds(ProbeTarget, name=short_texts, host=short_texts, port=ports)
plans = st.builds(
    ProbePlan,
    interval_s=st.floats(0.5, 3600),
    window_s=st.floats(1, 3600),
    targets=st.lists(targets, max_size=3).map(tuple),
)
timetables = st.builds(
    Timetable,
    line=st.none() | short_texts,
    interface=st.none() | st.text("abcdefgh0123456789.-", min_size=1, max_size=15),
    issued_at=times,
    poll_s=st.floats(1, 86_400),
    slots=st.lists(slots, max_size=3).map(tuple),
    probes=plans,
)


@given(timetables)
def test_a_timetable_travels_unchanged(timetable: Timetable) -> None:
    travelled = as_object(timetable.document())
    assert Timetable.from_document(travelled) == timetable
    assert is_valid("timetable", travelled)


def test_a_timetable_of_a_later_collector_is_still_read() -> None:
    document = examples("timetable")[0]
    more = {**document, "more": 1, "slots": [{**slot, "more": 1} for slot in document["slots"]]}
    assert Timetable.from_document(more) == Timetable.from_document(document)


def test_the_offers_of_the_example_fit_their_slots() -> None:
    timetable = Timetable.from_document(examples("timetable")[0])
    for slot in timetable.slots:
        for offer in slot.offers:
            ticket = read_ticket(offer.ticket)
            assert (ticket.line, ticket.server) == (timetable.line, offer.server)
            assert (ticket.direction, ticket.mode) == (slot.direction, slot.mode)


def test_a_timetable_has_its_most_slots_and_no_more() -> None:
    document = examples("timetable")[2]
    slot = document["slots"][0]
    assert len(Timetable.from_document({**document, "slots": [slot] * MAX_SLOTS}).slots) == MAX_SLOTS
    with pytest.raises(WireError, match=f"timetable.slots is not a list of at most {MAX_SLOTS} objects"):
        Timetable.from_document({**document, "slots": [slot] * (MAX_SLOTS + 1)})


def test_the_most_slots_with_two_tickets_each_fit_into_the_longest_timetable() -> None:
    document = examples("timetable")[0]
    slot = max(document["slots"], key=lambda one: len(canonical_json(one)))
    assert len(canonical_json({**document, "slots": [slot] * MAX_SLOTS})) < MAX_TIMETABLE_BYTES


@given(short_texts, short_texts)
def test_an_enrolment_request_travels_unchanged(code: str, software: str) -> None:
    request = EnrolmentRequest(code=code, software=software)
    assert EnrolmentRequest.from_document(as_object(request.document())) == request


@given(st.builds(Enrolment, agent=short_texts, token=short_texts, line=short_texts, time=times))
def test_an_enrolment_travels_unchanged(enrolment: Enrolment) -> None:
    assert Enrolment.from_document(as_object(enrolment.document())) == enrolment


def test_the_answer_to_a_batch_carries_the_collectors_time() -> None:
    document = answers_document(
        [{"stream": "s", "seq": 1, "result": "stored", "notes": [], "detail": None}], server_time=NOON
    )
    assert document["time"] == format_time(NOON)
    assert is_valid("answers", document)
