"""Coverage: how many organisations of a territory comply at a date, held against the target (D7)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from netmon.domain.identifiers import OrganisationId, TerritoryId
from netmon.domain.period import Period
from netmon.domain.policy import CoverageRule, SchoolDays
from netmon.domain.registry import Text
from netmon.domain.verdict import VerdictOutcome

VerdictOf = Callable[[OrganisationId, Period], VerdictOutcome | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedOrganisation:
    """How one organisation entered the indicator; `carried` says that an earlier period stands in for the latest."""

    id: OrganisationId
    outcome: VerdictOutcome
    period: Period | None
    carried: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredShare:
    """A share that people reported for a date before netmon measured; `illustrative` marks made-up samples."""

    at: date
    numerator: int
    denominator: int
    document: str
    author_role: Text
    illustrative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NearOrganisation:
    """An organisation that does not comply and how many more passes it took (netmon.domain.shortfall)."""

    id: OrganisationId
    short_by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The coverage indicator of a territory at a date.

    `upper_numerator` adds the organisations whose verdict is not known. `nearest` are those that lack the fewest
    passes, nearest first. `entered` is the source of a year before netmon; its share has no list of organisations.
    """

    territory: TerritoryId
    at: date
    numerator: int
    upper_numerator: int
    denominator: int
    target_percent: int | None
    organisations: tuple[CountedOrganisation, ...]
    nearest: tuple[NearOrganisation, ...] = ()
    entered: EnteredShare | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met, by integers; None without a target."""
        return None if self.target_percent is None else self.missing == 0

    @property
    def missing(self) -> int | None:
        """How many more organisations the target takes; None without a target."""
        if self.target_percent is None:
            return None
        return max(0, -(-self.target_percent * self.denominator // 100) - self.numerator)

    @property
    def percent(self) -> int:
        """For display only, truncated the way the roadmap's targets are (3 of 17 is 17)."""
        return self.numerator * 100 // self.denominator if self.denominator else 0


def nearest_to_compliance(short_by: Mapping[OrganisationId, int | None]) -> tuple[NearOrganisation, ...]:
    """The organisations that a known number of passes keeps from complying, the fewest first."""
    known = [NearOrganisation(id=one, short_by=number) for one, number in short_by.items() if number is not None]
    return tuple(sorted(known, key=lambda one: (one.short_by, one.id)))


def counted_period(at: date, rule: CoverageRule, calendar: SchoolDays) -> tuple[Period, bool] | None:
    """The period whose verdict counts at a date, and whether it was carried; None when all are too short."""
    period = Period.containing(at, rule.period)
    if not rule.open_period and period.last > at:
        period = period.previous
    for step in range(rule.carry_periods + 1):
        if _school_days(period, calendar) >= rule.min_school_days:
            return period, step > 0
        period = period.previous
    return None


def _school_days(period: Period, calendar: SchoolDays) -> int:
    days = (period.last - period.first).days + 1
    return sum(calendar.is_school_day(period.first + timedelta(days=number)) for number in range(days))


def coverage(
    territory: TerritoryId,
    at: date,
    organisations: Sequence[OrganisationId],
    verdict_of: VerdictOf,
    *,
    rule: CoverageRule,
    calendar_of: Callable[[OrganisationId], SchoolDays],
    target_percent: int | None,
) -> Coverage:
    """The indicator over every organisation of the registry in force: the silent and the exempt ones included."""
    counted = tuple(
        _counted(organisation, counted_period(at, rule, calendar_of(organisation)), verdict_of)
        for organisation in sorted(organisations)
    )
    confirmed = sum(one.outcome is VerdictOutcome.COMPLIANT for one in counted)
    return Coverage(
        territory=territory,
        at=at,
        numerator=confirmed,
        upper_numerator=confirmed + sum(one.outcome.is_unknown for one in counted),
        denominator=len(counted),
        target_percent=target_percent,
        organisations=counted,
    )


def _counted(
    organisation: OrganisationId, found: tuple[Period, bool] | None, verdict_of: VerdictOf
) -> CountedOrganisation:
    outcome = None if found is None else verdict_of(organisation, found[0])
    return CountedOrganisation(
        id=organisation,
        outcome=outcome or VerdictOutcome.INSUFFICIENT_DATA,
        period=None if found is None else found[0],
        carried=found is not None and found[1],
    )


def entered_coverage(territory: TerritoryId, at: date, share: EnteredShare, *, target_percent: int | None) -> Coverage:
    """The indicator of a date before netmon, as people entered it."""
    return Coverage(
        territory=territory,
        at=at,
        numerator=share.numerator,
        upper_numerator=share.numerator,
        denominator=share.denominator,
        target_percent=target_percent,
        organisations=(),
        entered=share,
    )
