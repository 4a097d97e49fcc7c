"""The tables of a pack as one workbook: typed cells, a frozen header, filters."""

from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from netmon_collector.verifier.phrases import speaker
from netmon_collector.verifier.tables import Cell, Table
from netmon_collector.verifier.titles import titles_of

_WIDTHS = {datetime: 20, str: 18, float: 12, int: 14}
_WIDEST = 44
_CREATED = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def tables_workbook(tables: Mapping[str, Table], language: str) -> bytes:
    """A sheet for each table, by the table's name; the same tables are the same bytes."""
    written = BytesIO()
    with Workbook(written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _CREATED})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#e8eef5", "border": 1})
        time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for name, table in tables.items():
            _fill(book.add_worksheet(name), table, titles_of(table, speaker(language)), head=head, time=time)
    return written.getvalue()


def _fill(sheet: Worksheet, table: Table, titles: tuple[str, ...], *, head: Format, time: Format) -> None:
    for column, title in enumerate(titles):
        sheet.write_string(0, column, title, head)
        sheet.set_column(column, column, _width(table, column))
    for number, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            _write(sheet, number, column, cell, time)
    sheet.set_row(0, 45)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(titles) - 1)


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, time: Format) -> None:
    if isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell, time)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    elif cell is not None:
        sheet.write_string(row, column, cell)


def _width(table: Table, column: int) -> int:
    """By the kind of the first cell that has one, texts by their length."""
    first = next((row[column] for row in table.rows if row[column] is not None), None)
    if isinstance(first, str):
        return min(_WIDEST, max(_WIDTHS[str], len(first) + 2))
    return _WIDTHS.get(type(first), 14)
