"""A file of rows that somebody saved somewhere: its encoding, its delimiter, its lines."""

import codecs
import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from netmon_collector.errors import TableError

MOST_BYTES = 64 * 1024 * 1024
_DELIMITERS = ("\t", ";", ",")  # where two cut alike, the comma is a decimal one
_SAMPLE_LINES = 20
_CONTROLS = {chr(code) for code in range(32)} - set("\t\r\n")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, and the line of the file that it ends on."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a file that are not empty."""

    encoding: str
    delimiter: str
    rows: tuple[Row, ...]


def read_table(data: bytes, *, delimiter: str | None = None) -> Table:
    """Raises TableError for what is no text, no table or empty."""
    if len(data) > MOST_BYTES:
        raise TableError(f"is larger than {MOST_BYTES} bytes; split it")
    text, encoding = decode(data)
    found = delimiter or _delimiter(text)
    rows = tuple(row for row in _rows(text, found) if any(cell.strip() for cell in row.cells))
    if not rows:
        raise TableError("is empty; nothing to import")
    return Table(encoding=encoding, delimiter=found, rows=rows)


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file in UTF-8, with or without its mark, or in Windows-1251, and the name of the encoding."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise TableError(_ENCODING)
    for encoding, name in (("utf-8-sig", "UTF-8"), ("cp1251", "Windows-1251")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROLS & set(text):  # Windows-1251 takes nearly any bytes for text
            break
        return text, name
    raise TableError(_ENCODING)


_ENCODING = "is neither UTF-8 nor Windows-1251 text; save it as CSV in UTF-8"


def _delimiter(text: str) -> str:
    """The delimiter that cuts most of the first lines alike, and into the most cells."""
    lines = [line for line in text.splitlines() if line.strip()][:_SAMPLE_LINES]
    return max(_DELIMITERS, key=lambda one: _cut(lines, one))


def _cut(lines: Sequence[str], delimiter: str) -> tuple[int, int]:
    """How many lines have the usual number of cells, and that number; one cell is no cut."""
    widths = Counter(len(row.cells) for row in _rows("\n".join(lines), delimiter))
    width, count = max(widths.items(), key=lambda one: (one[1], one[0]), default=(0, 0))
    return (count, width) if width > 1 else (0, 0)


def _rows(text: str, delimiter: str) -> Sequence[Row]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, skipinitialspace=True)
    try:
        return [Row(reader.line_num, tuple(cells)) for cells in reader]
    except csv.Error as error:
        raise TableError(f"line {reader.line_num}: is no row of a table ({error})") from error
