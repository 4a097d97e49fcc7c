"""What a timetable brings, and which policies it cannot feed."""

from dataclasses import replace
from datetime import time, timedelta

from netmon.domain.feeding import Supply, supplies, unfed
from netmon.domain.measurement import Direction
from netmon.domain.period import PeriodKind
from netmon.domain.policy import EnoughData, EstimateFrequency, TimetableRule, WorkingHours
from tests.support.domain import LINE
from tests.support.evidence import NOVEMBER, a_calendar, slots_of, the_default_policy

POLICY = the_default_policy()


def keys(**changes: object) -> list[str]:
    return [one.key for one in unfed(replace(POLICY, **changes), a_calendar())]  # type: ignore[arg-type]


def test_the_supply_of_a_month_is_what_the_planner_plans() -> None:
    planned = slots_of(LINE, NOVEMBER, policy=POLICY)
    november = Supply(slots=21 * 11 + 4, estimates=21, sustained=4, days=21)
    deciding = [slot for slot in planned if slot.direction is Direction.DOWN]
    assert len(deciding) == november.slots
    most = supplies(POLICY, a_calendar())[PeriodKind.MONTH]
    assert most == Supply(slots=23 * 11 + 5, estimates=23, sustained=5, days=23)


def test_working_hours_to_midnight_are_a_whole_day() -> None:
    around = WorkingHours(hours={day: (time(), time()) for day in range(7)}, school_days_only=False)
    policy = replace(POLICY, working_hours=around, timetable=TimetableRule(cycle=timedelta(hours=1)))
    found = supplies(policy, a_calendar())
    assert (found[PeriodKind.DAY].slots, found[PeriodKind.WEEK].days, found[PeriodKind.MONTH].days) == (26, 7, 31)


def test_the_default_is_fed() -> None:
    assert keys() == []


def test_every_period_is_checked() -> None:
    enough = {kind: EnoughData(decided=10_000, days=1) for kind in PeriodKind}
    assert keys(enough=enough) == ["enough.day.decided", "enough.week.decided", "enough.month.decided"]


def test_a_policy_may_ask_for_the_last_slot() -> None:
    month = EnoughData(decided=258, days=23)
    enough = {**POLICY.enough, PeriodKind.MONTH: month}
    assert keys(enough=enough) == []
    assert keys(enough={**enough, PeriodKind.MONTH: replace(month, decided=259)}) == ["enough.month.decided"]
    assert keys(enough={**enough, PeriodKind.MONTH: replace(month, days=24)}) == ["enough.month.days"]


def test_uploads_that_are_never_planned_cannot_decide() -> None:
    both = (Direction.DOWN, Direction.UP)
    assert keys(deciding_directions=both) == []
    assert keys(deciding_directions=both, timetable=TimetableRule(upload_every_cycles=None)) == ["deciding_directions"]
    assert "deciding_directions" in keys(deciding_directions=both, timetable=TimetableRule(decisions=False))


def test_full_tests_are_downloads() -> None:
    assert {"sustained", "throttling"} <= set(keys(deciding_directions=(Direction.UP,)))
    estimates = {PeriodKind.DAY: 1, PeriodKind.WEEK: 1, PeriodKind.MONTH: 1}
    found = keys(rule="median", enough_estimates=estimates, deciding_directions=(Direction.UP,))
    assert "rule" in found


def test_estimates_every_cycle_bring_as_many() -> None:
    every = TimetableRule(estimate=EstimateFrequency.CYCLE, sustained_weekly=False)
    most = supplies(replace(POLICY, timetable=every), a_calendar())[PeriodKind.DAY]
    assert most == Supply(slots=20, estimates=10, sustained=0, days=1)


def test_a_calendar_without_school_days_asks_for_nothing() -> None:
    assert unfed(POLICY, replace(a_calendar(), years=())) == ()
