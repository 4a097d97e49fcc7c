"""The analytical note (аналитическая справка) of a summary: also what a report is as DOCX."""

from datetime import date
from pathlib import Path

from netmon_collector.report.content.words import Words
from netmon_collector.report.documents.fill import Filled, fill_document
from netmon_collector.report.documents.summary_fields import note_fields
from netmon_collector.report.documents.templates import Kind
from netmon_collector.use_cases.summary import Summary
from netmon_collector.wording.language import Language


def analytical_note(summary: Summary, language: Language, *, made_on: date, folder: Path | None) -> Filled:
    """The note as it stands on a day, from the district's template in a folder, else ours."""
    return fill_document(
        Kind.NOTE, language, note_fields(Words(summary=summary, language=language), made_on), folder=folder
    )
