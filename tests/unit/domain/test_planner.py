"""Positions and slots: spread over the cycle, within the servers' budget, never moved."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.domain.identifiers import LineId, ServerId
from netmon.domain.measurement import Direction, Mode
from netmon.domain.planner import Demand, Planner, ServerOffer
from netmon.domain.policy import EstimateFrequency, TimetableRule
from netmon.domain.slot import Slot
from netmon.domain.timetable import Position, horizon, slots_between, slots_of_day
from tests.support.domain import MEGABIT, MONDAY, MOSCOW, NoSchoolIn, WeekdaysAreSchoolDays, a_policy, local

POLICY = a_policy()
CALENDAR = WeekdaysAreSchoolDays()
PLANNED_S = {Mode.DECISION: 4, Mode.ESTIMATE: 6, Mode.SUSTAINED: 30}


def a_demand(number: int = 1, *, mbps: int = 50, contract_mbps: int | None = 100) -> Demand:
    contract = None if contract_mbps is None else contract_mbps * MEGABIT
    return Demand(line=LineId(f"line-{number:04}"), threshold_bps=mbps * MEGABIT, contract_bps=contract, zone=MOSCOW)


def a_planner(*budgets_mbps: int, timetable: TimetableRule | None = None) -> Planner:
    offers = [
        ServerOffer(server=ServerId(f"server-{number}"), budget_bps=mbps * MEGABIT)
        for number, mbps in enumerate(budgets_mbps or (1000,), start=1)
    ]
    return Planner(offers, policy=a_policy(timetable=timetable))


def assigned(planner: Planner, number: int) -> list[Position]:
    found = [planner.assign(a_demand(one)) for one in range(number)]
    return [position for position in found if position is not None]


def day_of(position: Position, day: date = MONDAY) -> tuple[Slot, ...]:
    return slots_of_day(position, day, zone=MOSCOW, threshold_bps=50 * MEGABIT, policy=POLICY, calendar=CALENDAR)


def test_a_school_day_has_ten_decisions_three_or_four_uploads_and_one_estimate() -> None:
    (position,) = assigned(a_planner(), 1)
    kinds = Counter((slot.mode, slot.direction) for slot in day_of(position))
    assert kinds[Mode.DECISION, Direction.DOWN] == 10
    assert kinds[Mode.DECISION, Direction.UP] in (3, 4)
    assert kinds[Mode.ESTIMATE, Direction.DOWN] == 1


def test_a_week_has_one_sustained_test_also_when_its_day_is_a_holiday() -> None:
    (position,) = assigned(a_planner(), 1)

    class NoMonday:
        def is_school_day(self, day: date) -> bool:
            return 0 < day.weekday() < 5

    for calendar in (CALENDAR, NoMonday()):
        modes = [
            slot.mode
            for number in range(7)
            for slot in slots_of_day(
                position,
                MONDAY + timedelta(days=number),
                zone=MOSCOW,
                threshold_bps=50 * MEGABIT,
                policy=POLICY,
                calendar=calendar,
            )
        ]
        assert modes.count(Mode.SUSTAINED) == 1


def test_slots_lie_in_working_hours_of_school_days() -> None:
    for position in assigned(a_planner(), 20):
        for slot in day_of(position):
            assert local(MONDAY, 8) <= slot.starts_at < local(MONDAY, 18)
        assert day_of(position, MONDAY + timedelta(days=5)) == ()


def test_lines_are_spread_evenly_over_the_hour() -> None:
    offsets = sorted(position.offset_s for position in assigned(a_planner(), 100))
    gaps = [later - earlier for earlier, later in zip(offsets, [*offsets[1:], offsets[0] + 3600], strict=True)]
    assert max(gaps) <= 3 * 36


@settings(max_examples=5)
@given(st.integers(1, 60), st.integers(200, 1000))
def test_the_promise_never_exceeds_the_share_of_the_budget(lines: int, budget_mbps: int) -> None:
    """Counted anew, second by second, from the slots themselves and not from the planner's ledger."""
    promised: Counter[int] = Counter()
    for position in assigned(a_planner(budget_mbps), lines):
        for slot in day_of(position):
            start = int(slot.starts_at.timestamp())
            for second in range(start, start + PLANNED_S[slot.mode]):
                promised[second // 10] += slot.rate_bps
    assert max(promised.values()) <= budget_mbps * MEGABIT * 10 * 60 // 100


def test_a_full_server_takes_no_more_lines() -> None:
    planner = a_planner(120)
    while planner.assign(a_demand()) is not None:
        pass
    assert planner.assign(a_demand(mbps=10, contract_mbps=None)) is not None


def test_a_second_server_takes_its_half_and_each_is_the_others_fallback() -> None:
    positions = assigned(a_planner(1000, 1000), 40)
    assert Counter(position.server for position in positions) == {"server-1": 20, "server-2": 20}
    assert all(position.fallback_server not in (None, position.server) for position in positions)


def test_a_new_planner_goes_on_beside_what_was_assigned() -> None:
    positions = assigned(a_planner(300), 30)
    planner = a_planner(300)
    for number, position in enumerate(positions[:20]):
        planner.restore(position, a_demand(number))
    assert [planner.assign(a_demand(number)) for number in range(20, 30)] == positions[20:]


def test_a_line_whose_contract_is_larger_gets_a_larger_full_test() -> None:
    fast = a_planner().assign(a_demand(contract_mbps=300))
    slow = a_planner().assign(a_demand(contract_mbps=None))
    assert fast is not None
    assert slow is not None
    assert (fast.full_rate_bps, slow.full_rate_bps) == (375 * MEGABIT, 100 * MEGABIT)


def test_the_horizon_is_the_end_of_the_seventh_school_day() -> None:
    at = local(MONDAY, 12)
    found = horizon(at, zone=MOSCOW, policy=POLICY, calendar=CALENDAR)
    assert found == local(date(2026, 12, 3), 0)
    assert horizon(at, zone=MOSCOW, policy=POLICY, calendar=NoSchoolIn(12)) == local(date(2027, 1, 5), 0)


def test_the_horizon_of_a_calendar_without_school_days_is_seven_days() -> None:
    never = NoSchoolIn(*range(1, 13))
    found = horizon(local(MONDAY, 12), zone=MOSCOW, policy=POLICY, calendar=never)
    assert found == local(MONDAY + timedelta(days=8), 0)


def test_a_number_of_cycles_gives_each_line_the_same_number_of_slots() -> None:
    rule = TimetableRule(
        cycle=timedelta(seconds=30),
        upload_every_cycles=None,
        estimate=EstimateFrequency.CYCLE,
        sustained_weekly=False,
        ahead_cycles=2,
    )
    policy = a_policy(timetable=rule)
    planner = a_planner(4000, timetable=rule)
    at = local(MONDAY, 12, 1)
    end = horizon(at, zone=MOSCOW, policy=policy, calendar=CALENDAR)
    for position in assigned(planner, 16):
        slots = slots_between(
            position,
            at,
            end,
            zone=MOSCOW,
            threshold_on=lambda _day: 50 * MEGABIT,
            policy=policy,
            calendar=CALENDAR,
        )
        assert [slot.mode for slot in slots].count(Mode.DECISION) == 2
        assert [slot.mode for slot in slots].count(Mode.ESTIMATE) == 2


def test_no_slots_on_days_without_a_threshold() -> None:
    (position,) = assigned(a_planner(), 1)
    start = datetime(2026, 11, 23, tzinfo=UTC)
    slots = slots_between(
        position,
        start,
        start + timedelta(days=1),
        zone=MOSCOW,
        threshold_on=lambda _day: None,
        policy=POLICY,
        calendar=CALENDAR,
    )
    assert slots == ()


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kamchatka"])
def test_issued_slots_are_the_same_however_often_they_are_computed(zone: str) -> None:
    (position,) = assigned(a_planner(), 1)
    assert day_of(position) == day_of(position)
    assert len({slot.id for slot in day_of(position)}) == len(day_of(position))


@pytest.mark.parametrize(("mbps", "most_gb"), [(100, 5), (50, 3)])
def test_a_month_of_the_default_timetable_stays_within_its_traffic(mbps: int, most_gb: int) -> None:
    """With the median costs of docs/measurement.md; a sustained test of a flat line runs for 45 s or 400 MB."""
    second = mbps * MEGABIT / 8
    costs = {
        Mode.DECISION: 0.44 * second,
        Mode.ESTIMATE: 1.24 * second,
        Mode.SUSTAINED: min(45 * second, 400e6),
    }
    probes = 30 * 86_400 / 10 * 3 * 2 * 100  # every ten seconds to three places, there and back
    (position,) = assigned(a_planner(), 1)
    days = [date(2026, 11, number) for number in range(1, 31) if date(2026, 11, number).weekday() < 5]
    spent = sum(costs[slot.mode] for day in days for slot in day_of(position, day)) + probes

    assert spent <= most_gb * 1e9
    assert spent > 0.3 * most_gb * 1e9  # else this counts too little
