"""Documents are taken from the pages that they are about, in the reader's language."""

import io

import pytest
from docx import Document

from netmon.domain.identifiers import LineId, OrganisationId
from netmon.domain.registry import LineRole
from netmon.domain.verdict import SubjectKind, VerdictOutcome
from tests.support.collector import RunningCollector

WEEK = "2026-W46"


def _text(data: bytes) -> str:
    found = Document(io.BytesIO(data))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in found.paragraphs), *cells])


@pytest.mark.parametrize(("language", "said"), [("ru", "Акт"), ("en", "Act")])
def test_the_act_of_a_line_is_one_address(district: RunningCollector, language: str, said: str) -> None:
    answer = district.get(f"/lines/line-05/act.docx?period={WEEK}&lang={language}")
    assert answer.status == 200
    assert answer.headers["content-disposition"].endswith(f"act-line-05-{WEEK}.{language}.docx")
    text = _text(answer.body)
    assert said.lower() in text.lower()
    assert "line-05" in text


def _lines(district: RunningCollector, *, failing: bool) -> list[LineId]:
    store, registry = district.services.store, district.services.registry
    return [
        line.id
        for line in registry.lines
        for one in store.closed_standings_of(
            registry.locality_of(line.id).territory, SubjectKind.LINE, line.id, limit=9
        )
        if one.period.name == WEEK and (one.outcome is VerdictOutcome.NON_COMPLIANT) is failing
    ]


def test_a_letter_to_the_provider_is_offered_where_there_is_something_to_write(district: RunningCollector) -> None:
    failing, well = _lines(district, failing=True), _lines(district, failing=False)[0]
    line = next(one for one in failing if district.services.registry.line_by_id[one].role is LineRole.MAIN)
    answer = district.get(f"/lines/{line}/letter.docx?period={WEEK}")
    assert answer.status == 200
    assert line in _text(answer.body)
    assert district.get(f"/lines/{well}/letter.docx?period={WEEK}").status == 404


def test_a_letter_to_an_organisation_is_one_address(district: RunningCollector) -> None:
    page = district.get(f"/organisations/school-05/?period={WEEK}", Accept="text/html")
    assert f'href="letter.docx?period={WEEK}"' in page.text
    answer = district.get(f"/organisations/school-05/letter.docx?period={WEEK}&lang=en")
    assert answer.status == 200
    assert district.services.registry.organisation_by_id[OrganisationId("school-05")].name.en in _text(answer.body)
    assert district.get("/organisations/nobody/letter.docx").status == 404


def test_who_only_looks_is_offered_no_code(district: RunningCollector) -> None:
    page = district.get("/lines/line-05/", Accept="text/html")
    assert "act.docx?period=" in page.text
    assert "enrolment-sheet" not in page.text
