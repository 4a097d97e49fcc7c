"""What the use cases ask of the outside: storage in the words of the domain, the shapes of its answers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from netmon.domain.coverage import EnteredShare
from netmon.domain.identifiers import AgentId, LineId, TerritoryId
from netmon.domain.latency import LatencyWindow, Outage
from netmon.domain.measurement import Measurement
from netmon.domain.registry import Registry
from netmon.domain.slot import Slot, SlotReport
from netmon.domain.slot_outcome import Delivery
from netmon.domain.timetable import Position
from netmon.wire.records import Envelope, Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The line that an agent measures for a while, [since, until)."""

    agent: AgentId
    line: LineId
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record as it goes into the store: the envelope, what was found about it, and its meaning for a line.

    `line` is None while the agent was bound to nothing; `at` is the time by D4; `fact` is what judging reads.
    """

    agent: AgentId
    envelope: Envelope
    received_at: datetime
    at: datetime
    line: LineId | None
    notes: tuple[Note, ...]
    fact: Measurement | SlotReport | LatencyWindow | Outage


class EvidenceReader(Protocol):
    """Stored facts about lines, over instants [start, end)."""

    def slots(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Slot]: ...

    def measurements(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Measurement]: ...

    def reports(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[SlotReport]: ...

    def outages(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Outage]: ...

    def latency(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[LatencyWindow]: ...

    def deliveries(self, start: datetime, end: datetime, *, at_least_bps: int) -> Sequence[Delivery]:
        """Receipted rates of every line, whoever it belongs to: the proof of what the servers can deliver."""
        ...

    def last_seen(self, lines: Collection[LineId]) -> Mapping[LineId, datetime]:
        """When the agent of each line was last heard of; a line whose agent never reported is absent."""
        ...

    def first_slot_at(self, territory_lines: Collection[LineId]) -> datetime | None:
        """When measuring began: the start of the earliest planned slot."""
        ...


class Store(EvidenceReader, Protocol):
    """Everything else that use cases read and write; each call is one transaction."""

    def registry(self) -> Registry: ...

    def entered_shares(self, indicator: str, territory: TerritoryId) -> Sequence[EnteredShare]: ...

    def positions(self) -> Mapping[LineId, Position]: ...

    def add_positions(self, positions: Collection[Position]) -> None: ...

    def add_slots(self, slots: Collection[Slot]) -> None:
        """Store slots as issued; a slot that is there already stays as it is."""
        ...

    def issued_until(self, lines: Collection[LineId]) -> Mapping[LineId, datetime]:
        """The start of the last issued slot of each line that has one."""
        ...
