"""The page of the roadmap as a value: every year apart, what wants attention told, sources named."""

from dataclasses import replace
from datetime import date

import pytest

from netmon.domain.coverage import Coverage
from netmon.domain.roadmap import EvidenceFile, IndicatorSource, QuantityKind
from netmon.domain.roadmap_state import activity_state, result_state
from netmon_collector.errors import NotFoundError
from netmon_collector.web.pages.roadmap.activities import activity_chips, activity_views
from netmon_collector.web.pages.roadmap.entry import entry_page, subject_by_id
from netmon_collector.web.pages.roadmap.indicators import indicator_views
from netmon_collector.web.pages.roadmap.results import Standing, result_chips, result_views, standing_of
from netmon_collector.wording import Language
from tests.support.pages import an_entered_coverage
from tests.support.roadmaps import a_fact, a_result, a_roadmap, an_activity, an_entered_value, an_indicator

RU, EN = Language.RU, Language.EN
TODAY = date(2026, 11, 26)
TARGETS = {2024: 90, 2025: 95}
RESULT = a_result(due=date(2020, 12, 31), quantities={QuantityKind.CHILDREN: 103})


def plain(text: str | None) -> str:
    return (text or "").replace("\u00a0", " ")


def test_a_value_belongs_to_its_year_alone() -> None:
    indicator = replace(an_indicator(TARGETS), source=IndicatorSource.ENTERED)
    proof = EvidenceFile(name="report.pdf", sha256="ab" * 32, size_bytes=9)
    value = replace(an_entered_value(date(2024, 12, 30), 9, 10), evidence=proof)
    (view,) = indicator_views(a_roadmap(entered=(value,), indicators=(indicator,)), (), TODAY, EN)
    cells = {one.year: one for one in view.cells}

    assert list(cells) == [2024, 2025, 2026]
    assert (plain(cells[2024].value), cells[2024].met, cells[2024].source) == ("9 of 10 (90%)", True, "simulated")
    assert cells[2024].file is not None
    assert (cells[2025].value, cells[2025].met, cells[2025].target) == (None, None, "95%")
    assert cells[2026].target == "95%"


def test_a_measured_year_without_any_verdict_has_no_value() -> None:
    silent = Coverage(
        territory=an_entered_coverage(2021, 8, illustrative=False).territory,
        at=TODAY,
        numerator=0,
        upper_numerator=0,
        denominator=17,
        target_percent=95,
        organisations=(),
    )
    known = replace(an_entered_coverage(2021, 8, illustrative=False), at=date(2024, 12, 31))
    (view,) = indicator_views(a_roadmap(indicators=(an_indicator(TARGETS),)), (known, silent), TODAY, RU)

    assert [plain(one.value) for one in view.cells] == ["8 из 17 (47 %)", "", ""]
    assert view.cells[0].source == "entered"
    assert view.cells[0].met is False


@pytest.mark.parametrize(
    ("at", "children", "standing"),
    [
        (date(2020, 12, 25), 110, Standing.MET),
        (date(2021, 3, 1), 110, Standing.LATE),
        (date(2020, 12, 25), 90, Standing.NOT_MET),
    ],
)
def test_a_result_stands_by_its_facts(at: date, children: int, standing: Standing) -> None:
    roadmap = a_roadmap(a_fact(RESULT, at, quantities={QuantityKind.CHILDREN: children}))

    assert standing_of(RESULT, result_state(roadmap, RESULT, on=TODAY), TODAY) is standing


def test_a_result_without_data_is_overdue_only_after_its_date() -> None:
    state = result_state(a_roadmap(), RESULT, on=TODAY)

    assert standing_of(RESULT, state, TODAY) is Standing.OVERDUE
    assert standing_of(RESULT, state, RESULT.due) is Standing.COMING


def test_a_filter_leaves_one_standing_and_every_count() -> None:
    found = [(RESULT, result_state(a_roadmap(), RESULT, on=TODAY))]

    assert [one.asked for one in result_views(found, TODAY, "overdue", EN)] == ["children: 103"]
    assert result_views(found, TODAY, "met", EN) == ()
    assert [(one.key, one.count, one.chosen) for one in result_chips(found, TODAY, "met", EN)] == [
        ("", 1, False),
        ("overdue", 1, False),
        ("met", 0, True),
    ]


def test_an_activity_names_its_document_and_that_it_was_late() -> None:
    activity = an_activity(start=None, end=date(2026, 9, 1))
    roadmap = a_roadmap(a_fact(activity, date(2026, 10, 1), done=True))
    planned = [(activity, activity_state(roadmap, activity, on=TODAY))]
    (view,) = activity_views(planned, "", RU)

    assert view.document == "аналитическая справка"
    assert view.state.word == "выполнено (с опозданием)"
    assert [one.key for one in activity_chips(planned, "", RU)] == ["", "done"]


def test_the_form_asks_for_what_the_subject_takes() -> None:
    roadmap = replace(a_roadmap(indicators=(an_indicator(TARGETS),)), results=(RESULT,))
    fact = entry_page(RESULT, roadmap, TODAY, EN)
    value = entry_page(roadmap.indicators[0], roadmap, TODAY, EN)

    assert [one.name for one in fact.quantities] == ["children"]
    assert (fact.asks_done, fact.is_value, value.asks_done, value.is_value) == (False, False, False, True)
    with pytest.raises(NotFoundError):
        subject_by_id(replace(roadmap, results=(a_result(due=TODAY, of_indicator=True),)), "result-1.10")
