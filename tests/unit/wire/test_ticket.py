"""A ticket opens one session with one server at one time, and nobody but the key's owner can make one."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.identifiers import ServerId
from netmon.domain.measurement import Direction, Mode, Reason
from netmon.errors import WireError
from netmon.wire.canonical import b64encode, canonical_json
from netmon.wire.ticket import (
    MAX_TICKET_BYTES,
    Ticket,
    TicketError,
    check_ticket,
    open_ticket,
    read_ticket,
    sign_ticket,
)
from tests.support.wire import KEYS, NOON, a_ticket, short_texts, times

tickets = st.builds(
    a_ticket,
    key_id=st.sampled_from(sorted(KEYS)),
    id=short_texts,
    line=short_texts,
    server=short_texts,
    direction=st.sampled_from(Direction),
    mode=st.sampled_from(Mode),
    not_before=times,
    not_after=times,
    max_bytes=st.integers(1, 2**53),
    rate_bps=st.integers(1, 2**53),
    duration_s=st.floats(0.1, 120),
)


def refusal(text: str) -> Reason:
    with pytest.raises(TicketError) as caught:
        open_ticket(text, KEYS)
    return caught.value.reason


@given(tickets)
def test_a_signed_ticket_opens_as_what_it_was(ticket: Ticket) -> None:
    text = sign_ticket(ticket, KEYS)
    assert open_ticket(text, KEYS) == ticket
    assert read_ticket(text) == ticket


@given(tickets, st.data())
def test_no_changed_character_leaves_a_ticket_valid(ticket: Ticket, data: st.DataObject) -> None:
    text = sign_ticket(ticket, KEYS)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("AZaz09-_.=+ \n"))
    if text[place] != other:
        changed = text[:place] + other + text[place + 1 :]
        assert refusal(changed) in (Reason.TICKET_FORGED, Reason.TICKET_MALFORMED)


@given(st.text(max_size=100))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    assert refusal(text) is Reason.TICKET_MALFORMED


def test_two_keys_are_valid_during_rotation_and_a_third_is_not() -> None:
    for key in KEYS:
        assert open_ticket(sign_ticket(a_ticket(key_id=key), KEYS), KEYS).key_id == key
    with pytest.raises(KeyError):
        sign_ticket(a_ticket(key_id="k3"), KEYS)
    foreign = sign_ticket(a_ticket(key_id="k3"), {"k3": b"3" * 32})
    assert refusal(foreign) is Reason.TICKET_FORGED


def test_a_ticket_signed_with_another_key_of_the_same_name_is_forged() -> None:
    assert refusal(sign_ticket(a_ticket(), {"k1": b"x" * 32})) is Reason.TICKET_FORGED


def test_a_signature_does_not_move_to_another_ticket() -> None:
    payload = sign_ticket(a_ticket(rate_bps=10**10), KEYS).partition(".")[0]
    signature = sign_ticket(a_ticket(), KEYS).partition(".")[2]
    assert refusal(f"{payload}.{signature}") is Reason.TICKET_FORGED


def test_a_ticket_that_is_too_long_or_unsigned_is_malformed() -> None:
    text = sign_ticket(a_ticket(), KEYS)
    assert refusal(text.partition(".")[0]) is Reason.TICKET_MALFORMED
    assert refusal("A" * (MAX_TICKET_BYTES + 1)) is Reason.TICKET_MALFORMED


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"v": 2}, "ticket.v is not 1"),
        ({"mode": "guess"}, "guess"),
        ({"max_bytes": 0}, "ticket.max_bytes is not a whole number from 1"),
        ({"rate_bps": 1.5}, "ticket.rate_bps is not a whole number"),
        ({"duration_s": 121}, "ticket.duration_s is not a number from 0.1 to 120"),
        ({"not_after": "soon"}, "ticket.not_after: 'soon' is not a time"),
        ({"more": 1}, "ticket.more is unknown"),
    ],
)
def test_a_ticket_is_a_closed_document(change: dict[str, object], message: str) -> None:
    with pytest.raises(WireError) as caught:
        Ticket.from_document(a_ticket().document() | change)
    assert message in str(caught.value)


@pytest.mark.parametrize("member", sorted(a_ticket().document()))
def test_a_ticket_without_one_of_its_members_is_malformed(member: str) -> None:
    document = {key: value for key, value in a_ticket().document().items() if key != member}
    text = f"{b64encode(canonical_json(document))}.AA"
    assert refusal(text) is Reason.TICKET_MALFORMED


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (NOON - timedelta(microseconds=1), Reason.TICKET_NOT_YET_VALID),
        (NOON + timedelta(minutes=10), Reason.TICKET_EXPIRED),
    ],
)
def test_a_ticket_outside_of_its_time_is_refused(at: datetime, reason: Reason) -> None:
    with pytest.raises(TicketError) as caught:
        check_ticket(a_ticket(), server=ServerId("server-1"), at=at)
    assert caught.value.reason is reason


def test_a_ticket_is_valid_from_its_first_moment_to_just_before_its_last() -> None:
    for at in (NOON, NOON + timedelta(minutes=10) - timedelta(microseconds=1)):
        check_ticket(a_ticket(), server=ServerId("server-1"), at=at)


def test_a_ticket_for_another_server_is_refused() -> None:
    with pytest.raises(TicketError) as caught:
        check_ticket(a_ticket(), server=ServerId("server-2"), at=NOON)
    assert caught.value.reason is Reason.TICKET_WRONG_SERVER
