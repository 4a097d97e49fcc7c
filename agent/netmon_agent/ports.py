"""What the parts of the agent ask of each other and of the outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from netmon.domain.identifiers import SlotId
from netmon.wire.records import RecordKind
from netmon.wire.timetable import PlannedSlot, Timetable
from netmon_agent.address import Address


class Say(Protocol):
    """Tells the operator one event in one line; no secrets."""

    def __call__(self, message: str, /) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try of a slot with one measurement server; `address` is where this device reaches that server."""

    slot: PlannedSlot
    ticket: str
    address: Address
    interface: str | None


class Meter(Protocol):
    """Measures once.

    Answers the members of a measurement record that the measurement itself knows (docs/wire.md); whatever the network
    does is a `reason` in it, and `retry_at` says when a busy server wants to be asked again.
    """

    def __call__(self, attempt: Attempt, /) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True)
class Draft:
    """A record that has no place in the outbox yet."""

    kind: RecordKind
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotMark:
    """How far a slot has come: offers that may be spent, measurement records written, outcome recorded."""

    id: SlotId
    tried: int = 0
    attempts: int = 0
    done: bool = False


class Journal(Protocol):
    """Makes records durable: when `append` returns they will reach the collector exactly once."""

    def append(self, drafts: Sequence[Draft], *, slot: SlotMark | None = None) -> None:
        """All or nothing, together with the mark of the slot they belong to. Raises OutboxError."""
        ...


class Purse(Protocol):
    """The month's traffic of this device's own."""

    def is_empty(self) -> bool: ...
    def pay(self, found: Mapping[str, object], /) -> None:
        """Count what a measurement cost."""
        ...


class Organic(Protocol):
    """Users' own traffic, which may stand in for a test (netmon_agent.organic)."""

    def proof(self, slot: PlannedSlot, interface: str | None, /) -> Mapping[str, object] | None:
        """The body of the slot's measurement when its users proved it, else None. Blocks for some seconds."""
        ...

    def learn(self, slot: PlannedSlot, interface: str | None, found: Mapping[str, object], /) -> None:
        """Hear what a test found."""
        ...


class SlotJournal(Journal, Protocol):
    """The journal with its memory of slots."""

    def slot_marks(self) -> Mapping[SlotId, SlotMark]: ...


class TimetableSource(Protocol):
    """The timetable in force."""

    def current(self) -> Timetable | None: ...
