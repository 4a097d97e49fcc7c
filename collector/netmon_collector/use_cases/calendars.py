"""Which school calendar holds for a territory."""

from collections.abc import Mapping
from datetime import date

from netmon.domain.calendar import SchoolCalendar
from netmon.domain.identifiers import TerritoryId
from netmon.domain.policy import SchoolDays
from netmon.domain.registry import Registry

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
