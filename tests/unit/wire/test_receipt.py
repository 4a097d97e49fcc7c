"""A receipt is the server's word: read as it was written, and worth nothing once it was touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.measurement import Direction, Mode
from netmon.errors import WireError
from netmon.wire.canonical import b64encode, canonical_json
from netmon.wire.receipt import MAX_RECEIPT_BYTES, Receipt, read_receipt, sign_receipt, verify_receipt
from tests.support.wire import HashSignature, a_receipt, short_texts, times

KEY = HashSignature()
counts = st.integers(0, 2**53)
seconds = st.floats(0, 1e6)
receipts = st.builds(
    a_receipt,
    server=short_texts,
    ticket=short_texts,
    line=short_texts,
    direction=st.sampled_from(Direction),
    mode=st.sampled_from(Mode),
    started_at=times,
    ended_at=times,
    bytes=counts,
    connections=counts,
    retransmitted_bytes=counts,
    send_gap_s=seconds,
    app_limited_s=seconds,
    pacing_limited_s=seconds,
    congestion_control=short_texts,
    peer_address=short_texts,
    peer_port=counts,
    peer_mss=counts,
    clock_synchronised=st.none() | st.booleans(),
)


@given(receipts)
def test_a_signed_receipt_is_read_as_what_it_was(receipt: Receipt) -> None:
    text = sign_receipt(receipt, KEY)
    assert verify_receipt(text, KEY) == receipt
    assert read_receipt(text) == receipt


@given(receipts, st.data())
def test_no_changed_character_leaves_a_receipt_valid(receipt: Receipt, data: st.DataObject) -> None:
    text = sign_receipt(receipt, KEY)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("AZaz09-_.=+ \n"))
    if text[place] != other:
        with pytest.raises(WireError):
            verify_receipt(text[:place] + other + text[place + 1 :], KEY)


@given(st.text(max_size=100))
def test_no_text_does_more_than_raise_a_wire_error(text: str) -> None:
    with pytest.raises(WireError):
        verify_receipt(text, KEY)


def test_another_servers_signature_is_not_ours() -> None:
    with pytest.raises(WireError, match="signature is not the server's"):
        verify_receipt(sign_receipt(a_receipt(), HashSignature(b"another")), KEY)


def test_what_was_signed_for_something_else_is_no_receipt() -> None:
    payload = canonical_json(a_receipt().document())
    with pytest.raises(WireError, match="signature is not the server's"):
        verify_receipt(f"{b64encode(payload)}.{b64encode(KEY.sign(payload))}", KEY)


def test_a_receipt_without_signature_is_readable_but_not_valid() -> None:
    text = sign_receipt(a_receipt(), KEY).partition(".")[0]
    assert read_receipt(text) == a_receipt()
    with pytest.raises(WireError):
        verify_receipt(text, KEY)


def test_a_receipt_that_is_too_long_is_refused_unread() -> None:
    with pytest.raises(WireError, match="longer than 4096 characters"):
        read_receipt("A" * (MAX_RECEIPT_BYTES + 1))


def test_members_of_a_later_version_of_the_same_contract_pass() -> None:
    assert Receipt.from_document(a_receipt().document() | {"later": 1}) == a_receipt()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"v": 2}, "receipt.v is not 1"),
        ({"direction": "sideways"}, "sideways"),
        ({"bytes": -1}, "receipt.bytes is not a whole number"),
        ({"started_at": "2026-11-23T10:00:00"}, "has no time zone"),
        ({"clock_synchronised": "yes"}, "receipt.clock_synchronised is not true or false"),
    ],
)
def test_a_receipt_with_a_wrong_member_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(WireError) as caught:
        Receipt.from_document(a_receipt().document() | change)
    assert message in str(caught.value)


@pytest.mark.parametrize("member", ["server", "ticket", "line", "bytes", "started_at", "peer_address"])
def test_a_receipt_without_what_it_proves_is_refused(member: str) -> None:
    document = {key: value for key, value in a_receipt().document().items() if key != member}
    with pytest.raises(WireError, match=rf"receipt\.{member} is missing"):
        Receipt.from_document(document)
