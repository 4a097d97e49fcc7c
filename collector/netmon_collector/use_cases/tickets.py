"""Tickets of slots: derived from the slot alone, so that every collector hands out the same one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from netmon.domain.identifiers import ServerId, SlotId, TicketId
from netmon.domain.slot import Slot
from netmon.wire.ticket import Ticket, sign_ticket
from netmon.wire.timetable import TicketOffer

# Clocks of agents and servers may differ that much; more would have a server that just started refuse its first slots.
_EARLY = timedelta(seconds=5)
_MARGIN_PERCENT = 125  # of what the rate carries in the duration: pacing overshoots a little


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementServer:
    """A measurement server as the collector knows it; tickets are signed with the key `key_id` of `keys`."""

    id: ServerId
    host: str
    port: int
    budget_bps: int
    key_id: str
    keys: Mapping[str, bytes] = field(repr=False)
    public_key: bytes


def ticket_id(slot: SlotId, server: ServerId) -> TicketId:
    return TicketId(f"{slot}@{server}")


def ticket_offer(slot: Slot, server: MeasurementServer) -> TicketOffer:
    """The signed permission to measure in a slot at a server."""
    ticket = Ticket(
        key_id=server.key_id,
        id=ticket_id(slot.id, server.id),
        line=slot.line,
        server=server.id,
        direction=slot.direction,
        mode=slot.mode,
        not_before=slot.starts_at - _EARLY,
        not_after=slot.ends_at,
        max_bytes=max(1, int(slot.rate_bps * slot.duration_s) // 8 * _MARGIN_PERCENT // 100),
        rate_bps=slot.rate_bps,
        duration_s=slot.duration_s,
    )
    return TicketOffer(server=server.id, host=server.host, port=server.port, ticket=sign_ticket(ticket, server.keys))
