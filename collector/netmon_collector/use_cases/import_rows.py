"""The rows of an imported table as measurements: without receipt, at times that nobody vouches for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Protocol, TypeVar

from netmon.domain.identifiers import LineId, ServerId
from netmon.domain.measurement import (
    Decision,
    Direction,
    Flag,
    Measurement,
    Mode,
    Path,
    Reason,
    ReceiptState,
    ResultKind,
)
from netmon_collector.use_cases.import_cells import Unit, instant, is_missing, number, rate_bps
from netmon_collector.use_cases.import_layouts import NETMON, Column, Layout
from netmon_collector.use_cases.import_text import Row

E = TypeVar("E", bound=StrEnum)
_METHOD = "imported:"
_LONGEST_METHOD = 40
_UNKNOWN_SERVER = ServerId("unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What somebody says about a file: whose measurements it has, and what cannot be read from it."""

    line: LineId
    zone: tzinfo
    mapping: Mapping[Column, str] = field(default_factory=dict)
    unit: Unit | None = None
    delimiter: str | None = None
    has_heading: bool = True


class Reader(Protocol):
    """Reads the rows of one kind of table; raises ValueError for a row that cannot be used."""

    name: str
    heading: int
    width: int

    def read(self, row: Row) -> tuple[Sequence[Measurement], str | None]: ...


def printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


class TableReader:
    """A row a test, with what came down and what went up."""

    def __init__(self, layout: Layout, options: ImportOptions, now: datetime) -> None:
        self.name, self.heading, self.width = layout.name, layout.heading, layout.width
        self._layout, self._options, self._now = layout, options, now

    def read(self, row: Row) -> tuple[Sequence[Measurement], str | None]:
        columns = self._layout.columns
        at, note = instant(row.cells[columns[Column.TIMESTAMP]], self._options.zone, now=self._now)
        server = row.cells[columns[Column.SERVER]].strip() if Column.SERVER in columns else ""
        rates = {
            Direction.DOWN: self._rate(row, Column.DOWNLOAD),
            Direction.UP: self._rate(row, Column.UPLOAD),
        }
        found = [
            _measurement(self._options.line, at, direction, rate, method=self.name, server=server, mode=Mode.ESTIMATE)
            for direction, rate in rates.items()
            if rate is not None
        ]
        if not found:
            raise ValueError("has no rate: nothing was measured")
        return found, note

    def _rate(self, row: Row, column: Column) -> int | None:
        if column not in self._layout.columns:
            return None
        try:
            return rate_bps(row.cells[self._layout.columns[column]], self._layout.unit)
        except ValueError as error:
            raise ValueError(f"{column.value}: {error}") from error


class NetmonReader:
    """A row a measurement, as netmon's own API gives them; its slot and its receipt stay where it was made."""

    name = NETMON
    heading = 1

    def __init__(self, names: Sequence[str], options: ImportOptions, now: datetime) -> None:
        self.width = len(names)
        self._names, self._options, self._now = names, options, now

    def read(self, row: Row) -> tuple[Sequence[Measurement], str | None]:
        cells = dict(zip(self._names, row.cells, strict=True))
        at, note = instant(cells["started_at"], self._options.zone, now=self._now)
        kind = _member(ResultKind, cells, "kind") or ResultKind.NONE
        rate = None if kind is ResultKind.NONE else rate_bps(cells["rate_bps"], Unit.BIT)
        found = Measurement(
            line=self._options.line,
            slot=None,
            server=ServerId(cells.get("server", "").strip() or _UNKNOWN_SERVER),
            method=f"{_METHOD}{cells.get('method') or NETMON}"[:_LONGEST_METHOD],
            direction=_required(Direction, cells, "direction"),
            mode=_required(Mode, cells, "mode"),
            started_at=at,
            duration_s=_positive(cells, "duration_s") or 0.0,
            kind=kind,
            reason=_member(Reason, cells, "reason"),
            rate_bps=rate,
            goodput_bps=_whole(cells, "goodput_bps"),
            background_bps=_whole(cells, "background_bps"),
            censored_at_bps=_whole(cells, "censored_at_bps"),
            decision=_member(Decision, cells, "decision"),
            threshold_bps=_whole(cells, "threshold_bps"),
            limit_bps=_whole(cells, "limit_bps"),
            confidence=_positive(cells, "confidence"),
            bytes=_whole(cells, "bytes") or 0,
            path=_member(Path, cells, "path") or Path.UNKNOWN,
            receipt=ReceiptState.ABSENT,
            time_trusted=False,
            flags=frozenset(_flag(text) for text in cells.get("flags", "").split()),
        )
        return [found], note


def _whole(cells: Mapping[str, str], name: str) -> int | None:
    found = _positive(cells, name)
    return None if found is None else round(found)


def _positive(cells: Mapping[str, str], name: str) -> float | None:
    try:
        found = number(cells.get(name, ""))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    if found is not None and found < 0:
        raise ValueError(f"{name}: {found} is negative")
    return None if found is None else float(found)


def _flag(text: str) -> Flag:
    return _required(Flag, {"flags": text}, "flags")


def _member(enum: type[E], cells: Mapping[str, str], name: str) -> E | None:
    text = cells.get(name, "").strip()
    if is_missing(text) and text != ResultKind.NONE.value:
        return None
    if text not in {member.value for member in enum}:
        raise ValueError(f"{name}: '{text[:40]}' is none of {', '.join(enum)}")
    return enum(text)


def _required(enum: type[E], cells: Mapping[str, str], name: str) -> E:
    found = _member(enum, cells, name)
    if found is None:
        raise ValueError(f"{name}: is missing")
    return found


def _measurement(
    line: LineId, at: datetime, direction: Direction, rate: int, *, method: str, server: str, mode: Mode
) -> Measurement:
    """A rate as another program reported it: without receipt, and at a time that nobody vouches for."""
    return Measurement(
        line=line,
        slot=None,
        server=ServerId(printable(server)[:_LONGEST_METHOD] or _UNKNOWN_SERVER),
        method=f"{_METHOD}{method}",
        direction=direction,
        mode=mode,
        started_at=at,
        duration_s=0.0,
        kind=ResultKind.RATE,
        reason=None,
        rate_bps=rate,
        goodput_bps=None,
        background_bps=None,
        censored_at_bps=None,
        decision=None,
        threshold_bps=None,
        limit_bps=None,
        confidence=None,
        bytes=0,
        path=Path.UNKNOWN,
        receipt=ReceiptState.ABSENT,
        time_trusted=False,
    )
