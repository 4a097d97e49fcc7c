"""Which days are school days, and which days nobody knows."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.calendar import (
    PeriodKind,
    PublicHolidays,
    SaturdayRule,
    SchoolCalendar,
    SchoolPeriod,
    SchoolYear,
)
from netmon.domain.identifiers import TerritoryId
from netmon.domain.interval import Interval
from netmon.domain.registry import Text

A_TEXT = Text(ru="пример", en="example")
MONDAY = date(2026, 11, 2)
HOLIDAY = date(2026, 11, 4)
SATURDAY = date(2026, 11, 7)
WORKING_SATURDAY = date(2026, 11, 14)
WORKING_SUNDAY = date(2026, 11, 15)
VACATION_MONDAY = date(2026, 10, 26)
YEAR = Interval(date(2026, 9, 1), date(2027, 9, 1))


def a_period(kind: PeriodKind, start: date, end: date) -> SchoolPeriod:
    return SchoolPeriod(kind=kind, name=A_TEXT, during=Interval(start, end))


def a_calendar(
    saturday: SaturdayRule = SaturdayRule.TRANSFERRED,
    *,
    extra_school_days: frozenset[date] = frozenset(),
    extra_days_off: frozenset[date] = frozenset(),
) -> SchoolCalendar:
    year = SchoolYear(
        id="2026-2027",
        during=YEAR,
        periods=(
            a_period(PeriodKind.TERM, date(2026, 9, 1), date(2026, 10, 24)),
            a_period(PeriodKind.VACATION, date(2026, 10, 24), MONDAY),
            a_period(PeriodKind.TERM, MONDAY, date(2027, 5, 27)),
            a_period(PeriodKind.VACATION, date(2027, 5, 27), date(2027, 9, 1)),
        ),
        extra_school_days=extra_school_days,
        extra_days_off=extra_days_off,
    )
    holidays = PublicHolidays(
        years=frozenset({2026}),
        days_off={HOLIDAY: A_TEXT, date(2026, 12, 31): A_TEXT},
        working_days=frozenset({WORKING_SATURDAY, WORKING_SUNDAY}),
    )
    return SchoolCalendar(territory=TerritoryId("district"), saturday=saturday, holidays=holidays, years=(year,))


def test_a_weekday_of_a_term_is_a_school_day() -> None:
    assert a_calendar().is_school_day(MONDAY)


@pytest.mark.parametrize("day", [HOLIDAY, VACATION_MONDAY, date(2026, 11, 8), date(2027, 7, 5)])
def test_holidays_vacations_sundays_and_the_summer_are_no_school_days(day: date) -> None:
    for rule in SaturdayRule:
        assert not a_calendar(rule).is_school_day(day)


@pytest.mark.parametrize(
    ("rule", "ordinary", "working_saturday", "working_sunday"),
    [
        (SaturdayRule.REST, False, False, False),
        (SaturdayRule.TRANSFERRED, False, True, True),
        (SaturdayRule.STUDY, True, True, True),
    ],
)
def test_saturdays_follow_the_rule(
    rule: SaturdayRule, ordinary: bool, working_saturday: bool, working_sunday: bool
) -> None:
    calendar = a_calendar(rule)
    assert calendar.is_school_day(SATURDAY) is ordinary
    assert calendar.is_school_day(WORKING_SATURDAY) is working_saturday
    assert calendar.is_school_day(WORKING_SUNDAY) is working_sunday


def test_single_days_go_before_every_rule() -> None:
    calendar = a_calendar(extra_school_days=frozenset({SATURDAY, HOLIDAY}), extra_days_off=frozenset({MONDAY}))
    assert calendar.is_school_day(SATURDAY)
    assert calendar.is_school_day(HOLIDAY)
    assert not calendar.is_school_day(MONDAY)


def test_a_day_outside_of_every_school_year_is_known_to_be_unknown() -> None:
    calendar = a_calendar()
    assert calendar.covers(MONDAY)
    assert not calendar.covers(date(2026, 8, 31))
    assert not calendar.covers(date(2027, 9, 1))


def test_a_year_without_entered_holidays_is_unknown_too() -> None:
    assert not a_calendar().covers(date(2027, 1, 15))


def test_an_unknown_day_is_judged_by_its_weekday_and_the_summer_is_free() -> None:
    calendar = a_calendar()
    assert calendar.is_school_day(date(2027, 9, 1))  # a Wednesday
    assert not calendar.is_school_day(date(2027, 9, 5))  # a Sunday
    assert not calendar.is_school_day(date(2028, 7, 3))  # a Monday in July


def test_school_days_run_to_the_day_before_the_end() -> None:
    assert a_calendar().school_days(MONDAY, date(2026, 11, 6)) == (MONDAY, date(2026, 11, 3), date(2026, 11, 5))
    assert a_calendar().school_days(MONDAY, MONDAY) == ()


def test_unknown_days_are_listed() -> None:
    assert a_calendar().unknown_days(date(2026, 8, 30), date(2026, 9, 2)) == (date(2026, 8, 30), date(2026, 8, 31))


@given(st.dates(date(2025, 1, 1), date(2029, 1, 1)), st.integers(0, 60))
def test_the_list_and_the_question_agree(start: date, length: int) -> None:
    calendar = a_calendar()
    days = [start + timedelta(days=offset) for offset in range(length)]
    assert list(calendar.school_days(start, start + timedelta(days=length))) == [
        day for day in days if calendar.is_school_day(day)
    ]
