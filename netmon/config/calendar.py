"""Reads calendar.yaml: the country's days off and the school years of each territory."""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from netmon.config.fields import read_text, read_version
from netmon.config.references import optional_items, read_territory
from netmon.config.strict import Mapping as Keys
from netmon.config.strict import Node, read_yaml
from netmon.domain.calendar import PeriodKind, PublicHolidays, SaturdayRule, SchoolCalendar, SchoolPeriod, SchoolYear
from netmon.domain.identifiers import TerritoryId
from netmon.domain.interval import Interval
from netmon.domain.registry import Text

_FIRST_YEAR, _LAST_YEAR = 2000, 2200
_SATURDAY = 5


def read_calendars(path: Path, *, territories: Collection[TerritoryId]) -> Mapping[TerritoryId, SchoolCalendar]:
    """The school calendar of each territory that the file names; `territories` are those of the registry.

    Raises ConfigError with one line for anything that cannot be used.
    """
    keys = read_yaml(path).mapping()
    read_version(keys)
    if (note := keys.optional("note")) is not None:
        read_text(note)
    holidays = _public_holidays(keys.take("public_holidays"))
    calendars: dict[TerritoryId, SchoolCalendar] = {}
    for node in keys.take("calendars").items():
        calendar = _calendar(node, holidays, territories)
        if calendar.territory in calendars:
            node.fail(f"a second calendar of '{calendar.territory}'", "keep one of the two")
        calendars[calendar.territory] = calendar
    keys.finish()
    return calendars


def _public_holidays(node: Node) -> PublicHolidays:
    years: set[int] = set()
    days_off: dict[date, Text] = {}
    working_days: set[date] = set()
    for entry in node.items():
        keys = entry.mapping()
        year_node = keys.take("year")
        year = year_node.integer(_FIRST_YEAR, _LAST_YEAR)
        if year in years:
            year_node.fail(f"{year} is given twice", "keep one of the two")
        years.add(year)
        days_off |= _days_off(keys.take("days_off"), year)
        working_days |= _working_days(keys.take("working_days"), year, days_off)
        keys.finish()
    return PublicHolidays(years=frozenset(years), days_off=days_off, working_days=frozenset(working_days))


def _days_off(node: Node, year: int) -> dict[date, Text]:
    days: dict[date, Text] = {}
    for entry in node.items():
        keys = entry.mapping()
        day_node = keys.take("date")
        day = _day_of_year(day_node, year)
        if day in days:
            day_node.fail(f"{day} is given twice", "keep one of the two")
        days[day] = read_text(keys.take("name"))
        keys.finish()
    return days


def _working_days(node: Node, year: int, days_off: Collection[date]) -> set[date]:
    days: set[date] = set()
    for entry in node.items():
        day = _day_of_year(entry, year)
        if day.weekday() < _SATURDAY:
            entry.fail(f"{day} is no Saturday or Sunday", "list only weekend days made working days")
        if day in days_off:
            entry.fail(f"{day} is also a day off", "keep one of the two")
        days.add(day)
    return days


def _day_of_year(node: Node, year: int) -> date:
    day = node.date()
    if day.year != year:
        node.fail(f"{day} is not in {year}", "move it to its year")
    return day


def _calendar(node: Node, holidays: PublicHolidays, territories: Collection[TerritoryId]) -> SchoolCalendar:
    keys = node.mapping()
    territory = read_territory(keys.take("territory"), territories)
    saturday = keys.take("saturday").choice(SaturdayRule)
    years: list[SchoolYear] = []
    for entry in keys.take("school_years").items():
        year = _school_year(entry)
        for other in years:
            if other.id == year.id or other.during.overlaps(year.during):
                entry.fail(f"'{year.id}' shares days or its id with '{other.id}'", "let each day belong to one year")
        years.append(year)
    keys.finish()
    return SchoolCalendar(territory=territory, saturday=saturday, holidays=holidays, years=tuple(years))


def _school_year(node: Node) -> SchoolYear:
    keys = node.mapping()
    identifier = keys.take("id").identifier()
    during = _interval(keys)
    periods = tuple(
        sorted(
            [
                *(_period(entry, PeriodKind.TERM) for entry in keys.take("terms").items()),
                *(_period(entry, PeriodKind.VACATION) for entry in keys.take("vacations").items()),
            ],
            key=lambda period: period.during,
        )
    )
    _check_tiling(node, during, periods)
    school_days = _extra_days(optional_items(keys, "extra_school_days"), during, frozenset())
    days_off = _extra_days(optional_items(keys, "extra_days_off"), during, school_days)
    keys.finish()
    return SchoolYear(
        id=identifier, during=during, periods=periods, extra_school_days=school_days, extra_days_off=days_off
    )


def _period(node: Node, kind: PeriodKind) -> SchoolPeriod:
    keys = node.mapping()
    period = SchoolPeriod(kind=kind, name=read_text(keys.take("name")), during=_interval(keys))
    keys.finish()
    return period


def _interval(keys: Keys) -> Interval:
    start, end_node = keys.take("from").date(), keys.take("to")
    end = end_node.date()
    if start >= end:
        end_node.fail(f"{end} is not after {start}", "write the first day that no longer belongs to it")
    return Interval(start, end)


def _check_tiling(node: Node, year: Interval, periods: tuple[SchoolPeriod, ...]) -> None:
    """Refuse a year in which a day belongs to no period or to two."""
    expected = year.start
    for period in periods:
        if period.during.start != expected:
            node.fail(
                f"'{period.name.en}' starts on {period.during.start}, not on {expected}",
                "let terms and vacations follow each other without gap or overlap",
            )
        expected = period.during.end
    if expected != year.end:
        node.fail(f"its terms and vacations end on {expected}, not on {year.end}", "cover the whole school year")


def _extra_days(nodes: list[Node], year: Interval, taken: Collection[date]) -> frozenset[date]:
    days: set[date] = set()
    for entry in nodes:
        day = entry.date()
        if not year.contains(day):
            entry.fail(f"{day} is outside of the school year", f"use days before {year.end}, from {year.start} on")
        if day in taken:
            entry.fail(f"{day} is also an extra school day", "keep one of the two")
        days.add(day)
    return frozenset(days)
