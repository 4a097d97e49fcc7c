"""The policy (методика): every number that a verdict depends on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Protocol

from netmon.domain.interval import History
from netmon.domain.measurement import Direction
from netmon.domain.period import PeriodKind
from netmon.domain.registry import LocalityType, Text


class SchoolDays(Protocol):
    """The calendar as judging needs it."""

    def is_school_day(self, day: date) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """The hours of each weekday (0 is Monday) in which a line must work; `school_days_only` asks the calendar."""

    hours: Mapping[int, tuple[time, time]]
    school_days_only: bool

    def on(self, day: date, calendar: SchoolDays) -> tuple[time, time] | None:
        """The working hours of one local day, None on a day without any."""
        if self.school_days_only and not calendar.is_school_day(day):
            return None
        return self.hours.get(day.weekday())

    def contain(self, at: datetime, zone: tzinfo, calendar: SchoolDays) -> bool:
        local = at.astimezone(zone)
        hours = self.on(local.date(), calendar)
        return hours is not None and hours[0] <= local.time() and (hours[1] == time() or local.time() < hours[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class EnoughData:
    """The least that a verdict over a period of one kind stands on."""

    decided: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityRule:
    """How much of the known working time a line must be up, and how much of the working time must be known.

    Both in hundredths of a percent.
    """

    min_up_bp: int
    min_known_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SustainedRule:
    """How many valid sustained tests of a month must reach the limit."""

    min_passed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottlingRule:
    """What counts as throttling: a fall of a day's best rate by so much that holds so many school days."""

    fall_percent: int
    school_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganicRule:
    """How long users' own traffic must reach the limit without a break, and its share of a day's passes at most."""

    seconds: int
    max_percent: int

    def allowed(self, tested: int) -> int:
        """How many organic passes count beside so many tested ones."""
        return tested * self.max_percent // (100 - self.max_percent)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRule:
    """Which verdicts the indicator counts (D7).

    The latest period of `period` kind that ended on or before the date; with `open_period` the one that contains it.
    A period with fewer than `min_school_days` carries the latest earlier one, at most `carry_periods` back.
    """

    period: PeriodKind = PeriodKind.MONTH
    open_period: bool = False
    min_school_days: int = 10
    carry_periods: int = 4


class EstimateFrequency(StrEnum):
    SCHOOL_DAY = "school_day"
    CYCLE = "cycle"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimetableRule:
    """How often a line is measured and how the planner spreads it (D1).

    Within each cycle every line has its own position. A decision comes every cycle (upload every
    `upload_every_cycles`-th), an estimate once a school day, a sustained test once a week. Slots are issued to the end
    of the `ahead_school_days`-th school day, at least `ahead_days`; with `ahead_cycles` only so many cycles.
    """

    cycle: timedelta = timedelta(hours=1)
    decisions: bool = True
    upload_every_cycles: int | None = 3
    estimate: EstimateFrequency = EstimateFrequency.SCHOOL_DAY
    sustained_weekly: bool = True
    grace: timedelta = timedelta(minutes=10)
    ahead_school_days: int = 7
    ahead_days: int = 7
    ahead_cycles: int | None = None
    server_fill_percent: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the method by which lines are judged.

    `tolerance_bp` is in hundredths of a percent. The limit of a threshold is threshold * (1 - tolerance), IP layer.
    `accept_emulated` lets lines decide that a relay emulates: for demonstrations only. `enough_estimates` is what the
    rule `median` needs; a rule of guaranteed traffic that is None does not hold; without `organic` only tests pass.
    """

    id: str
    name: Text
    thresholds: History[Mapping[LocalityType, int]]
    tolerance_bp: int
    deciding_directions: tuple[Direction, ...]
    working_hours: WorkingHours
    rule: str
    min_share_percent: int
    enough: Mapping[PeriodKind, EnoughData]
    max_excluded_percent: int
    receipt_required: bool
    accept_emulated: bool
    proof_within: timedelta
    coverage: CoverageRule = field(default_factory=CoverageRule)
    timetable: TimetableRule = field(default_factory=TimetableRule)
    enough_estimates: Mapping[PeriodKind, int] | None = None
    availability: AvailabilityRule | None = None
    sustained: SustainedRule | None = None
    throttling: ThrottlingRule | None = None
    organic: OrganicRule | None = None

    def threshold_bps(self, locality: LocalityType, day: date) -> int | None:
        """The threshold in force on a day, None before the first."""
        thresholds = self.thresholds.at(day)
        return None if thresholds is None else thresholds.get(locality)

    def limit_bps(self, threshold_bps: int) -> int:
        """The least rate that passes, rounded up to whole bits per second."""
        return -(-threshold_bps * (10_000 - self.tolerance_bp) // 10_000)

    @property
    def least_limit_bps(self) -> int:
        """What a server must have delivered to prove anything about any line."""
        return min(self.limit_bps(threshold) for entry in self.thresholds.entries for threshold in entry.value.values())
