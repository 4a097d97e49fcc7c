"""Cells of imported tables: units, decimal commas, what no line can have, times and the hours that clocks skip."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon_collector.use_cases.import_cells import HIGHEST_BPS, Unit, instant, number, rate_bps

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize("cell", ["", "  ", "N/A", "n/a", "NA", "null", "None", "-", "—"])
def test_what_is_not_there_is_missing_and_not_zero(cell: str) -> None:
    assert rate_bps(cell, Unit.MEGABIT) is None


@pytest.mark.parametrize(
    ("cell", "unit", "bps"),
    [
        ("93.46", Unit.MEGABIT, 93_460_000),
        ("93,46", Unit.MEGABIT, 93_460_000),
        ("93460000.4", Unit.BIT, 93_460_000),
        ("11682500", Unit.BYTE, 93_460_000),
        ("11 682 500", Unit.BYTE, 93_460_000),
        ("11\u00a0682\u00a0500", Unit.BYTE, 93_460_000),
        ("9.346E+07", Unit.BIT, 93_460_000),
        ("100000", Unit.MEGABIT, HIGHEST_BPS),
    ],
)
def test_a_rate_is_whole_bits_per_second_whatever_its_unit_and_comma(cell: str, unit: Unit, bps: int) -> None:
    assert rate_bps(cell, unit) == bps


@pytest.mark.parametrize(
    ("cell", "unit", "why"),
    [
        ("0", Unit.MEGABIT, "0 is zero: a measurement that failed is left empty"),
        ("0,0", Unit.BIT, "is zero"),
        ("-3", Unit.MEGABIT, "-3 is negative"),
        ("100001", Unit.MEGABIT, "100001 Mbit/s is above 100 Gb/s: is the unit right?"),
        ("fast", Unit.BIT, "'fast' is not a number"),
        ("1,234,567", Unit.BIT, "is not a number"),
        ("1.234,5", Unit.BIT, "is not a number"),
        ("inf", Unit.BIT, "is not a number"),
        ("nan", Unit.BIT, "is not a number"),
        ("٣", Unit.BIT, "is not a number"),
        ("1e99", Unit.BIT, "is above 100 Gb/s"),
    ],
)
def test_what_no_line_can_have_is_refused_with_its_reason(cell: str, unit: Unit, why: str) -> None:
    with pytest.raises(ValueError, match=why.replace("?", r"\?")):
        rate_bps(cell, unit)


@given(st.text(max_size=30))
def test_any_text_is_a_number_missing_or_refused(text: str) -> None:
    try:
        found = number(text)
    except ValueError:
        return
    assert found is None or found.is_finite()


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("2026-11-20T10:00:00.123456Z", datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2026-11-20T10:00:00+03:00", datetime(2026, 11, 20, 7, tzinfo=UTC)),
        ("2026-11-20 10:00:00", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20 9:05", datetime(2026, 11, 20, 8, 5, tzinfo=UTC)),
        ("20.11.2026 10:00", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("01.07.2026, 10:00:30", datetime(2026, 7, 1, 8, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_time_keeps_its_zone_and_one_without_is_of_the_given_zone(cell: str, at: datetime) -> None:
    assert instant(cell, BERLIN, now=NOW) == (at, None)


def test_an_hour_that_came_twice_is_taken_as_the_first_and_said() -> None:
    at, note = instant("2025-10-26 02:30:00", BERLIN, now=NOW)
    assert at == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert note == "2025-10-26 02:30:00 came twice in Europe/Berlin, the clocks were put back; taken as the first"


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("2026-03-29 02:30", "2026-03-29 02:30 does not exist in Europe/Berlin: the clocks were put forward"),
        ("2026-11-23 14:00", "lies in the future"),
        ("1970-01-01 00:00:10", "is before 2000: the clock was wrong"),
        ("0001-01-01 00:00", "is beyond the calendar"),
        ("2026-02-30 10:00", "there is no such day or hour"),
        ("2026-11-20 25:00", "there is no such day or hour"),
        ("2026-11-20", "is not a time; write"),
        ("03/04/2026 10:00", "is not a time; write"),
        ("", "is not a time; write"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_its_reason(cell: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        instant(cell, BERLIN, now=NOW)


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        at, _ = instant(text, BERLIN, now=NOW)
    except ValueError:
        return
    assert at <= NOW
