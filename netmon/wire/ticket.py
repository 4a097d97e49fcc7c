"""Tickets: the collector's signed permission for one session with one measurement server (D2)."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from netmon.domain.identifiers import LineId, ServerId, TicketId
from netmon.domain.kinds import Direction, Mode, Reason
from netmon.errors import WireError
from netmon.wire.canonical import Fields, b64decode, b64encode, canonical_json, format_time, parse_object

VERSION = 1
MAX_TICKET_BYTES = 2048
Keys = Mapping[str, bytes]


class TicketError(WireError):
    """A ticket that does not open a session, with the reason that the agent records."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Permission for one session: n TCP connections, one UDP flow and one repeat within `duration_s`.

    `rate_bps` is what the session may use of the server's budget (IP layer), `max_bytes` its hard cap on payload.
    """

    key_id: str
    id: TicketId
    line: LineId
    server: ServerId
    direction: Direction
    mode: Mode
    not_before: datetime
    not_after: datetime
    max_bytes: int
    rate_bps: int
    duration_s: float

    def document(self) -> dict[str, object]:
        return {
            "v": VERSION,
            "key": self.key_id,
            "id": self.id,
            "line": self.line,
            "server": self.server,
            "direction": self.direction.value,
            "mode": self.mode.value,
            "not_before": format_time(self.not_before),
            "not_after": format_time(self.not_after),
            "max_bytes": self.max_bytes,
            "rate_bps": self.rate_bps,
            "duration_s": self.duration_s,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Self:
        """Raises WireError when a member is missing, wrong or unknown."""
        fields = Fields(document, "ticket")
        if fields.integer("v") != VERSION:
            raise WireError(f"ticket.v is not {VERSION}")
        try:
            ticket = cls(
                key_id=fields.text("key"),
                id=TicketId(fields.text("id")),
                line=LineId(fields.text("line")),
                server=ServerId(fields.text("server")),
                direction=Direction(fields.text("direction")),
                mode=Mode(fields.text("mode")),
                not_before=fields.time("not_before"),
                not_after=fields.time("not_after"),
                max_bytes=fields.integer("max_bytes", minimum=1),
                rate_bps=fields.integer("rate_bps", minimum=1),
                duration_s=fields.number("duration_s", minimum=0.1, maximum=120.0),
            )
        except ValueError as error:
            raise WireError(f"ticket: {error}") from error
        fields.finish()
        return ticket


def sign_ticket(ticket: Ticket, keys: Keys) -> str:
    """The ticket as text: base64url(JSON).base64url(HMAC-SHA256).

    Raises KeyError when the ticket names a key that `keys` lacks.
    """
    payload = canonical_json(ticket.document())
    return f"{b64encode(payload)}.{b64encode(_signature(payload, keys[ticket.key_id]))}"


def open_ticket(text: str, keys: Keys) -> Ticket:
    """The ticket inside a signed text; its times are the caller's to check.

    Raises TicketError: malformed, or not signed with a key of `keys`.
    """
    ticket, payload, signature = _parse(text)
    key = keys.get(ticket.key_id)
    if key is None or not hmac.compare_digest(_signature(payload, key), signature):
        raise TicketError(Reason.TICKET_FORGED, "the ticket's signature is not ours")
    return ticket


def read_ticket(text: str) -> Ticket:
    """What a ticket says, for the agent that carries it and has no key. Raises TicketError when malformed."""
    return _parse(text)[0]


def check_ticket(ticket: Ticket, *, server: ServerId, at: datetime) -> None:
    """Raises TicketError when the ticket is for another server or another time."""
    if ticket.server != server:
        raise TicketError(Reason.TICKET_WRONG_SERVER, f"the ticket is for the server {ticket.server}")
    if at < ticket.not_before:
        raise TicketError(Reason.TICKET_NOT_YET_VALID, f"the ticket is valid from {format_time(ticket.not_before)}")
    if at >= ticket.not_after:
        raise TicketError(Reason.TICKET_EXPIRED, f"the ticket was valid until {format_time(ticket.not_after)}")


def _parse(text: str) -> tuple[Ticket, bytes, bytes]:
    try:
        if len(text) > MAX_TICKET_BYTES:
            raise WireError(f"is longer than {MAX_TICKET_BYTES} characters")
        encoded, dot, signature = text.partition(".")
        if not dot:
            raise WireError("has no signature")
        payload = b64decode(encoded)
        return Ticket.from_document(parse_object(payload, limit=MAX_TICKET_BYTES)), payload, b64decode(signature)
    except WireError as error:
        raise TicketError(Reason.TICKET_MALFORMED, f"the ticket cannot be read: {error}") from error


def _signature(payload: bytes, key: bytes) -> bytes:
    return hmac.new(key, b"netmon-ticket-v1\0" + payload, hashlib.sha256).digest()
