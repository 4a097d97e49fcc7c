"""What there is to say about a territory and a period: one frozen value that mail, documents and pages are made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from netmon.domain.closing import Link
from netmon.domain.coverage import Coverage
from netmon.domain.identifiers import LineId, OrganisationId, ProviderId, SiteId
from netmon.domain.incident import Incident
from netmon.domain.period import Period
from netmon.domain.policy import Policy
from netmon.domain.registry import Contract, LineRole, LocalityType, Registry, Territory, Text
from netmon.domain.roadmap import Activity, Result
from netmon.domain.roadmap_state import ActivityState, ResultState
from netmon.domain.verdict import SubjectKind, Verdict, VerdictOutcome
from netmon_collector.use_cases.roadmap import RoadmapStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An entity of the registry by its id and name; one that the registry has forgotten is called by its id."""

    id: str
    name: Text


class ChangeKind(StrEnum):
    """What happened to a subject since the period before. Closed: later changes only add."""

    NEWLY_FAILING = "newly_failing"  # the last known verdict before was another one, or there was none
    STILL_FAILING = "still_failing"
    RECOVERED = "recovered"  # complies, and the last known verdict before was that it does not
    GONE_SILENT = "gone_silent"  # its agent was not heard of on the last school day, and was before
    STILL_SILENT = "still_silent"
    NO_LONGER_KNOWN = "no_longer_known"  # heard of, but too little is known for a verdict
    EXEMPTED = "exempted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a subject stands against the period before; `before` is None where that had no verdict of it.

    `failing_since` is the period in which it began to fail: unknown verdicts in between do not end it; of a recovered
    subject the period in which it had begun. `last_seen` is when the agent of a silent line was last heard of, None
    when it never was.
    """

    kind: ChangeKind
    before: VerdictOutcome | None
    failing_since: Period | None = None
    last_seen: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What the registry says about a line on a day. One that it has forgotten has no site and counts as a main line."""

    id: LineId
    site: SiteId | None
    address: Text | None
    locality: Text | None
    locality_type: LocalityType | None
    role: LineRole
    organisations: tuple[Named, ...]
    provider: Named | None
    contract: Contract | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState(LineFacts):
    """One line of the period: where it is, who uses it, what was bought, its verdict and what changed.

    `explanation` is the sentence as it was printed when the period was closed. `emulated` marks a line that no kernel
    shaped: nothing about it is evidence.
    """

    verdict: Verdict
    explanation: Text
    change: Change | None
    emulated: bool = False

    @property
    def decides(self) -> bool:
        """Whether it is a main line: a backup line is measured and shown, and never decides."""
        return self.role is LineRole.MAIN

    @property
    def is_failing(self) -> bool:
        return self.verdict.outcome is VerdictOutcome.NON_COMPLIANT


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationState:
    """One organisation of the period; `short_by` as in netmon.domain.shortfall, `appeared` since the period before.

    `shares_with` are the other organisations in its buildings: they have the same lines.
    """

    id: OrganisationId
    name: Text
    verdict: Verdict
    explanation: Text
    short_by: int | None
    lines: tuple[LineId, ...]
    shares_with: tuple[Named, ...]
    change: Change | None
    appeared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderIncidents:
    """The incidents of one provider in the period, the longest first; lines without a contract have no provider."""

    provider: ProviderId | None
    name: Text | None
    incidents: tuple[Incident, ...]
    lines: tuple[LineId, ...]

    @property
    def longest(self) -> Incident:
        return self.incidents[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapItems:
    """What the roadmap asks for around a date: the activities and results by where they stand.

    `due` ends within 30 days, `done` was recorded within the period. A result that is overdue is one whose year is not
    closed yet, as with activities.
    """

    overdue: tuple[tuple[Activity, ActivityState], ...] = ()
    due: tuple[tuple[Activity, ActivityState], ...] = ()
    done: tuple[tuple[Activity, ActivityState], ...] = ()
    overdue_results: tuple[tuple[Result, ResultState], ...] = ()
    due_results: tuple[tuple[Result, ResultState], ...] = ()
    done_results: tuple[tuple[Result, ResultState], ...] = ()

    @property
    def is_empty(self) -> bool:
        found = (self.overdue, self.due, self.done, self.overdue_results, self.due_results, self.done_results)
        return not any(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A verdict as it was and as it is: its outcome and the slots that passed of those decided."""

    outcome: VerdictOutcome
    passed: int
    decided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisedVerdict:
    """A verdict that a revision changed; None where the subject was not there."""

    kind: SubjectKind
    id: str
    name: Text
    before: Tally | None
    now: Tally | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisedPeriod:
    """A closed period that late data gave another revision, and what was and what is."""

    period: Period
    from_revision: int
    link: Link
    verdicts: tuple[RevisedVerdict, ...]
    coverage_before: Coverage
    coverage_now: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Everything that is said about a territory for a period.

    `closed` is the link of the closed period that it was read from, None while the period is open: then it was judged
    at `made_at` and its figures may still change. `compared_with` is the period before, or the same one when it is
    compared with itself `since` an instant; None in the first period ever: then every change is new. `coverage` is the
    indicator on the last day of the period (today while it lasts). `policy` is None where this program can no longer
    read the one that the period was closed by. `measuring_since` None says that nothing was ever planned here.
    """

    territory: Territory
    period: Period
    made_at: datetime
    closed: Link | None
    policy_id: str
    policy_hash: str
    policy: Policy | None
    registry: Registry
    title: Text | None
    measuring_since: date | None
    coverage: Coverage
    coverage_before: Coverage | None
    compared_with: Period | None
    since: datetime | None
    trend: tuple[Coverage, ...]
    organisations: tuple[OrganisationState, ...]
    disappeared: tuple[Named, ...]
    lines: tuple[LineState, ...]
    incidents: tuple[ProviderIncidents, ...]
    roadmap: RoadmapStanding | None
    items: RoadmapItems
    revisions: tuple[RevisedPeriod, ...]

    @property
    def revision(self) -> int:
        """0 while the period is open."""
        return 0 if self.closed is None else self.closed.revision

    @property
    def is_demonstration(self) -> bool:
        """Whether figures are in it that no real line gave."""
        return (self.policy is not None and self.policy.accept_emulated) or any(one.emulated for one in self.lines)

    @property
    def failing_lines(self) -> tuple[LineState, ...]:
        """The main lines that do not comply, the weakest first."""
        found = [one for one in self.lines if one.decides and one.is_failing]
        return tuple(sorted(found, key=lambda one: (_share(one.verdict), one.id)))

    @property
    def silent_lines(self) -> tuple[LineState, ...]:
        """The lines whose agents are not heard of, the longest silence first."""
        kinds = (ChangeKind.GONE_SILENT, ChangeKind.STILL_SILENT)
        found = [one for one in self.lines if one.change is not None and one.change.kind in kinds]
        return tuple(sorted(found, key=_silence))

    @property
    def appeared(self) -> tuple[OrganisationState, ...]:
        return tuple(one for one in self.organisations if one.appeared)

    def changed(self, *kinds: ChangeKind) -> tuple[OrganisationState, ...]:
        """The organisations with one of these changes."""
        return tuple(one for one in self.organisations if one.change is not None and one.change.kind in kinds)

    def changed_lines(self, *kinds: ChangeKind) -> tuple[LineState, ...]:
        return tuple(one for one in self.lines if one.change is not None and one.change.kind in kinds)

    def count(self, outcome: VerdictOutcome) -> int:
        """How many organisations have this verdict for the period itself."""
        return sum(one.verdict.outcome is outcome for one in self.organisations)

    def is_exempt(self, line: LineState) -> bool:
        """Whether every organisation of a line is exempt: then it counts nowhere."""
        users = [one for one in self.organisations if line.id in one.lines]
        return bool(users) and all(one.verdict.outcome is VerdictOutcome.EXEMPT for one in users)

    def line(self, identifier: LineId) -> LineState | None:
        return next((one for one in self.lines if one.id == identifier), None)

    def lines_of(self, organisation: OrganisationState) -> Iterator[LineState]:
        return (one for one in self.lines if one.id in organisation.lines)


def _share(verdict: Verdict) -> float:
    counts = None if verdict.figures is None else verdict.figures.counts
    return counts.passed / counts.decided if counts is not None and counts.decided else 0.0


def _silence(line: LineState) -> tuple[bool, float, str]:
    seen = None if line.change is None else line.change.last_seen
    return (seen is not None, 0.0 if seen is None else seen.timestamp(), line.id)
