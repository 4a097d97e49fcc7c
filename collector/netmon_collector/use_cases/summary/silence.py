"""Since when an agent must have been heard of not to be silent: nights, week-ends and vacations are not its fault."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from netmon.domain.availability import days_of, working_spans
from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.period import Period
from netmon.domain.policy import Policy, SchoolDays
from netmon_collector.use_cases.calendars import calendar_of
from netmon_collector.use_cases.indicator import IndicatorInputs
from netmon_collector.use_cases.summary.standing import Standing

SilentBefore = Callable[[Standing, LineId], datetime | None]


def silence_limits(inputs: IndicatorInputs) -> SilentBefore:
    """The limit of each line in a standing, found once; None where it has none."""
    registry = inputs.registry
    known: dict[tuple[TerritoryId, Period, datetime], datetime | None] = {}

    def silent_before(at: Standing, line: LineId) -> datetime | None:
        if line not in registry.line_by_id:
            return None
        territory = registry.locality_of(line).territory
        key = (territory, at.period, at.as_of)
        if key not in known:
            known[key] = last_opening(
                at.period,
                at.as_of,
                policy=at.policy or inputs.policy,
                calendar=calendar_of(territory, inputs.calendars, registry),
                zone=registry.territory_by_id[territory].time_zone,
            )
        return known[key]

    return silent_before


def last_opening(
    period: Period, until: datetime, *, policy: Policy, calendar: SchoolDays, zone: tzinfo
) -> datetime | None:
    """When the working hours of the last school day of a period began that was over at an instant; None without one."""
    end = period.bounds(zone)[1]
    now = min(until, end)
    for day in reversed(days_of(period)):
        spans = working_spans([day], hours=policy.working_hours, calendar=calendar, zone=zone, until=end)
        if spans and spans[-1][1] <= now:
            return spans[0][0]
    return None
