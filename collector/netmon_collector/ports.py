"""What the use cases ask of the outside: storage in the words of the domain, the shapes of its answers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from netmon.domain.absence import Absence
from netmon.domain.audit import Change
from netmon.domain.closing import Link
from netmon.domain.coverage import EnteredShare
from netmon.domain.identifiers import AgentId, LineId, OrganisationId, SlotId, TerritoryId
from netmon.domain.latency import LatencyWindow, Outage
from netmon.domain.measurement import Measurement
from netmon.domain.path_diagnosis import PathDiagnosis
from netmon.domain.period import Period, PeriodKind
from netmon.domain.registry import Registry
from netmon.domain.slot import Delivery, Slot, SlotReport
from netmon.domain.timetable import Position
from netmon.domain.verdict import SubjectKind, VerdictOutcome
from netmon.wire.device import DeviceState
from netmon.wire.records import AnswerResult, Envelope, Note

Fact = Measurement | SlotReport | LatencyWindow | Outage | Absence | PathDiagnosis


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The line that an agent measures for a while, [since, until)."""

    agent: AgentId
    line: LineId
    since: datetime
    until: datetime | None

    def contains(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record as it goes into the store: the envelope, what was found about it, and its meaning for a line.

    `at` is the time by D4, `filed_at` the start of the slot that the record belongs to, else `at`: a report of a week
    ago is found where its slot is looked for. `fact` is what judging reads; None while the agent was bound to nothing
    and for a stretch of time that nobody can place.
    """

    agent: AgentId
    envelope: Envelope
    received_at: datetime
    at: datetime
    filed_at: datetime
    line: LineId | None
    notes: tuple[Note, ...]
    fact: Fact | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedLine:
    """A line of a batch that is no record, and why; its place in the agent's outbox as far as it can be read."""

    line: bytes
    detail: str
    stream: str | None
    sequence: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentBatch:
    """What one request of an agent came to: its records, and its lines that are none."""

    agent: AgentId
    records: Sequence[StoredRecord]
    rejected: Sequence[RejectedLine]
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of what people decided (a registry, a policy, ...) as canonical JSON, and its SHA-256."""

    kind: str
    hash: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGrant:
    """What an enrolment code opens, kept as a hash; `expires_at` is the first instant at which it no longer does."""

    code_hash: str
    line: LineId
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAgent:
    """An agent to be enrolled; the token is kept as a hash."""

    agent: AgentId
    token_hash: str
    software: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDevice:
    """What an agent said of its device last, and when that came."""

    agent: AgentId
    line: LineId
    at: datetime
    state: DeviceState


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChange:
    """From `at` on an agent ran another program, or other settings, than before."""

    agent: AgentId
    at: datetime
    software: str
    config_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAgent:
    """An agent that was ever enrolled.

    `line` is the one it is or was last bound to; `conflicts` of its records are in quarantine: another device uses its
    identity.
    """

    agent: AgentId
    line: LineId | None
    software: str
    enrolled_at: datetime
    revoked_at: datetime | None
    last_seen: datetime | None
    conflicts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedOutcome:
    """How an organisation stood when a period was closed; `short_by` as in netmon.domain.shortfall."""

    outcome: VerdictOutcome
    short_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedVerdict:
    """One verdict as it was stored: what was printed and what it stands on, as canonical JSON, and its SHA-256."""

    kind: SubjectKind
    id: str
    outcome: VerdictOutcome
    short_by: int | None
    hash: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClosing:
    """A revision of a period of a territory, to be stored as it is and never changed.

    `summary` is canonical JSON: the indicator at the period's last day and the incidents.
    """

    territory: TerritoryId
    period: Period
    revision: int
    closed_at: datetime
    policy_id: str
    policy_hash: str
    summary: str
    summary_hash: str
    root: str
    verdicts: tuple[ClosedVerdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A stored revision of a closed period: its place in the chain, the summary and the verdicts of the time."""

    link: Link
    hash: str
    policy_id: str
    summary: Mapping[str, object]
    verdicts: tuple[ClosedVerdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedMeasurement:
    """A measurement made elsewhere; `number` follows from what was measured, so that the same row is one."""

    number: int
    measurement: Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecord:
    """A record as its agent sent it, as canonical JSON, and what the collector knew besides when it came."""

    agent: AgentId
    received_at: datetime
    document: str


class PackStore(Protocol):
    """What an evidence pack takes from a store besides what judging reads: everything as it was received."""

    def line_records(
        self, line: LineId, filed: tuple[datetime, datetime], outages_from: datetime
    ) -> Sequence[RawRecord]:
        """Records of a line in the order in which judging reads their facts: measurements, reports, outages.

        Those filed in [start, end), and the outages that share an instant with [outages_from, end).
        """
        ...

    def imported_measurements(
        self, line: LineId, filed: tuple[datetime, datetime]
    ) -> Sequence[tuple[datetime, Measurement]]:
        """Measurements made elsewhere, each with the time it is filed at."""
        ...

    def bindings_of_line(self, line: LineId) -> Sequence[Binding]:
        """Which agents measured a line, and when."""
        ...

    def delivery_receipt(self, delivery: Delivery) -> str | None:
        """The signed receipt of what a server delivered, None when it is not there any more."""
        ...

    def document(self, kind: str, content_hash: str) -> Document | None:
        """A version that was in force at some time."""
        ...

    def document_at(self, kind: str, at: datetime) -> Document | None:
        """The version of a registry, a policy or a calendar that was in force at a time."""
        ...


class ClosedOutcomes(Protocol):
    """How organisations stood when periods were closed."""

    def closed_outcomes(self, territory: TerritoryId, period: Period) -> Mapping[OrganisationId, ClosedOutcome] | None:
        """By the newest revision; None when the period was not closed."""
        ...


class ClosingStore(ClosedOutcomes, Protocol):
    """What closing needs; what was stored is never rewritten."""

    def closed_periods(self, territory: TerritoryId, kind: PeriodKind) -> Collection[Period]: ...

    def closing(self, territory: TerritoryId, period: Period, *, revision: int | None = None) -> Closing | None:
        """A revision of a closed period, the newest where none is named; None when it was not closed."""
        ...

    def closed_standings(
        self, territory: TerritoryId, period: Period
    ) -> Mapping[tuple[SubjectKind, str], VerdictOutcome] | None:
        """The outcome of every subject by the newest revision; None when the period was not closed."""
        ...

    def chain(self, territory: TerritoryId, kind: PeriodKind) -> Sequence[tuple[Link, str]]:
        """Every revision of every closed period of a kind with its stored hash, in the order of closing."""
        ...

    def add_closing(self, new: NewClosing) -> Link | None:
        """Store the next revision; None when somebody else has stored that revision meanwhile."""
        ...


class EvidenceReader(Protocol):
    """Stored facts about lines, over instants [start, end)."""

    def slots(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Slot]: ...

    def measurements(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Measurement]:
        """Measurements whose slot starts in the time; without a known slot, those that began in it."""
        ...

    def reports(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[SlotReport]:
        """Reports whose slot starts in the time, however late they came."""
        ...

    def outages(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Outage]:
        """Outages that share an instant with the time."""
        ...

    def latency(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[LatencyWindow]: ...

    def deliveries(
        self, start: datetime, end: datetime, *, at_least_bps: int, emulated: bool = False
    ) -> Sequence[Delivery]:
        """What servers delivered to every line, whoever it belongs to: receipted, without other people's traffic.

        Emulated lines prove nothing unless `emulated`.
        """
        ...

    def last_seen(self, lines: Collection[LineId]) -> Mapping[LineId, datetime]:
        """When the agent of each line was last heard of; a line whose agent never reported is absent."""
        ...

    def first_slot_at(self, territory_lines: Collection[LineId]) -> datetime | None:
        """When measuring began: the start of the earliest planned slot."""
        ...


class RecordStore(Protocol):
    """What ingest needs."""

    def bindings_of(self, agents: Collection[AgentId]) -> Mapping[AgentId, Sequence[Binding]]:
        """Every binding of each agent that has any."""
        ...

    def slot_starts(self, slots: Collection[SlotId]) -> Mapping[SlotId, tuple[LineId, datetime]]:
        """The line and the start of each slot that was issued."""
        ...

    def add_batches(self, batches: Sequence[AgentBatch]) -> Sequence[Sequence[AnswerResult]]:
        """Store batches in one transaction; the answer to each record of each: stored, duplicate or conflict."""
        ...


class AgentStore(Protocol):
    """What the administration of agents needs."""

    def known_agents(self) -> Sequence[KnownAgent]:
        """Every agent by the time of its enrolment."""
        ...

    def revoke(self, agent: AgentId, changes: Iterable[Change], /, *, at: datetime) -> bool:
        """Let its token open nothing any more and its line wait for another; False when it has none that does."""
        ...


class IdentityStore(Protocol):
    """What enrolment and authentication need."""

    def add_code(self, grant: CodeGrant, changes: Iterable[Change] = (), /) -> None: ...

    def enrol(self, code_hash: str, agent: NewAgent, *, at: datetime) -> LineId | None:
        """Use a code up: bind the agent to its line in place of the one before. None when the code opens nothing."""
        ...

    def agents_by_token(self, token_hashes: Collection[str]) -> Mapping[str, AgentId]:
        """The agents with tokens that were not revoked, by the tokens' hashes."""
        ...

    def bindings(self, agent: AgentId) -> Sequence[Binding]: ...

    def saw(self, agent: AgentId, *, at: datetime) -> None:
        """Remember that an agent was heard of."""
        ...

    def saw_device(self, agent: AgentId, state: DeviceState, *, at: datetime) -> None:
        """Remember what an agent said of its device; program and settings are kept with every change."""
        ...


class DeviceReader(Protocol):
    """What is known of devices and their surroundings; nothing here decides."""

    def devices(self, lines: Collection[LineId]) -> Mapping[LineId, SeenDevice]:
        """The device of the agent that each line is bound to, of the lines whose agent has said anything."""
        ...

    def device_changes(self, line: LineId) -> Sequence[DeviceChange]:
        """Of every agent that the line was bound to, oldest first."""
        ...

    def absences(self, line: LineId, start: datetime, end: datetime) -> Sequence[Absence]:
        """Absences that ended in the time, oldest first."""
        ...

    def path_diagnoses(self, line: LineId, start: datetime, end: datetime) -> Sequence[PathDiagnosis]:
        """Diagnoses that began in the time, oldest first."""
        ...


class PlanStore(Protocol):
    """What the planner needs; slots that were issued are never changed."""

    def positions(self) -> Mapping[LineId, Position]: ...

    def add_positions(self, positions: Collection[Position]) -> None: ...

    def add_slots(self, slots: Collection[Slot]) -> None:
        """Store slots as issued; a slot that is there already stays as it is."""
        ...

    def issued_until(self, lines: Collection[LineId]) -> Mapping[LineId, datetime]:
        """The start of the last issued slot of each line that has one."""
        ...

    def open_slots(self, line: LineId, *, at: datetime) -> Sequence[Slot]:
        """The issued slots of a line that are not over yet."""
        ...


class Store(EvidenceReader, DeviceReader, RecordStore, IdentityStore, PlanStore, Protocol):
    """Everything that use cases read and write; each call is one transaction."""

    def registry(self) -> Registry: ...

    def entered_shares(self, indicator: str, territory: TerritoryId) -> Sequence[EnteredShare]: ...
