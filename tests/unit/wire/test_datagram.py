"""The datagrams that open a train."""

from netmon.wire import datagram

TOKEN = b"t" * 16


def test_every_kind_has_the_same_size() -> None:
    kinds = (datagram.PROBE, datagram.COOKIE, datagram.START, datagram.GO)
    assert {len(datagram.pack(kind, TOKEN, b"c" * 16)) for kind in kinds} == {datagram.DATAGRAM_BYTES}


def test_what_is_packed_is_unpacked_and_nothing_else() -> None:
    assert datagram.unpack(datagram.pack(datagram.PROBE, TOKEN)) == (datagram.PROBE, TOKEN, bytes(16))
    assert datagram.unpack(b"x" * (datagram.DATAGRAM_BYTES + 1)) is None
    assert datagram.unpack(b"") is None


def test_a_cookie_is_good_for_one_token_at_one_address() -> None:
    cookie = datagram.cookie_for(b"secret", TOKEN, ("192.0.2.1", 5))
    assert len(cookie) == 16
    assert cookie != datagram.cookie_for(b"secret", TOKEN, ("192.0.2.1", 6))
    assert cookie != datagram.cookie_for(b"secret", TOKEN, ("192.0.2.2", 5))
    assert cookie != datagram.cookie_for(b"secret", b"u" * 16, ("192.0.2.1", 5))
    assert cookie != datagram.cookie_for(b"another", TOKEN, ("192.0.2.1", 5))
