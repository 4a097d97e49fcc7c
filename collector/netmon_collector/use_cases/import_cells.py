"""What the cells of an imported table say: rates in any unit, times in any zone. A missing value is None, never 0."""

import re
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum

HIGHEST_BPS = 100_000_000_000
_MISSING = {"", "n/a", "na", "null", "none", "-", "–", "—"}
_SPACES = re.compile("[ \u00a0\u202f\u2009]")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(?:[.,][0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?\Z", re.ASCII)
_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{1,2})(:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s?(Z|[+-]\d{2}:?\d{2})?\Z", re.ASCII
)
_RUSSIAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}),? +(\d{1,2})(:\d{2}(?::\d{2})?)\Z", re.ASCII)
_FIRST_YEAR = 2000


class Unit(StrEnum):
    BIT = "bit/s"
    BYTE = "bytes/s"
    MEGABIT = "Mbit/s"

    @property
    def bits(self) -> int:
        return {Unit.BIT: 1, Unit.BYTE: 8, Unit.MEGABIT: 1_000_000}[self]


def is_missing(cell: str) -> bool:
    return cell.strip().lower() in _MISSING


def number(cell: str) -> Decimal | None:
    """A number with a point or a comma; spaces group digits. Raises ValueError."""
    if is_missing(cell):
        return None
    text = _SPACES.sub("", cell.strip())
    if not _NUMBER.match(text):
        raise ValueError(f"'{cell.strip()[:40]}' is not a number")
    return Decimal(text.replace(",", "."))


def rate_bps(cell: str, unit: Unit) -> int | None:
    """Whole bits per second. Raises ValueError for what no line can have."""
    value = number(cell)
    if value is None:
        return None
    found = int((value * unit.bits).to_integral_value())
    if found < 0:
        raise ValueError(f"{cell.strip()} is negative")
    if found == 0:
        raise ValueError(f"{cell.strip()} is zero: a measurement that failed is left empty")
    if found > HIGHEST_BPS:
        raise ValueError(f"{cell.strip()} {unit.value} is above 100 Gb/s: is the unit right?")
    return found


def instant(cell: str, zone: tzinfo, *, now: datetime) -> tuple[datetime, str | None]:
    """The time of a cell in UTC, and what is to be said about it. A time without a zone is one of `zone`.

    Raises ValueError for what is no time, for one that the zone's clocks skipped, and for one that cannot be.
    """
    found, note = _placed(_local(cell.strip()), zone, cell.strip())
    if found > now:
        raise ValueError(f"{cell.strip()} lies in the future")
    if found.year < _FIRST_YEAR:
        raise ValueError(f"{cell.strip()} is before {_FIRST_YEAR}: the clock was wrong")
    return found, note


def _local(text: str) -> datetime:
    """The time as it is written, with its zone or without."""
    if iso := _ISO.match(text):
        day, hour, rest, zone = iso[1], iso[2], iso[3], iso[4]
    elif russian := _RUSSIAN.match(text):
        day = f"{russian[3]}-{russian[2]:0>2}-{russian[1]:0>2}"
        hour, rest, zone = russian[4], russian[5], None
    else:
        raise ValueError(f"'{text[:40]}' is not a time; write 2026-11-23 10:00:00 or 23.11.2026 10:00")
    try:
        return datetime.fromisoformat(f"{day}T{hour:0>2}{rest.replace(',', '.')}{zone or ''}")
    except ValueError as error:
        raise ValueError(f"'{text[:40]}' is not a time: there is no such day or hour") from error


def _placed(local: datetime, zone: tzinfo, text: str) -> tuple[datetime, str | None]:
    if local.tzinfo is not None:
        return _utc(local, text), None
    first, second = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    found = _utc(first, text)
    if first.utcoffset() == second.utcoffset():
        return found, None
    if found.astimezone(zone).replace(tzinfo=None) != local:
        raise ValueError(f"{text} does not exist in {zone}: the clocks were put forward")
    return found, f"{text} came twice in {zone}, the clocks were put back; taken as the first"


def _utc(at: datetime, text: str) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text} is beyond the calendar") from error
