"""Receipts: the measurement server's signed account of one session; the agent merely carries it (D2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self

from netmon.domain.identifiers import LineId, ServerId, TicketId
from netmon.domain.kinds import Direction, Mode
from netmon.errors import WireError
from netmon.wire.canonical import Fields, b64decode, b64encode, canonical_json, format_time, parse_object

VERSION = 1
MAX_RECEIPT_BYTES = 4096
_CONTEXT = b"netmon-receipt-v1\0"


class Signer(Protocol):
    """Signs with a server's Ed25519 key."""

    def sign(self, data: bytes, /) -> bytes: ...


class Verifier(Protocol):
    """Checks an Ed25519 signature; raises nothing, answers whether it is right."""

    def is_valid(self, signature: bytes, data: bytes, /) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the server itself saw of one session.

    `bytes` is TCP payload that the server sent (down: acknowledged by the agent) or received (up), `udp_bytes`
    likewise in IP packets. The longest `send_gap_s`, `app_limited_s` and `pacing_limited_s` tell whether the server,
    not the line, was the limit; `window_limited_s` whether the agent was too slow to take what arrived.
    """

    server: ServerId
    ticket: TicketId
    line: LineId
    direction: Direction
    mode: Mode
    started_at: datetime
    ended_at: datetime
    bytes: int
    udp_bytes: int = 0
    connections: int
    retransmitted_bytes: int
    send_gap_s: float
    app_limited_s: float
    pacing_limited_s: float
    window_limited_s: float = 0.0
    congestion_control: str
    peer_address: str
    peer_port: int
    peer_mss: int
    clock_synchronised: bool | None

    def document(self) -> dict[str, object]:
        return {
            "v": VERSION,
            "server": self.server,
            "ticket": self.ticket,
            "line": self.line,
            "direction": self.direction.value,
            "mode": self.mode.value,
            "started_at": format_time(self.started_at),
            "ended_at": format_time(self.ended_at),
            "bytes": self.bytes,
            "udp_bytes": self.udp_bytes,
            "connections": self.connections,
            "retransmitted_bytes": self.retransmitted_bytes,
            "send_gap_s": self.send_gap_s,
            "app_limited_s": self.app_limited_s,
            "pacing_limited_s": self.pacing_limited_s,
            "window_limited_s": self.window_limited_s,
            "congestion_control": self.congestion_control,
            "peer_address": self.peer_address,
            "peer_port": self.peer_port,
            "peer_mss": self.peer_mss,
            "clock_synchronised": self.clock_synchronised,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Self:
        """Raises WireError when a member is missing or wrong; unknown members are later versions' and pass."""
        fields = Fields(document, "receipt")
        if fields.integer("v") != VERSION:
            raise WireError(f"receipt.v is not {VERSION}")
        try:
            return cls(
                server=ServerId(fields.text("server")),
                ticket=TicketId(fields.text("ticket")),
                line=LineId(fields.text("line")),
                direction=Direction(fields.text("direction")),
                mode=Mode(fields.text("mode")),
                started_at=fields.time("started_at"),
                ended_at=fields.time("ended_at"),
                bytes=fields.integer("bytes"),
                udp_bytes=0 if fields.is_null("udp_bytes") else fields.integer("udp_bytes"),
                connections=fields.integer("connections"),
                retransmitted_bytes=fields.integer("retransmitted_bytes"),
                send_gap_s=fields.number("send_gap_s"),
                app_limited_s=fields.number("app_limited_s"),
                pacing_limited_s=fields.number("pacing_limited_s"),
                window_limited_s=0.0 if fields.is_null("window_limited_s") else fields.number("window_limited_s"),
                congestion_control=fields.text("congestion_control"),
                peer_address=fields.text("peer_address"),
                peer_port=fields.integer("peer_port"),
                peer_mss=fields.integer("peer_mss"),
                clock_synchronised=None
                if fields.is_null("clock_synchronised")
                else fields.boolean("clock_synchronised"),
            )
        except ValueError as error:
            raise WireError(f"receipt: {error}") from error


def sign_receipt(receipt: Receipt, signer: Signer) -> str:
    """The receipt as text: base64url(JSON).base64url(Ed25519 signature)."""
    payload = canonical_json(receipt.document())
    return f"{b64encode(payload)}.{b64encode(signer.sign(_CONTEXT + payload))}"


def read_receipt(text: str) -> Receipt:
    """What a receipt says, signature unchecked. Raises WireError when malformed."""
    return _parse(text)[0]


def verify_receipt(text: str, verifier: Verifier) -> Receipt:
    """The receipt, once its signature proved right. Raises WireError otherwise."""
    receipt, payload, signature = _parse(text)
    if not verifier.is_valid(signature, _CONTEXT + payload):
        raise WireError("the receipt's signature is not the server's")
    return receipt


def _parse(text: str) -> tuple[Receipt, bytes, bytes]:
    if len(text) > MAX_RECEIPT_BYTES:
        raise WireError(f"the receipt is longer than {MAX_RECEIPT_BYTES} characters")
    encoded, _, signature = text.partition(".")
    payload = b64decode(encoded)
    return Receipt.from_document(parse_object(payload, limit=MAX_RECEIPT_BYTES)), payload, b64decode(signature)
