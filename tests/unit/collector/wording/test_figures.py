"""Numbers and times as people read them: never better than they are, in the reader's notation."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.period import Period
from netmon_collector.wording import (
    Language,
    date_text,
    exact_rate_text,
    moment_text,
    percent_text,
    period_text,
    rate_text,
    share_percent,
)
from netmon_collector.wording.figures import bounds_percent, hour_text, integer_text, share_percent_up, tolerance_text

RU, EN = Language.RU, Language.EN


@pytest.mark.parametrize(
    ("rate_bps", "russian", "english"),
    [
        (None, "–", "–"),
        (0, "0,0\u00a0Мбит/с", "0.0\u00a0Mb/s"),
        (256_400, "0,256\u00a0Мбит/с", "0.256\u00a0Mb/s"),
        (47_499_999, "47,4\u00a0Мбит/с", "47.4\u00a0Mb/s"),
        (94_000_000, "94,0\u00a0Мбит/с", "94.0\u00a0Mb/s"),
        (1_234_500_000, "1\u00a0234,5\u00a0Мбит/с", "1,234.5\u00a0Mb/s"),
    ],
)
def test_a_measured_rate_is_rounded_down(rate_bps: int | None, russian: str, english: str) -> None:
    assert rate_text(rate_bps, RU) == russian
    assert rate_text(rate_bps, EN) == english


def test_a_limit_keeps_its_digits() -> None:
    assert exact_rate_text(48_750_000, RU) == "48,75\u00a0Мбит/с"
    assert exact_rate_text(50_000_000, EN) == "50\u00a0Mb/s"


@given(part=st.integers(0, 10_000), rest=st.integers(0, 10_000), required=st.integers(1, 100))
def test_a_shown_share_reaches_the_requirement_exactly_when_the_share_does(part: int, rest: int, required: int) -> None:
    whole = part + rest
    assert (share_percent(part, whole) >= required) == (whole > 0 and part * 100 >= required * whole)
    assert (share_percent_up(part, whole) <= required) == (part * 100 <= required * whole)


def test_a_share_is_cut_the_way_the_roadmap_cuts() -> None:
    assert [share_percent(3 * year, 17) for year in range(1, 6)] == [17, 35, 52, 70, 88]
    assert share_percent(0, 0) == share_percent_up(0, 0) == 0


def test_bounds_are_rounded_outwards() -> None:
    assert bounds_percent(0.4295, 0.8027) == (42, 81)
    assert bounds_percent(0.0, 1.0) == (0, 100)
    assert bounds_percent(0.29, 0.57) == (29, 57)


def test_percent_signs_follow_the_language() -> None:
    assert percent_text(64, RU) == "64\u00a0%"
    assert percent_text(64, EN) == "64%"
    assert tolerance_text(250, RU) == "2,5\u00a0%"
    assert integer_text(12_000, RU) == "12\u00a0000"


def test_times_are_local_to_the_territory() -> None:
    at = datetime(2026, 11, 23, 22, 3, tzinfo=UTC)

    assert moment_text(at, ZoneInfo("Europe/Moscow"), RU) == "24.11.2026, 01:03"
    assert moment_text(at, ZoneInfo("Asia/Kamchatka"), EN) == "24 Nov 2026, 10:03"
    assert date_text(date(2026, 5, 4), RU) == "04.05.2026"
    assert hour_text(9) == "09:00–10:00"


@pytest.mark.parametrize(
    ("period", "russian", "english"),
    [
        ("2026-11", "ноябрь 2026\u00a0г.", "November 2026"),
        ("2026-11-23", "23.11.2026", "23 Nov 2026"),
        ("2026-W47", "неделя 47, 16.11.2026\u00a0– 22.11.2026", "week 47, 16 Nov 2026\u00a0– 22 Nov 2026"),
    ],
)
def test_a_period_is_spoken_of(period: str, russian: str, english: str) -> None:
    assert period_text(Period.parse(period), RU) == russian
    assert period_text(Period.parse(period), EN) == english
