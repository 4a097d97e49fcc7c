"""calendar.yaml: what is refused, and that the shipped calendar agrees with the country's."""

from datetime import date

import holidays
import pytest

from netmon.config.calendar import read_calendars
from netmon.domain.calendar import PeriodKind, SaturdayRule, SchoolCalendar
from netmon.domain.identifiers import TerritoryId
from netmon.errors import ConfigError
from tests.support.invalid_files import FOLDER, expected_message, invalid_files

DISTRICT = TerritoryId("district")
SHIPPED = FOLDER.parents[2] / "config" / "calendar.yaml"


def shipped() -> SchoolCalendar:
    return read_calendars(SHIPPED, territories={DISTRICT})[DISTRICT]


@pytest.mark.parametrize("name", invalid_files("calendar"))
def test_a_mistake_is_one_line_with_its_place_and_mend(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_calendars(FOLDER / name, territories={DISTRICT})
    assert str(caught.value) == expected_message(name)


def test_a_small_calendar_is_read_as_it_is_written() -> None:
    calendar = read_calendars(FOLDER / "valid-calendar.yaml", territories={DISTRICT})[DISTRICT]
    assert calendar.saturday is SaturdayRule.TRANSFERRED
    assert [period.kind for period in calendar.years[0].periods] == [PeriodKind.TERM, PeriodKind.VACATION]
    assert calendar.holidays.days_off[date(2026, 11, 4)].en == "Unity Day"
    assert calendar.school_days(date(2026, 11, 3), date(2026, 11, 9)) == (
        date(2026, 11, 3),
        date(2026, 11, 5),
        date(2026, 11, 6),
        date(2026, 11, 7),
    )


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_the_shipped_days_off_are_those_of_the_country_with_its_transfers(year: int) -> None:
    known = holidays.country_holidays("RU", years=year)
    calendar = shipped()
    assert {day for day in calendar.holidays.days_off if day.year == year} == set(known)
    assert {day for day in calendar.holidays.working_days if day.year == year} == known.weekend_workdays


def test_the_shipped_school_years_follow_each_other_without_an_unknown_day() -> None:
    assert shipped().unknown_days(date(2024, 9, 1), date(2027, 9, 1)) == ()


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_a_shipped_school_year_has_a_plausible_length(year: int) -> None:
    assert 160 <= len(shipped().school_days(date(year, 9, 1), date(year + 1, 9, 1))) <= 175


def test_the_shipped_summer_has_no_school_day() -> None:
    for year in (2025, 2026, 2027):
        assert shipped().school_days(date(year, 6, 1), date(year, 9, 1)) == ()
