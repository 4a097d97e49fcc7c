"""The formats of a report: one line each in a table. Another one is a function and a line (CONTRIBUTING.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from netmon_collector.report.content import content_of
from netmon_collector.report.content.words import Words
from netmon_collector.report.documents.fill import fill_document
from netmon_collector.report.documents.summary_fields import note_fields
from netmon_collector.report.documents.templates import Kind
from netmon_collector.report.html import page_html
from netmon_collector.report.links import Links
from netmon_collector.report.plain_text import mail_text
from netmon_collector.report.tables import sheets_of, verdicts_csv
from netmon_collector.report.workbook import workbook
from netmon_collector.use_cases.summary import Summary
from netmon_collector.wording.language import Language


class Format(StrEnum):
    HTML = "html"
    TEXT = "text"
    PDF = "pdf"
    XLSX = "xlsx"
    DOCX = "docx"
    CSV = "csv"

    @property
    def suffix(self) -> str:
        return "txt" if self is Format.TEXT else self.value

    @property
    def media_type(self) -> str:
        return _FORMATS[self].media_type


@dataclass(frozen=True, kw_only=True)
class ReportInputs:
    """What a report is made of; `templates` is where the district keeps its own of the DOCX, if it does."""

    summary: Summary
    language: Language
    links: Links
    templates: Path | None = None

    @cached_property
    def words(self) -> Words:
        return Words(summary=self.summary, language=self.language)


@dataclass(frozen=True, slots=True)
class RenderedReport:
    """A report; `problem` says in one line why it was not made from the district's own template."""

    data: bytes
    problem: str | None = None


def render_report(inputs: ReportInputs, format_: Format) -> RenderedReport:
    """The same summary gives the same bytes. Raises FontError."""
    return _FORMATS[format_].render(inputs)


def file_name(inputs: ReportInputs, format_: Format) -> str:
    summary = inputs.summary
    return f"report-{summary.territory.id}-{summary.period.name}.{inputs.language.value}.{format_.suffix}"


def _html(inputs: ReportInputs) -> RenderedReport:
    return RenderedReport(_page(inputs).encode())


def _page(inputs: ReportInputs) -> str:
    return page_html(content_of(inputs.summary, inputs.language, inputs.links))


def _text(inputs: ReportInputs) -> RenderedReport:
    return RenderedReport(mail_text(content_of(inputs.summary, inputs.language, inputs.links)).encode())


def _pdf(inputs: ReportInputs) -> RenderedReport:
    from netmon_collector.report.paper import paper  # noqa: PLC0415 - loading WeasyPrint takes a third of a second

    return RenderedReport(paper(_page(inputs), ""))


def _xlsx(inputs: ReportInputs) -> RenderedReport:
    return RenderedReport(workbook(sheets_of(inputs.words)))


def _docx(inputs: ReportInputs) -> RenderedReport:
    """The analytical note, dated by the day on which the summary was made."""
    summary = inputs.summary
    made_on = summary.made_at.astimezone(summary.territory.time_zone).date()
    filled = fill_document(Kind.NOTE, inputs.language, note_fields(inputs.words, made_on), folder=inputs.templates)
    return RenderedReport(filled.data, filled.problem)


def _csv(inputs: ReportInputs) -> RenderedReport:
    return RenderedReport(verdicts_csv(inputs.words))


@dataclass(frozen=True, slots=True)
class _Rendering:
    media_type: str
    render: Callable[[ReportInputs], RenderedReport]


_OFFICE = "application/vnd.openxmlformats-officedocument"
_FORMATS: Mapping[Format, _Rendering] = {
    Format.HTML: _Rendering("text/html", _html),
    Format.TEXT: _Rendering("text/plain", _text),
    Format.PDF: _Rendering("application/pdf", _pdf),
    Format.XLSX: _Rendering(f"{_OFFICE}.spreadsheetml.sheet", _xlsx),
    Format.DOCX: _Rendering(f"{_OFFICE}.wordprocessingml.document", _docx),
    Format.CSV: _Rendering("text/csv", _csv),
}
