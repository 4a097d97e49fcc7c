"""Verdicts (заключения): what was found about a line, a site or an organisation over a period, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from netmon.domain.availability import Availability
from netmon.domain.estimates import ContractFigures, Estimates
from netmon.domain.period import Period
from netmon.domain.policy import AvailabilityRule, OrganicRule, SustainedRule, ThrottlingRule
from netmon.domain.slot import ExclusionReason
from netmon.domain.statistics import Bounds
from netmon.domain.sustained import Sustained
from netmon.domain.throttling import Fall


class VerdictOutcome(StrEnum):
    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON_COMPLIANT"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
    UNMEASURABLE = "UNMEASURABLE"
    EXEMPT = "EXEMPT"

    @property
    def is_unknown(self) -> bool:
        """Whether the verdict could still turn out compliant: such organisations make the upper bound."""
        return self in (VerdictOutcome.INSUFFICIENT_DATA, VerdictOutcome.UNMEASURABLE)


class SubjectKind(StrEnum):
    LINE = "line"
    SITE = "site"
    ORGANISATION = "organisation"


class Basis(StrEnum):
    """Which rule decided."""

    SHARE_MET = "share_met"
    SHARE_NOT_MET = "share_not_met"
    NO_SLOTS = "no_slots"
    TOO_FEW_DECIDED = "too_few_decided"
    TOO_FEW_DAYS = "too_few_days"
    TOO_MANY_EXCLUDED = "too_many_excluded"
    WITHHELD = "withheld"
    CEILINGS = "ceilings"
    MEDIAN_MET = "median_met"
    MEDIAN_NOT_MET = "median_not_met"
    MEDIAN_WITHHELD = "median_withheld"
    TOO_FEW_ESTIMATES = "too_few_estimates"
    AVAILABILITY_NOT_MET = "availability_not_met"
    AVAILABILITY_UNKNOWN = "availability_unknown"
    SUSTAINED_NOT_MET = "sustained_not_met"
    SUSTAINED_MISSING = "sustained_missing"
    THROTTLED = "throttled"
    THROTTLING_WITHHELD = "throttling_withheld"
    PARTS = "parts"
    NO_PARTS = "no_parts"
    EXEMPTION = "exemption"


class Finding(StrEnum):
    """What a verdict names beside its outcome (выявленное нарушение). Closed: later changes only add."""

    UNAVAILABLE = "unavailable"  # down for longer than allowed in working hours
    BURST = "burst"  # fast for the first seconds, below the limit after
    SUSTAINED_BELOW = "sustained_below"  # the sustained rate, and not only that, is below the limit
    THROTTLED = "throttled"  # a lasting fall of the rate, from a date and a volume on


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The planned slots of a period by outcome; `days` counts local days with a decided slot.

    `organic` of the passed ones were no tests but users' own traffic.
    """

    passed: int = 0
    failed: int = 0
    strict_passed: int = 0
    line_down: int = 0
    excluded: Mapping[ExclusionReason, int] = field(default_factory=dict)
    days: int = 0
    organic: int = 0

    @property
    def decided(self) -> int:
        return self.passed + self.failed

    @property
    def excluded_total(self) -> int:
        return sum(self.excluded.values())

    @property
    def planned(self) -> int:
        return self.decided + self.excluded_total


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstHour:
    """A local hour of the day and how its decided slots ended."""

    hour: int
    failed: int
    decided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Nearest-rank quantiles of the uncensored rates, bits per second."""

    count: int
    lowest_bps: int
    median_bps: int
    highest_bps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """The numbers of the policy that a line's verdict was held against.

    Thresholds and limits are those of the counted slots, so several where the locality changed within the period.
    """

    min_share_percent: int
    tolerance_bp: int
    thresholds_bps: tuple[int, ...]
    limits_bps: tuple[int, ...]
    decided: int
    days: int
    max_excluded_percent: int
    rule: str = "share"
    estimates: int | None = None
    availability: AvailabilityRule | None = None
    sustained: SustainedRule | None = None
    throttling: ThrottlingRule | None = None
    organic: OrganicRule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """What a line's verdict stands on: enough for a person to check it by hand.

    `availability`, `sustained` and `fall` are None where the policy has no such rule; `fall` also where none was found.
    """

    counts: Counts
    requirement: Requirement
    share_bounds: Bounds
    worst_hours: tuple[WorstHour, ...]
    rates: Rates | None
    last_seen: datetime | None
    estimates: Estimates = field(default_factory=Estimates)
    availability: Availability | None = None
    sustained: Sustained | None = None
    fall: Fall | None = None
    contracts: tuple[ContractFigures, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One verdict: a pure function of the stored inputs that `input_hash` names.

    A line's carries `figures`; a site's and an organisation's the verdicts of its `parts`.
    """

    kind: SubjectKind
    id: str
    period: Period
    outcome: VerdictOutcome
    basis: Basis
    policy_id: str
    input_hash: str
    figures: LineFigures | None = None
    parts: tuple["Verdict", ...] = ()
    exemption_document: str | None = None

    @property
    def lines(self) -> Iterator["Verdict"]:
        """The line verdicts that this one stands on, itself included."""
        if self.figures is not None:
            yield self
        for part in self.parts:
            yield from part.lines

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found about any of its lines, each once."""
        found = {finding for line in self.lines if line.figures is not None for finding in line.figures.findings}
        return tuple(finding for finding in Finding if finding in found)
