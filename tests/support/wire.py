"""Builders of tickets and receipts, strategies for JSON, and a signature that needs no library."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from netmon.domain.identifiers import LineId, ServerId, TicketId
from netmon.domain.measurement import Direction, Mode
from netmon.wire.receipt import Receipt
from netmon.wire.ticket import Ticket

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEYS = {"k1": b"1" * 32, "k2": b"2" * 32}

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
short_texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
times = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)
json_objects = st.dictionaries(texts, json_values, max_size=5)


def a_ticket(**changes: object) -> Ticket:
    members: dict[str, object] = {
        "key_id": "k1",
        "id": TicketId("ticket-1"),
        "line": LineId("line-01"),
        "server": ServerId("server-1"),
        "direction": Direction.DOWN,
        "mode": Mode.DECISION,
        "not_before": NOON,
        "not_after": NOON + timedelta(minutes=10),
        "max_bytes": 50_000_000,
        "rate_bps": 110_000_000,
        "duration_s": 10.0,
    }
    return Ticket(**(members | changes))  # type: ignore[arg-type]


def a_receipt(**changes: object) -> Receipt:
    members: dict[str, object] = {
        "server": ServerId("server-1"),
        "ticket": TicketId("ticket-1"),
        "line": LineId("line-01"),
        "direction": Direction.DOWN,
        "mode": Mode.DECISION,
        "started_at": NOON,
        "ended_at": NOON + timedelta(seconds=2),
        "bytes": 15_000_000,
        "connections": 2,
        "retransmitted_bytes": 0,
        "send_gap_s": 0.01,
        "app_limited_s": 0.0,
        "pacing_limited_s": 1.5,
        "congestion_control": "bbr",
        "peer_address": "192.0.2.7",
        "peer_port": 40000,
        "peer_mss": 1448,
        "clock_synchronised": True,
    }
    return Receipt(**(members | changes))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class HashSignature:
    """Stands for an Ed25519 key pair: the signature is a hash with a secret."""

    secret: bytes = b"secret"

    def sign(self, data: bytes, /) -> bytes:
        return hashlib.sha256(self.secret + data).digest()

    def is_valid(self, signature: bytes, data: bytes, /) -> bool:
        return signature == self.sign(data)
