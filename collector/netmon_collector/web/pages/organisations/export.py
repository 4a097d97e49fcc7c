"""The chosen organisations as tables to take away: CSV that Excel opens by itself, and XLSX with numbers as numbers."""

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import ROUND_FLOOR, Decimal

import xlsxwriter

from netmon.domain.registry import LocalityType
from netmon_collector.web.api.tables import harmless
from netmon_collector.web.pages.organisations.rows import OrganisationRow
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook
from netmon_collector.wording.words import findings_text, verdict_word, word

Cell = str | Decimal | None

_HEADINGS = (
    N_("Identifier"),
    N_("Organisation"),
    N_("Verdict"),
    N_("Provider"),
    N_("Locality"),
    N_("Type of locality"),
    N_("Line"),
    N_("Median rate, Mb/s"),
    N_("Threshold, Mb/s"),
    N_("Contracted rate, Mb/s"),
    N_("Measurements at the limit"),
    N_("Counted measurements"),
    N_("Share, %"),
    N_("Availability, %"),
    N_("Last heard of, UTC"),
    N_("Found"),
)
_BYTE_ORDER_MARK = "\ufeff"
_MEGABIT = 1_000_000
_WIDTHS = (18, 42, 22, 26, 24, 22, 14, 12, 12, 12, 12, 12, 10, 12, 18, 36)


def organisations_csv(rows: Sequence[OrganisationRow], language: Language) -> str:
    """Semicolons and decimal commas in Russian, commas and points in English; a mark that says UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if language is Language.RU else ",", lineterminator="\r\n")
    writer.writerow(_headings(language))
    writer.writerows([_plain(cell, language) for cell in cells(row, language)] for row in rows)
    return _BYTE_ORDER_MARK + text.getvalue()


def organisations_xlsx(rows: Sequence[OrganisationRow], period: str, language: Language) -> bytes:
    """One sheet: the period, then a table that can be filtered. No cell is ever a formula."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet(phrasebook(language).say("Organisations")[:31])
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        sheet.write_string(0, 0, period, bold)
        for column, (heading, width) in enumerate(zip(_headings(language), _WIDTHS, strict=True)):
            sheet.write_string(2, column, heading, wrapped)
            sheet.set_column(column, column, width)
        for place, row in enumerate(rows, start=3):
            for column, cell in enumerate(cells(row, language)):
                if isinstance(cell, Decimal):
                    sheet.write_number(place, column, float(cell))
                elif cell is not None:
                    sheet.write_string(place, column, cell)
        sheet.autofilter(2, 0, 2 + len(rows), len(_HEADINGS) - 1)
        sheet.freeze_panes(3, 2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
    return file.getvalue()


def cells(row: OrganisationRow, language: Language) -> Iterator[Cell]:
    """A missing figure is an empty cell, never 0."""
    known = row.availability
    yield row.id
    yield row.name
    yield verdict_word(row.outcome, language)
    yield ", ".join(name for _, name in row.providers)
    yield ", ".join(row.localities)
    yield ", ".join(word(kind, language) for kind in LocalityType if kind in row.kinds)
    yield row.line
    yield _megabits(row.rate_bps)
    yield _megabits(row.threshold_bps)
    yield _megabits(row.contract_bps)
    yield Decimal(row.passed) if row.decided else None
    yield Decimal(row.decided)
    yield _percent(row.passed, row.decided)
    yield None if known is None else _percent(known.up.total_seconds(), known.known.total_seconds())
    yield None if row.last_seen is None else f"{row.last_seen:%Y-%m-%d %H:%M}"
    yield findings_text(row.findings, language) or None


def _headings(language: Language) -> list[str]:
    return [phrasebook(language).say(heading) for heading in _HEADINGS]


def _megabits(rate_bps: int | None) -> Decimal | None:
    """Rounded down, as on the page: what is shown never reaches what the exact rate misses."""
    if rate_bps is None:
        return None
    return (Decimal(rate_bps) / _MEGABIT).quantize(Decimal("0.1"), rounding=ROUND_FLOOR)


def _percent(part: float, whole: float) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(str(part)) * 100 / Decimal(str(whole))).quantize(Decimal("0.01"), rounding=ROUND_FLOOR)


def _plain(cell: Cell, language: Language) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    return str(cell).replace(".", ",") if language is Language.RU else str(cell)
