"""Periods: local days, ISO weeks and months over which a verdict is given."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum


class PeriodKind(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_WEEK = re.compile(r"(\d{4})-W(\d{2})\Z")
_MONTH = re.compile(r"(\d{4})-(\d{2})\Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2999, 12, 30)  # no period reaches over the ends of the calendar


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Local days from `first` to `last`, both included."""

    first: date
    last: date
    kind: PeriodKind

    @classmethod
    def day(cls, day: date) -> "Period":
        return cls(day, day, PeriodKind.DAY)

    @classmethod
    def week(cls, day: date) -> "Period":
        """The ISO week (Monday to Sunday) that contains a day."""
        monday = day - timedelta(days=day.weekday())
        return cls(monday, monday + timedelta(days=6), PeriodKind.WEEK)

    @classmethod
    def month(cls, day: date) -> "Period":
        """The calendar month that contains a day."""
        first = day.replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
        return cls(first, following - timedelta(days=1), PeriodKind.MONTH)

    @classmethod
    def containing(cls, day: date, kind: PeriodKind) -> "Period":
        makers = {PeriodKind.DAY: cls.day, PeriodKind.WEEK: cls.week, PeriodKind.MONTH: cls.month}
        return makers[kind](day)

    @classmethod
    def parse(cls, text: str) -> "Period":
        """The period of ``2026-W47``, ``2026-11`` or ``2026-11-23``. Raises ValueError for anything else."""
        try:
            period = cls._parse(text)
        except OverflowError as error:
            raise ValueError(f"'{text}' reaches beyond the calendar") from error
        if not FIRST_DAY <= period.first <= period.last <= LAST_DAY:
            raise ValueError(f"'{text}' is out of range; write a period from {FIRST_DAY} to {LAST_DAY}")
        return period

    @classmethod
    def _parse(cls, text: str) -> "Period":
        if found := _WEEK.match(text):
            return cls.week(date.fromisocalendar(int(found[1]), int(found[2]), 1))
        if found := _MONTH.match(text):
            return cls.month(date(int(found[1]), int(found[2]), 1))
        if _DAY.match(text):
            return cls.day(date.fromisoformat(text))
        raise ValueError(f"'{text}' is no period: write 2026-W47, 2026-11 or 2026-11-23")

    @property
    def name(self) -> str:
        """The text that `parse` reads."""
        if self.kind is PeriodKind.WEEK:
            year, week, _ = self.first.isocalendar()
            return f"{year:04d}-W{week:02d}"
        return self.first.strftime("%Y-%m") if self.kind is PeriodKind.MONTH else self.first.isoformat()

    @property
    def previous(self) -> "Period":
        return Period.containing(self.first - timedelta(days=1), self.kind)

    def contains(self, day: date) -> bool:
        return self.first <= day <= self.last

    def bounds(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """The instants [start, end) of the period in a time zone, in UTC."""
        return local_midnight(self.first, zone), local_midnight(self.last + timedelta(days=1), zone)


def local_midnight(day: date, zone: tzinfo) -> datetime:
    """The instant at which a local day begins, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
