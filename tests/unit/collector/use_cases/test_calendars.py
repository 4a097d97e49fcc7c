"""How far the school calendars are known, seen from what is planned."""

from datetime import UTC, date, datetime

from netmon.config.calendar import read_calendars
from netmon.config.defaults import default_file
from netmon.config.policy import read_policy
from netmon.config.registry import read_registry
from netmon_collector.use_cases.calendars import CalendarGap, gaps

REGISTRY = read_registry(default_file("registry.yaml"))
POLICY = read_policy(default_file("policy.yaml"))
CALENDARS = read_calendars(default_file("calendar.yaml"), territories=REGISTRY.territory_by_id.keys())


def found(at: datetime) -> list[CalendarGap]:
    return list(gaps(CALENDARS, registry=REGISTRY, policy=POLICY, at=at))


def test_a_calendar_that_reaches_as_far_as_slots_are_planned_has_no_gap() -> None:
    assert found(datetime(2026, 11, 23, 12, tzinfo=UTC)) == []


def test_a_calendar_that_ends_within_what_is_planned_is_told_while_today_is_known() -> None:
    first = {gap.territory: gap.first for gap in found(datetime(2027, 8, 28, 12, tzinfo=UTC))}
    assert first == dict.fromkeys(CALENDARS, date(2027, 9, 1))


def test_a_calendar_that_ended_is_unknown_from_today_on() -> None:
    gap = found(datetime(2028, 2, 1, 12, tzinfo=UTC))[0]
    assert (gap.first, gap.days >= 8) == (date(2028, 2, 1), True)
