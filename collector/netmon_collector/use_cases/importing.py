"""Import of measurements made elsewhere: understood row by row, marked as imported, never deciding by default."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from netmon.domain.audit import AuditKind, Change
from netmon.domain.measurement import Measurement
from netmon.wire.canonical import format_time
from netmon_collector.errors import TableError
from netmon_collector.ports import ImportedMeasurement
from netmon_collector.use_cases.import_cells import Unit
from netmon_collector.use_cases.import_layouts import LayoutOptions, find_layout, is_netmon
from netmon_collector.use_cases.import_rows import ImportOptions, NetmonReader, Reader, TableReader, printable
from netmon_collector.use_cases.import_text import Table, read_table

_ROLE = "operator"


@dataclass(frozen=True, slots=True)
class LineNote:
    """Something to be said about one line of the file."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class UnderstoodLine:
    line: int
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A file as it was understood: `refused` lines are not taken, lines with `notes` are."""

    layout: str
    table: Table
    lines: tuple[UnderstoodLine, ...]
    refused: tuple[LineNote, ...]
    notes: tuple[LineNote, ...]

    @property
    def measurements(self) -> Iterator[Measurement]:
        for line in self.lines:
            yield from line.measurements


class ImportStore(Protocol):
    """What an import needs."""

    def add_imported(self, rows: Sequence[ImportedMeasurement], change: Change) -> int:
        """Store what is not there yet; answers how many were new."""
        ...


def understand(data: bytes, options: ImportOptions, *, now: datetime) -> Understood:
    """Raises TableError for a file that is no table of measurements; a line that is none stops no other."""
    table = read_table(data, delimiter=options.delimiter)
    reader: Reader
    if options.has_heading and not options.mapping and is_netmon(table.rows):
        if options.unit not in (None, Unit.BIT):
            raise TableError("has rates in bit/s, as its heading says; leave --unit out")
        reader = NetmonReader(table.rows[0].cells, options, now)
    else:
        said = LayoutOptions(mapping=options.mapping, unit=options.unit, has_heading=options.has_heading)
        reader = TableReader(find_layout(table.rows, said), options, now)
    return _read(table, reader)


def store_imported(understood: Understood, *, data: bytes, name: str, store: ImportStore, at: datetime) -> int:
    """Store the measurements; answers how many were new. The same row is stored once, however often it is imported."""
    rows = {(one.line, one.started_at, number): one for one, number in map(_numbered, understood.measurements)}
    change = Change(
        at=at,
        actor=_ROLE,
        kind=AuditKind.IMPORT,
        subject=", ".join(sorted({one.line for one in understood.measurements})),
        before=None,
        after=hashlib.sha256(data).hexdigest(),
        document=name,
    )
    imported = [ImportedMeasurement(number=number, measurement=one) for (_, _, number), one in rows.items()]
    return store.add_imported(imported, change)


def _numbered(one: Measurement) -> tuple[Measurement, int]:
    """A number that follows from what was measured, 60 bits: it fits into every database's whole numbers."""
    content = f"{one.line}\n{format_time(one.started_at)}\n{one.direction}\n{one.kind}\n{one.rate_bps}"
    return one, int(hashlib.sha256(content.encode()).hexdigest()[:15], 16)


def _read(table: Table, reader: Reader) -> Understood:
    lines: list[UnderstoodLine] = []
    refused: list[LineNote] = []
    notes: list[LineNote] = []
    for row in table.rows[reader.heading :]:
        try:
            if len(row.cells) != reader.width:
                raise ValueError(f"has {len(row.cells)} cells where the first line has {reader.width}")
            found, note = reader.read(row)
        except ValueError as error:
            refused.append(LineNote(row.line, printable(str(error))))
            continue
        lines.append(UnderstoodLine(row.line, tuple(found)))
        if note is not None:
            notes.append(LineNote(row.line, printable(note)))
    return Understood(layout=reader.name, table=table, lines=tuple(lines), refused=tuple(refused), notes=tuple(notes))
