"""Which school calendar holds for a territory, and how far it is known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from netmon.domain.calendar import SchoolCalendar
from netmon.domain.identifiers import TerritoryId
from netmon.domain.policy import Policy, SchoolDays
from netmon.domain.registry import Registry
from netmon.domain.timetable import horizon

Calendars = Mapping[TerritoryId, SchoolCalendar]


class WeekdaysOnly:
    """What stands in where nobody wrote a calendar: measuring goes on from Monday to Friday."""

    def is_school_day(self, day: date) -> bool:
        return day.weekday() < 5


def calendar_of(territory: TerritoryId, calendars: Calendars, registry: Registry) -> SchoolDays:
    """The calendar of a territory, else the nearest one of those it lies in."""
    current: TerritoryId | None = territory
    while current is not None:
        if current in calendars:
            return calendars[current]
        current = registry.territory_by_id[current].parent
    return WeekdaysOnly()


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarGap:
    """A calendar that does not cover days for which slots are planned now: those follow the weekdays alone."""

    territory: TerritoryId
    first: date
    days: int


def gaps(calendars: Calendars, *, registry: Registry, policy: Policy, at: datetime) -> Iterator[CalendarGap]:
    """The calendars that have to be renewed: they do not reach from today to the end of what is planned."""
    for territory, calendar in calendars.items():
        zone = registry.territory_by_id[territory].time_zone
        end = horizon(at, zone=zone, policy=policy, calendar=calendar).astimezone(zone)
        unknown = calendar.unknown_days(at.astimezone(zone).date(), end.date() + timedelta(days=end.time() != time()))
        if unknown:
            yield CalendarGap(territory=territory, first=unknown[0], days=len(unknown))
