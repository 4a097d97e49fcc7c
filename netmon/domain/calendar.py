"""The school calendar of a territory: which local days are school days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from netmon.domain.identifiers import TerritoryId
from netmon.domain.interval import Interval
from netmon.domain.registry import Text

_SATURDAY = 5
_SUMMER_MONTHS = (6, 7, 8)


class SaturdayRule(StrEnum):
    """Whether schools teach on Saturdays."""

    REST = "rest"  # never: a five-day week, whatever the state transfers
    TRANSFERRED = "transferred"  # on the weekend days that the state has made working days
    STUDY = "study"  # a six-day week


class PeriodKind(StrEnum):
    TERM = "term"
    VACATION = "vacation"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicHolidays:
    """The days off of the country and the weekend days made working days, as the state announced them."""

    years: frozenset[int]
    days_off: Mapping[date, Text]
    working_days: frozenset[date]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolPeriod:
    """A term or a vacation."""

    kind: PeriodKind
    name: Text
    during: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolYear:
    """A year of terms and vacations that leave no day out, the summer included."""

    id: str
    during: Interval
    periods: tuple[SchoolPeriod, ...]
    extra_school_days: frozenset[date] = frozenset()
    extra_days_off: frozenset[date] = frozenset()

    def period_at(self, day: date) -> SchoolPeriod | None:
        return next((period for period in self.periods if period.during.contains(day)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolCalendar:
    """The school days of one territory.

    A day outside of every school year is *unknown*, see `covers`; `is_school_day` then still answers, by the weekday
    and without the summer months, so that nobody stops measuring because a calendar was not renewed in time.
    """

    territory: TerritoryId
    saturday: SaturdayRule
    holidays: PublicHolidays
    years: tuple[SchoolYear, ...]

    def year_at(self, day: date) -> SchoolYear | None:
        return next((year for year in self.years if year.during.contains(day)), None)

    def covers(self, day: date) -> bool:
        """Whether the answer for `day` is known: a school year contains it and its public holidays are entered."""
        return day.year in self.holidays.years and self.year_at(day) is not None

    def is_school_day(self, day: date) -> bool:
        year = self.year_at(day)
        if year is None:
            return day.month not in _SUMMER_MONTHS and self._is_taught(day)
        if day in year.extra_days_off:
            return False
        if day in year.extra_school_days:
            return True
        period = year.period_at(day)
        return period is not None and period.kind is PeriodKind.TERM and self._is_taught(day)

    def school_days(self, start: date, end: date) -> Sequence[date]:
        """The school days from `start` to the day before `end`."""
        days = (start + timedelta(days=offset) for offset in range((end - start).days))
        return tuple(day for day in days if self.is_school_day(day))

    def unknown_days(self, start: date, end: date) -> Sequence[date]:
        """The days from `start` to the day before `end` that the calendar does not cover."""
        days = (start + timedelta(days=offset) for offset in range((end - start).days))
        return tuple(day for day in days if not self.covers(day))

    def _is_taught(self, day: date) -> bool:
        """Whether schools teach on such a day in a term: weekday, public holidays, transfers."""
        if day in self.holidays.days_off:
            return False
        if day.weekday() < _SATURDAY:
            return True
        if day in self.holidays.working_days:
            return self.saturday is not SaturdayRule.REST
        return day.weekday() == _SATURDAY and self.saturday is SaturdayRule.STUDY
