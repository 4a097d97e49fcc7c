"""What the page of a line and the page of the fleet ask of the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from netmon.domain.identifiers import AgentId, LineId, ServerId
from netmon.domain.measurement import Measurement, ReceiptState
from netmon.domain.period import Period
from netmon.domain.verdict import VerdictOutcome
from netmon.wire.records import Note


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedMeasurement:
    """A measurement with the record that it came in; `document` is the record as canonical JSON, None if imported."""

    measurement: Measurement
    agent: AgentId
    stream: str
    sequence: int
    received_at: datetime | None
    notes: tuple[Note, ...]
    document: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedStanding:
    """How one subject stood when a period was closed, by its newest revision; `content` as in ports.ClosedVerdict."""

    period: Period
    revision: int
    closed_at: datetime
    outcome: VerdictOutcome
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentBinding:
    """An agent and the line that it measures or measured, [since, until)."""

    agent: AgentId
    line: LineId
    software: str
    enrolled_at: datetime
    revoked_at: datetime | None
    since: datetime
    until: datetime | None
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestRecord:
    """The newest record of a line's agent and what is missing of those before it.

    `gaps` counts the sequence numbers that are not there among the last `looked_at`.
    """

    agent: AgentId
    received_at: datetime
    at: datetime
    clock_offset_s: float | None
    notes: tuple[Note, ...]
    gaps: int
    looked_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What the collector put aside of an agent: conflicts in quarantine, and lines that were no records."""

    conflicts: int = 0
    last_conflict_at: datetime | None = None
    rejected: int = 0
    last_rejected_at: datetime | None = None
    last_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSeen:
    """What lines brought from a measurement server in a stretch of time: the number of each kind of receipt."""

    server: ServerId
    receipts: Mapping[ReceiptState, int]
    last_valid_at: datetime | None
