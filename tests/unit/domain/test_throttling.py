"""Throttling: a fall that holds, and what is not one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from netmon.domain.policy import ThrottlingRule
from netmon.domain.slot import ExclusionReason, FailCause, JudgedSlot, Outcome
from netmon.domain.throttling import DayRate, Fall, day_rates, find_fall, may_hide_fall, volume_of
from tests.support.domain import MEGABIT, MONDAY, a_measurement, a_slot, local

RULE = ThrottlingRule(fall_percent=20, school_days=3)
LIMIT = 47_500_000


def days(*mbps: float | None, bounds: Sequence[int] = (), hidden: bool = True) -> list[DayRate]:
    """Days by their best rates; None is a day without any, `bounds` are the places of mere bounds."""
    return [
        DayRate(
            day=MONDAY + timedelta(days=number),
            best_bps=None if rate is None else round(rate * MEGABIT),
            is_exact=rate is not None and number not in bounds,
            is_hidden=rate is None and hidden,
            limit_bps=None if rate is None else LIMIT,
        )
        for number, rate in enumerate(mbps)
    ]


def fall_of(*mbps: float | None, bounds: Sequence[int] = ()) -> Fall | None:
    return find_fall(days(*mbps, bounds=bounds), RULE)


def test_a_fall_that_holds_three_days_is_found_with_its_figures() -> None:
    found = fall_of(60, 61, 59, 60, 20, 21, 22)
    assert found == Fall(
        first=MONDAY + timedelta(days=4),
        last=MONDAY + timedelta(days=6),
        school_days=3,
        below_days=3,
        before_bps=60 * MEGABIT,
        after_bps=21 * MEGABIT,
    )
    assert found.is_below_limit(RULE)


@pytest.mark.parametrize(
    "mbps",
    [
        (60, 60, 60, 20, 20),  # holds two days
        (60, 60, 20, 20, 20),  # two days before
        (60, 60, 60, 20, 20, 60, 20, 20),  # never three in a row
        (60, 60, 60, 48.1, 48.1, 48.1),  # less than 20 % under every day before
        (60, 45, 60, 40, 40, 40),  # a line whose rate wanders: 40 is not 20 % under 45
        (20, 20, 20, 60, 60, 60),  # a rise
        (60, 60, 60, 60, 60, 60),
        (),
        (60,),
    ],
)
def test_what_does_not_hold_or_did_not_fall_is_no_throttling(mbps: Sequence[float]) -> None:
    assert fall_of(*mbps) is None


def test_the_medians_of_an_even_number_of_days_are_rates_that_were_measured() -> None:
    found = fall_of(58, 59, 61, 62, 20, 21, 23, 24)
    assert found is not None
    assert (found.before_bps, found.after_bps) == (59 * MEGABIT, 21 * MEGABIT)


def test_a_fall_of_exactly_a_fifth_is_one() -> None:
    found = fall_of(60, 60, 60, 48, 48, 48)
    assert found is not None
    assert (found.below_days, found.is_below_limit(RULE)) == (0, False)


def test_a_policy_may_take_a_single_day_for_a_fall() -> None:
    one_day = ThrottlingRule(fall_percent=20, school_days=1)
    found = find_fall(days(60, 20), one_day)
    assert found is not None
    assert (found.first, found.school_days) == (MONDAY + timedelta(days=1), 1)
    assert may_hide_fall(days(60, None), one_day)
    assert not may_hide_fall(days(60), one_day)


def test_a_fall_ends_when_the_rate_is_back() -> None:
    found = fall_of(60, 60, 60, 20, 20, 20, 20, 60, 20)
    assert found is not None
    assert (found.school_days, found.last) == (4, MONDAY + timedelta(days=6))


def test_a_fall_below_the_limit_goes_before_one_above_it() -> None:
    found = fall_of(200, 200, 200, 150, 150, 150, 170, 170, 30, 30, 30)
    assert found is not None
    assert found.first == MONDAY + timedelta(days=8)


def test_a_deep_fall_inside_a_slight_one_counts_as_below() -> None:
    found = fall_of(100, 100, 100, 70, 30, 30, 30)
    assert found is not None
    assert (found.first, found.school_days, found.below_days) == (MONDAY + timedelta(days=3), 4, 3)
    assert found.is_below_limit(RULE)


def test_a_day_without_a_rate_neither_holds_nor_ends_a_fall() -> None:
    found = fall_of(60, 60, 60, None, 20, None, 20, 20)
    assert found is not None
    assert (found.first, found.school_days) == (MONDAY + timedelta(days=4), 3)


def test_a_bound_above_ends_a_fall_and_a_bound_below_says_nothing() -> None:
    assert fall_of(100, 100, 100, 60, 60, 90, 60, bounds=[5]) is None
    found = fall_of(100, 100, 100, 60, 60, 55, 60, bounds=[5])
    assert found is not None
    assert found.school_days == 3
    assert fall_of(300, 300, 55, 300, 100, 100, 100, bounds=[2]) is not None  # nor does one before hide it
    assert fall_of(300, 300, 55, 100, 100, 100, bounds=[2]) is None  # two days before with a rate of their own


def hides(*mbps: float | None, hidden: bool = True, bounds: Sequence[int] = ()) -> bool:
    return may_hide_fall(days(*mbps, hidden=hidden, bounds=bounds), RULE)


def test_days_without_data_may_hide_a_fall() -> None:
    assert hides(60, 60, 60, None, None, None)
    assert hides(60, 60, 60, 20, None, None)
    assert hides(60, 60, 60, None, None, None, 60)
    assert hides(60, None, 60, 20, None, 20)
    assert not hides(60, 60, 60, None, None, 60, None)
    assert not hides(60, 60, None, None, None)
    assert not hides(60, 60, 60, None, None, None, hidden=False)
    assert not hides(60, 60, 60, 60, 60, 60)
    assert not hides(100, 100, 100, 70, None, None)  # at most two days could be below the limit
    assert hides(None, None, None, 20, 20, 20)
    assert not hides(60, 60, 60, 60, 50, None, None, bounds=[4])
    assert not hides(60, 60, 60, None, None, None, bounds=[2])  # a bound is no rate that anything fell from


def a_judged(
    outcome: Outcome,
    mbps: float | None,
    *,
    censored: bool = False,
    exclusion: ExclusionReason | None = None,
    day: date = MONDAY,
    cause: FailCause | None = None,
) -> JudgedSlot:
    return JudgedSlot(
        slot=a_slot(local(day, 10)),
        day=day,
        hour=10,
        outcome=outcome,
        exclusion=exclusion,
        cause=cause,
        rate_bps=None if mbps is None else round(mbps * MEGABIT),
        censored=censored,
        threshold_bps=50 * MEGABIT,
        limit_bps=LIMIT,
    )


def rates_of(*slots: JudgedSlot) -> list[tuple[float | None, bool, bool]]:
    return [
        (None if one.best_bps is None else one.best_bps / MEGABIT, one.is_exact, one.is_hidden)
        for one in day_rates(slots)
    ]


def test_a_days_rate_is_the_best_of_its_decided_slots() -> None:
    assert rates_of(a_judged(Outcome.PASS, 55, censored=True), a_judged(Outcome.PASS, 80)) == [(80, True, False)]
    assert rates_of(a_judged(Outcome.PASS, 55, censored=True)) == [(55, False, False)]
    assert rates_of(a_judged(Outcome.FAIL, 20, censored=True)) == [(20, True, False)]
    assert rates_of(a_judged(Outcome.PASS, 55), a_judged(Outcome.PASS, 55, censored=True)) == [(55, True, False)]


def test_excluded_slots_give_a_day_no_rate() -> None:
    off = a_judged(Outcome.EXCLUDED, None, exclusion=ExclusionReason.AGENT_OFF)
    unproven = a_judged(Outcome.EXCLUDED, 20, exclusion=ExclusionReason.UNPROVEN)
    dead = a_judged(Outcome.FAIL, None, cause=FailCause.LINE_DOWN)
    assert rates_of(unproven) == [(None, False, False)]
    assert rates_of(unproven, off) == [(None, False, True)]
    assert rates_of(dead) == [(None, False, False)]
    assert rates_of(off, a_judged(Outcome.PASS, 60)) == [(60, True, False)]


def test_days_come_in_order() -> None:
    later = a_judged(Outcome.PASS, 60, day=MONDAY + timedelta(days=1))
    assert [one.day for one in day_rates([later, a_judged(Outcome.PASS, 60)])] == [MONDAY, later.day]


def test_a_volume_is_what_we_sent_and_the_mean_of_what_others_did() -> None:
    seen = [a_measurement(a_slot(local(MONDAY, hour)), mbps=60) for hour in (8, 9, 10)]
    found = volume_of([*seen, seen[0]], timedelta(hours=10))
    assert (found.own_bytes, found.others_bytes, found.total_bytes) == (30_000_000, None, 30_000_000)


def test_others_traffic_is_scaled_from_the_measurements_that_saw_it() -> None:
    seen = [replace(a_measurement(mbps=60), background_bps=rate) for rate in (None, 1_000_000, 3_000_000)]
    found = volume_of(seen, timedelta(hours=10))
    assert (found.background_bps, found.samples) == (2_000_000, 2)
    assert found.others_bytes == 2_000_000 * 36_000 // 8 == 9_000_000_000
    assert found.total_bytes == 9_030_000_000
