"""Periods: names, bounds, neighbours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.period import Period, PeriodKind


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-W47", date(2026, 11, 16), date(2026, 11, 22)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-11-23", date(2026, 11, 23), date(2026, 11, 23)),
    ],
)
def test_a_name_is_a_period_and_back(name: str, first: date, last: date) -> None:
    period = Period.parse(name)
    assert (period.first, period.last, period.name) == (first, last, name)


@pytest.mark.parametrize("text", ["", "2026", "2026-W54", "2026-13", "2026-02-30", "W47", "2026-11-23T10:00"])
def test_anything_else_is_no_period(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Period.parse(text)


@pytest.mark.parametrize("text", ["9999-12", "9999-12-31", "9999-W52", "0001-01", "0001-01-01", "0000-01", "1969-12"])
def test_a_period_beyond_the_calendar_is_refused_like_any_other_text(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Period.parse(text)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(PeriodKind))
def test_periods_follow_each_other_without_gap(day: date, kind: PeriodKind) -> None:
    period = Period.containing(day, kind)
    assert period.contains(day)
    assert period.previous.last + timedelta(days=1) == period.first
    assert Period.parse(period.name) == period


def test_days_are_cut_in_the_sites_time_zone() -> None:
    start, end = Period.parse("2026-11-23").bounds(ZoneInfo("Asia/Kamchatka"))
    assert (start, end) == (datetime(2026, 11, 22, 12, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC))


def test_a_day_of_changing_clocks_has_its_own_length() -> None:
    start, end = Period.parse("2026-03-29").bounds(ZoneInfo("Europe/Berlin"))
    assert end - start == timedelta(hours=23)
