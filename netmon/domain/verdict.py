"""Verdicts (заключения): what was found about a line, a site or an organisation over a period, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from netmon.domain.period import Period
from netmon.domain.slot import ExclusionReason
from netmon.domain.statistics import Bounds


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
    PARTS = "parts"
    NO_PARTS = "no_parts"
    EXEMPTION = "exemption"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The planned slots of a period by outcome; `days` counts local days with a decided slot."""

    passed: int = 0
    failed: int = 0
    strict_passed: int = 0
    line_down: int = 0
    excluded: Mapping[ExclusionReason, int] = field(default_factory=dict)
    days: int = 0

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


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """What a line's verdict stands on: enough for a person to check it by hand."""

    counts: Counts
    requirement: Requirement
    share_bounds: Bounds
    worst_hours: tuple[WorstHour, ...]
    rates: Rates | None
    last_seen: datetime | None


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
