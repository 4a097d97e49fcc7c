"""One summary in every format: the same figures everywhere, the same bytes every time, nothing that is a formula."""

import contextlib
import csv
import io
import re
import zipfile
import zlib
from dataclasses import replace

import pytest
from docx import Document
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader

from netmon.domain.verdict import VerdictOutcome
from netmon_collector.report.formats import Format, ReportInputs, file_name, render_report
from netmon_collector.report.links import Links
from netmon_collector.report.tables import mbps
from netmon_collector.use_cases.summary import Summary
from netmon_collector.verifier.tables import csv_text
from netmon_collector.wording import Language, verdict_word
from netmon_collector.wording.figures import percent_text
from tests.support.domain import a_registry, a_text
from tests.support.weeks import BAD, GOOD, W46, W47, Weeks

RU, EN = Language.RU, Language.EN


@pytest.fixture(scope="module")
def summary() -> Summary:
    """One complies, one fails, one is silent."""
    weeks = Weeks(registry=a_registry(organisations=3, contract_mbps=100))
    weeks.week(W46, {"line-01": GOOD, "line-02": GOOD, "line-03": None})
    weeks.close(W46)
    weeks.week(W47, {"line-01": GOOD, "line-02": BAD, "line-03": None})
    weeks.close(W47)
    return weeks.summary(W47)


def inputs(summary: Summary, language: Language = RU) -> ReportInputs:
    return ReportInputs(summary=summary, language=language, links=Links("https://netmon.example.org"))


def text_of(summary: Summary, form: Format, language: Language = RU) -> str:
    """What a person reads in a format, with plain spaces."""
    data = render_report(inputs(summary, language), form).data
    if form is Format.PDF:
        found = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    elif form is Format.XLSX:
        found = " ".join(str(cell) for sheet in book(data) for row in sheet.values for cell in row if cell is not None)
    elif form is Format.DOCX:
        found = docx_text(data)
    else:
        found = re.sub(r"<[^>]+>", " ", data.decode("utf-8-sig"))
    return " ".join(found.replace("\u00a0", " ").split())


def docx_text(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return " ".join((*(one.text for one in document.paragraphs), *cells))


def book(data: bytes) -> Workbook:
    return load_workbook(io.BytesIO(data))


def rows_of(summary: Summary, language: Language) -> list[dict[str, str]]:
    data = render_report(inputs(summary, language), Format.CSV).data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(data), delimiter=";" if language is RU else ","))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("form", [Format.HTML, Format.TEXT, Format.PDF, Format.DOCX])
def test_what_is_read_names_the_figures_of_the_domain(summary: Summary, form: Format, language: Language) -> None:
    said, coverage = text_of(summary, form, language), summary.coverage
    of = {RU: "из", EN: "of"}[language]

    assert f"{coverage.numerator} {of} {coverage.denominator}" in said
    assert percent_text(coverage.percent, language).replace("\u00a0", " ") in said
    for line in summary.failing_lines:
        figures = line.verdict.figures
        assert figures is not None
        assert (
            f"{figures.counts.passed} {of} {figures.counts.decided}" in said
            or "Ни в одном" in said
            or "None of" in said
        )
    assert summary.closed is not None
    assert summary.closed.root in said.replace(" ", "")
    assert summary.policy_hash in said.replace(" ", "")


@pytest.mark.parametrize("language", Language)
def test_tables_hold_every_figure_of_every_subject(summary: Summary, language: Language) -> None:
    found = book(render_report(inputs(summary, language), Format.XLSX).data)
    _, organisations, lines, *_ = found
    written = {row["Код" if language is RU else "Identifier"]: row for row in rows_of(summary, language)}

    for sheet, subjects in ((organisations, summary.organisations), (lines, summary.lines)):
        head, *rows = sheet.values
        assert len(rows) == len(subjects)
        for one in subjects:
            cells = dict(zip(head, next(row for row in rows if row[0] == one.id), strict=True))
            only = next(one.verdict.lines)
            assert only.figures is not None
            counts = only.figures.counts
            values = list(cells.values())
            assert verdict_word(one.verdict.outcome, language) in values
            share = counts.passed * 100 // counts.decided if counts.decided else None
            assert [counts.passed, counts.decided, share] == values_between(
                values, mbps(only.figures.estimates.median_bps)
            )
            assert values[-1] == one.explanation.in_language(language)
            for cell, title in zip(values, head, strict=True):
                in_csv = re.sub(r"[.,]0$", "", written[one.id][str(title)])  # a workbook writes 50.0 as 50
                assert in_csv == csv_text(cell, decimal="," if language is RU else ".")


def values_between(values: list[object], median: float | None) -> list[object]:
    """The counted figures: they follow the limit and the median."""
    place = next(number for number, cell in enumerate(values) if cell == 47.5) + 1
    assert values[place] == median
    return values[place + 1 : place + 4]


def test_the_first_sheet_counts_like_the_domain(summary: Summary) -> None:
    sheet, *_ = book(render_report(inputs(summary), Format.XLSX).data)
    figures = {str(row[0]): row[1] for row in sheet.values}

    assert figures["Организаций соответствует"] == summary.coverage.numerator
    assert figures["Организаций соответствует, верхняя граница"] == summary.coverage.upper_numerator
    assert figures["Организаций всего"] == summary.coverage.denominator
    assert figures["Организаций не хватает до цели"] == summary.coverage.missing
    for outcome in VerdictOutcome:
        word = verdict_word(outcome, RU).lower()
        assert figures[f"Организаций за период: {word}"] == summary.count(outcome)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("form", Format)
def test_the_same_summary_gives_the_same_report(summary: Summary, form: Format, language: Language) -> None:
    first, second = (render_report(inputs(summary, language), form).data for _ in range(2))
    if form is Format.PDF:  # its producer may write what it likes beside the pages
        assert text_of(summary, form, language) == text_of(summary, form, language)
    else:
        assert first == second


def test_a_name_that_looks_like_a_formula_stays_a_text(summary: Summary) -> None:
    name = a_text("=1+1")
    changed = replace(summary, organisations=tuple(replace(one, name=name) for one in summary.organisations))

    assert all(row["Организация"] == "'=1+1" for row in rows_of(changed, RU)[: len(changed.organisations)])
    sheet = book(render_report(inputs(changed), Format.XLSX).data).worksheets[1]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2, max_col=2) for cell in row} == {"s"}


def test_a_file_asks_for_nothing_beside_it(summary: Summary) -> None:
    page = render_report(inputs(summary), Format.HTML).data.decode()
    assert "<svg" in page
    assert not re.findall(r"(?:src|@import|url\()", page)


def test_the_pdf_brings_its_fonts(summary: Summary) -> None:
    data = render_report(inputs(summary), Format.PDF).data
    names = {str(one) for one in re.findall(rb"/BaseFont /([\w+-]+)", _unpacked(data))}
    assert names
    assert all("PT-Sans" in name or "Mono" in name for name in names)


def _unpacked(data: bytes) -> bytes:
    """The objects of a PDF, those in compressed streams too."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)
    found = [data]
    for stream in streams:
        with contextlib.suppress(zlib.error):
            found.append(zlib.decompress(stream))
    return b"\n".join(found)


def test_a_workbook_is_a_workbook_and_a_document_a_document(summary: Summary) -> None:
    for form, member in ((Format.XLSX, "xl/workbook.xml"), (Format.DOCX, "word/document.xml")):
        with zipfile.ZipFile(io.BytesIO(render_report(inputs(summary), form).data)) as archive:
            assert member in archive.namelist()
    assert file_name(inputs(summary), Format.TEXT) == "report-district-2026-W47.ru.txt"
