"""Which column of a table means what: the tables that netmon knows by themselves, any other by a mapping."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from netmon_collector.errors import TableError
from netmon_collector.use_cases.import_cells import Unit, instant
from netmon_collector.use_cases.import_text import Row

_FAR = datetime(9000, 1, 1, tzinfo=UTC)


class Column(StrEnum):
    """What a column can mean; the words of --map."""

    TIMESTAMP = "timestamp"
    DOWNLOAD = "download"
    UPLOAD = "upload"
    SERVER = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A table understood: its columns from 0, the unit of its rates, how many rows at its top are a heading."""

    name: str
    columns: Mapping[Column, int]
    unit: Unit
    heading: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutOptions:
    """What somebody said about a table. Columns are numbers from 1 or names of the heading."""

    mapping: Mapping[Column, str]
    unit: Unit | None = None
    has_heading: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A table that is known by the names of its heading."""

    name: str
    names: Mapping[Column, str]
    distinctive: frozenset[str]
    unit: Unit


_SPEEDTEST_CLI = _Known(
    name="speedtest-cli",
    names={
        Column.TIMESTAMP: "timestamp",
        Column.DOWNLOAD: "download",
        Column.UPLOAD: "upload",
        Column.SERVER: "server id",
    },
    distinctive=frozenset({"server id", "sponsor", "timestamp", "download", "upload"}),
    unit=Unit.BIT,
)
_OOKLA = _Known(
    name="ookla",
    names=_SPEEDTEST_CLI.names,
    distinctive=frozenset({"server id", "download", "upload", "download bytes", "upload bytes"}),
    unit=Unit.BYTE,
)
_KNOWN = (_SPEEDTEST_CLI, _OOKLA)
NETMON = "netmon"
NETMON_NAMES = frozenset({"started_at", "direction", "mode", "kind", "rate_bps"})
_SPEEDTEST_WIDTHS = (8, 10)  # without a heading: before and since it prints a share and an address
_SPEEDTEST_PLACES = {Column.SERVER: 0, Column.TIMESTAMP: 3, Column.DOWNLOAD: 6, Column.UPLOAD: 7}


def find_layout(rows: Sequence[Row], options: LayoutOptions) -> Layout:
    """Raises TableError when the table is none that is known and the mapping does not say enough."""
    first = rows[0].cells
    names = [cell.strip().lower() for cell in first] if options.has_heading else []
    known = next((one for one in _KNOWN if one.distinctive <= set(names)), None)
    places: dict[Column, int] = {}
    if known is not None:
        places = {column: names.index(name) for column, name in known.names.items() if name in names}
    elif not options.mapping and _is_speedtest(first):
        known, places = _SPEEDTEST_CLI, dict(_SPEEDTEST_PLACES)
    places |= {column: _place(text, names, len(first)) for column, text in options.mapping.items()}
    unit = options.unit or (None if known is None else known.unit)
    _check(places, unit, is_known=known is not None or bool(options.mapping))
    if unit is None:
        raise TableError("has rates of an unknown unit; say --unit bit/s, bytes/s or Mbit/s")
    return Layout(
        name="table" if known is None else known.name,
        columns=places,
        unit=unit,
        heading=0 if not options.has_heading or _is_time(first[places[Column.TIMESTAMP]]) else 1,
        width=len(first),
    )


def is_netmon(rows: Sequence[Row]) -> bool:
    """Whether the table is what netmon's own API gives."""
    return set(rows[0].cells) >= NETMON_NAMES


def _check(places: Mapping[Column, int], unit: Unit | None, *, is_known: bool) -> None:
    if not is_known:
        raise TableError(
            "is no table of speedtest-cli, Ookla's CLI or netmon; say --map timestamp=1,download=2 and --unit"
        )
    if Column.TIMESTAMP not in places:
        raise TableError("has no column with the time of the measurements; say --map timestamp=N")
    if Column.DOWNLOAD not in places and Column.UPLOAD not in places:
        raise TableError(
            "has no column with a rate; say --map download=N or upload=N" + ("" if unit else " and --unit")
        )


def _place(text: str, names: Sequence[str], width: int) -> int:
    """The column that a mapping means, from 0."""
    if text.isascii() and text.isdigit():
        if not 1 <= int(text[:6]) <= width:
            raise TableError(f"has no column {text}: its first line has {width}")
        return int(text) - 1
    if text.strip().lower() not in names:
        raise TableError(f"has no column '{text}' in its heading")
    return names.index(text.strip().lower())


def _is_speedtest(cells: Sequence[str]) -> bool:
    """Whether a row without a heading is one of speedtest-cli: by its width and the place of its time."""
    return len(cells) in _SPEEDTEST_WIDTHS and _is_time(cells[_SPEEDTEST_PLACES[Column.TIMESTAMP]])


def _is_time(cell: str) -> bool:
    try:
        instant(cell, UTC, now=_FAR)
    except ValueError:
        return False
    return True
