"""Tables as one workbook: typed cells, a frozen header, filters; no cell is ever a formula."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from netmon_collector.verifier.tables import Cell

_WIDTHS = {datetime: 20, str: 18, float: 12, int: 14}
_WIDEST = 44
_PAGE = 110
_CREATED = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table: `name` is on its tab, `titles` head its columns; `frozen` columns stay in sight."""

    name: str
    titles: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    frozen: int = 2


@dataclass(frozen=True, slots=True)
class _Formats:
    head: Format
    time: Format
    text: Format


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """The same sheets are the same bytes."""
    written = BytesIO()
    with Workbook(written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _CREATED})
        formats = _Formats(
            book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#e8eef5", "border": 1}),
            book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            book.add_format({"text_wrap": True, "valign": "top"}),
        )
        for sheet in sheets:
            _fill(book.add_worksheet(sheet.name), sheet, formats)
    return written.getvalue()


def _fill(page: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    for column, title in enumerate(sheet.titles):
        page.write_string(0, column, title, formats.head)
        page.set_column(column, column, _width(sheet, column))
    for number, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            _write(page, (number, column), cell, formats, wrapped=len(row) == 1)
    page.set_row(0, 45)
    page.freeze_panes(1, sheet.frozen)
    page.autofilter(0, 0, max(1, len(sheet.rows)), len(sheet.titles) - 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _write(page: Worksheet, place: tuple[int, int], cell: Cell, formats: _Formats, *, wrapped: bool) -> None:
    if isinstance(cell, datetime):
        page.write_datetime(*place, cell, formats.time)
    elif isinstance(cell, int | float):
        page.write_number(*place, cell)
    elif cell is not None:
        page.write_string(*place, cell, formats.text if wrapped else None)


def _width(sheet: Sheet, column: int) -> int:
    """By the kind of the first cell that has one, texts by their longest; a lone column is text to be read."""
    if len(sheet.titles) == 1:
        return _PAGE
    found = [row[column] for row in sheet.rows if row[column] is not None]
    texts = [len(cell) for cell in found if isinstance(cell, str)]
    if texts:
        return min(_WIDEST, max(_WIDTHS[str], max(texts) + 2))
    return _WIDTHS.get(type(found[0]), 14) if found else 14
