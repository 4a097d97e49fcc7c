"""Availability: what is up, what is down, and what nobody knows."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.availability import Availability, availability, days_of, working_spans
from netmon.domain.latency import LatencyWindow, Outage, OutageCause
from netmon.domain.period import Period
from netmon.domain.policy import AvailabilityRule, WorkingHours
from tests.support.domain import MONDAY, MOSCOW, WeekdaysAreSchoolDays, a_policy, local
from tests.support.evidence import a_window, down

RULE = AvailabilityRule(min_up_bp=9900, min_known_bp=8000)
HOUR = timedelta(hours=1)
WEEK = working_spans(
    days_of(Period.week(MONDAY)),
    hours=a_policy().working_hours,
    calendar=WeekdaysAreSchoolDays(),
    zone=MOSCOW,
    until=local(MONDAY + timedelta(days=7), 0),
)
ALL_WEEK = a_window(local(MONDAY, 0), local(MONDAY + timedelta(days=7), 0))


def known(*outages: Outage, windows: tuple[LatencyWindow, ...] = (ALL_WEEK,)) -> Availability:
    return availability(windows, outages, WEEK)


def at(hour: int, minute: int = 0, *, day: int = 0) -> timedelta:
    return timedelta(days=day, hours=hour, minutes=minute)


def an_outage(start: timedelta, end: timedelta, cause: OutageCause = OutageCause.PROVIDER) -> Outage:
    return down(local(MONDAY, 0) + start, local(MONDAY, 0) + end, cause=cause)


def test_working_time_is_that_of_school_days_in_the_zone_of_the_line() -> None:
    assert len(WEEK) == 5
    assert WEEK[0] == (local(MONDAY, 8), local(MONDAY, 18))


def test_working_time_ends_with_what_is_over() -> None:
    spans = working_spans(
        [MONDAY, date(2026, 11, 24)],
        hours=a_policy().working_hours,
        calendar=WeekdaysAreSchoolDays(),
        zone=MOSCOW,
        until=local(MONDAY, 9),
    )
    assert spans == [(local(MONDAY, 8), local(MONDAY, 9))]


def test_hours_until_midnight_end_with_the_next_day() -> None:
    around = WorkingHours(hours={day: (time(18), time()) for day in range(7)}, school_days_only=False)
    until = local(MONDAY + timedelta(days=7), 0)
    spans = working_spans([MONDAY], hours=around, calendar=WeekdaysAreSchoolDays(), zone=MOSCOW, until=until)
    assert spans == [(local(MONDAY, 18), local(MONDAY + timedelta(days=1), 0))]


def test_a_line_that_always_answers_is_up() -> None:
    assert known() == Availability(working=50 * HOUR, up=50 * HOUR)


def test_an_outage_counts_as_far_as_it_lies_in_working_hours() -> None:
    found = known(an_outage(at(7), at(9)), an_outage(at(17, 30), at(23)))
    assert (found.down, found.up, found.outages, found.longest) == (1.5 * HOUR, 48.5 * HOUR, 2, HOUR)


def test_stretches_of_one_outage_are_one() -> None:
    found = known(an_outage(at(9), at(10)), an_outage(at(10), at(12)), an_outage(at(9, 30), at(10, 30)))
    assert (found.down, found.outages, found.longest) == (3 * HOUR, 1, 3 * HOUR)


def test_a_pulled_cable_is_neither_up_nor_down() -> None:
    found = known(an_outage(at(9), at(11), OutageCause.NIC))
    assert (found.up, found.down, found.known) == (48 * HOUR, timedelta(), 48 * HOUR)


def test_a_line_behind_which_only_the_server_is_silent_is_up() -> None:
    assert known(an_outage(at(9), at(11), OutageCause.BEYOND)).up == 50 * HOUR


def test_a_window_without_an_answer_says_nothing_by_itself() -> None:
    silent = a_window(local(MONDAY, 8), local(MONDAY, 18), lost=True)
    assert known(windows=(silent,)) == Availability(working=50 * HOUR)


def test_one_target_that_answers_is_enough() -> None:
    pair = (a_window(local(MONDAY, 8), local(MONDAY, 9), lost=True), a_window(local(MONDAY, 8), local(MONDAY, 9)))
    assert known(windows=pair).up == HOUR


@pytest.mark.parametrize(
    ("up", "down_", "working", "is_known", "is_met"),
    [
        (99, 1, 100, True, True),
        (98.9, 1.1, 100, True, False),
        (80, 0, 100, True, True),  # unknown is neither up nor down
        (79.9, 0, 100, False, True),
        (79.993, 0, 100, False, True),
        (98.999, 1.001, 100, True, False),
        (79.2, 0.8, 100, True, True),
        (0, 0, 0, False, True),
    ],
)
def test_both_shares_are_compared_exactly(
    up: float, down_: float, working: float, is_known: bool, is_met: bool
) -> None:
    found = Availability(working=HOUR * working, up=HOUR * up, down=HOUR * down_)
    assert (found.is_known(RULE), found.is_met(RULE)) == (is_known, is_met)


hours = st.integers(0, 24 * 7)
pairs = st.lists(st.tuples(hours, hours).filter(lambda pair: pair[0] < pair[1]), max_size=6)


@given(pairs, pairs, st.sampled_from(OutageCause))
def test_up_and_down_never_overlap_and_never_exceed_the_working_time(
    answered: list[tuple[int, int]], lost: list[tuple[int, int]], cause: OutageCause
) -> None:
    windows = [a_window(local(MONDAY, 0) + HOUR * start, local(MONDAY, 0) + HOUR * end) for start, end in answered]
    outages = [an_outage(HOUR * start, HOUR * end, cause) for start, end in lost]
    found = availability(windows, outages, WEEK)
    assert found.up + found.down <= found.working
    assert found == availability([*reversed(windows), *windows], [*reversed(outages), *outages], WEEK)
    assert found.longest <= found.down


@given(pairs)
def test_losing_a_window_never_raises_what_is_up(answered: list[tuple[int, int]]) -> None:
    windows = [a_window(local(MONDAY, 0) + HOUR * start, local(MONDAY, 0) + HOUR * end) for start, end in answered]
    outage = an_outage(at(9), at(10))
    fewer = availability(windows[1:], [outage], WEEK)
    assert fewer.up <= availability(windows, [outage], WEEK).up
    assert fewer.down == HOUR
