"""roadmap.yaml: what is refused, and that the shipped roadmap is the whole one."""

import re
from datetime import date
from pathlib import Path

import pytest

from netmon.config.roadmap import read_roadmap
from netmon.domain.identifiers import IndicatorId, TerritoryId
from netmon.domain.roadmap import ActivityKind, DocumentKind, IndicatorSource, QuantityKind, Roadmap
from netmon.domain.roadmap_state import ActivityStatus, ResultStatus, activity_state, reaches, result_state
from netmon.errors import ConfigError
from tests.support.invalid_files import FOLDER, expected_message, invalid_files

TERRITORIES = {TerritoryId("district"), TerritoryId("region")}
SHIPPED = FOLDER.parents[2] / "config" / "roadmap.yaml"
TODAY = date(2026, 11, 23)


def shipped() -> Roadmap:
    return read_roadmap(SHIPPED, territories=TERRITORIES)


@pytest.mark.parametrize("name", invalid_files("roadmap"))
def test_a_mistake_is_one_line_with_its_place_and_mend(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_roadmap(FOLDER / name, territories=TERRITORIES)
    assert str(caught.value) == expected_message(name)


def test_a_small_roadmap_is_read_as_it_is_written() -> None:
    roadmap = read_roadmap(FOLDER / "valid-roadmap.yaml", territories=TERRITORIES)
    sites, internet = roadmap.results
    top, control_point = roadmap.activities
    assert (sites.number, sites.indicator, internet.indicator) == ("1.1", None, "indicator-1")
    assert (top.result, top.start, top.kind) == (sites.id, None, ActivityKind.RESULT)
    assert (control_point.parent, control_point.kind) == (top.id, ActivityKind.CONTROL_POINT)
    assert roadmap.facts[0].quantities == {QuantityKind.CHILDREN: 110, QuantityKind.GENERAL_SCHOOLS_PERCENT: 6}
    assert activity_state(roadmap, control_point, on=TODAY).status is ActivityStatus.DONE
    assert result_state(roadmap, sites, on=TODAY).status is ResultStatus.MET
    assert result_state(roadmap, internet, on=TODAY, shares=roadmap.entered_values).status is ResultStatus.MET


@pytest.mark.parametrize(("written", "reached"), [("69.96", False), ("70", True), ("70.0", True)])
def test_an_entered_percentage_is_taken_exactly(tmp_path: Path, written: str, reached: bool) -> None:
    text = (FOLDER / "valid-roadmap.yaml").read_text(encoding="utf-8")
    counted = "    numerator: 3\n    denominator: 17\n"
    assert counted in text
    path = tmp_path / "roadmap.yaml"
    path.write_text(text.replace(counted, f"    value_percent: {written}\n"), encoding="utf-8")
    value = read_roadmap(path, territories=TERRITORIES).entered_values[0]
    assert reaches(value, 70) is reached
    assert not value.counted


@pytest.mark.parametrize(
    ("number", "targets"),
    [
        (1, [17, 35, 52, 70, 88, 100]),
        (2, [0, 15, 30, 50, 80, 90]),
        (3, [0, 15, 40, 60, 85, 95]),
        (4, [0, 3, 8, 10, 15, 20]),
        (5, [0, 5, 10, 25, 35, 50]),
    ],
)
def test_the_shipped_targets_are_those_of_the_source(number: int, targets: list[int]) -> None:
    indicator = shipped().indicator(IndicatorId(f"indicator-{number}"))
    assert indicator is not None
    assert [indicator.target_at(date(year, 12, 31)) for year in range(2019, 2025)] == targets
    assert indicator.target_at(TODAY) == targets[-1]
    assert (indicator.base_percent, indicator.base_at) == (0, date(2018, 12, 31))
    assert indicator.source is (IndicatorSource.MEASURED if number == 1 else IndicatorSource.ENTERED)


def test_the_shipped_results_are_1_1_to_1_24_without_1_6() -> None:
    assert [result.number for result in shipped().results] == [f"1.{n}" for n in range(1, 25) if n != 6]


def test_every_result_is_due_at_the_end_of_the_year_that_its_text_names() -> None:
    for result in shipped().results:
        named = re.search(r"(?:к концу|до конца) (\d{4})", result.characteristic)
        if named is not None:
            assert result.due == date(int(named[1]), 12, 31), result.id


def test_every_figure_in_the_name_of_a_result_is_one_of_its_quantities() -> None:
    for result in shipped().results:
        name = re.split("со скоростью", result.title.ru)[0]
        assert {int(figure) for figure in re.findall(r"\d+", name)} <= {q.at_least for q in result.quantities}, name


def test_the_results_of_indicator_1_ask_for_its_targets() -> None:
    roadmap = shipped()
    linked = [result for result in roadmap.results if result.indicator is not None]
    assert [result.number for result in linked] == ["1.2", "1.8", "1.12", "1.16", "1.19", "1.22"]
    for result in linked:
        assert result.indicator is not None
        indicator = roadmap.indicator(result.indicator)
        assert indicator is not None
        assert result.quantities[0].at_least == indicator.target_at(result.due)


def test_what_contradicts_itself_in_the_source_carries_a_note_in_both_languages() -> None:
    roadmap = shipped()
    noted = {entry.number for entry in roadmap.results if entry.notes}
    assert {"1.2", "1.7", "1.13"} <= noted
    assert any("1.6" in note.ru and "1.6" in note.en for note in roadmap.notes)
    by_number = {result.number: result for result in roadmap.results}
    assert "8 %" in by_number["1.2"].notes[0].ru
    assert "30 %" in by_number["1.7"].notes[0].ru


def test_the_shipped_activity_plan_is_archived_rather_than_overdue_for_ever() -> None:
    roadmap = shipped()
    assert [activity.number for activity in roadmap.activities] == ["1", "1.1", "1.1.1", "1.1.2", "1.1.3"]
    assert {activity_state(roadmap, one, on=TODAY).status for one in roadmap.activities} == {ActivityStatus.ARCHIVED}


def test_the_shipped_activity_plan_asks_for_the_documents_of_the_source() -> None:
    assert [(one.kind, one.document) for one in shipped().activities] == [
        (ActivityKind.RESULT, None),
        (ActivityKind.CONTROL_POINT, DocumentKind.ANALYTICAL_NOTE),
        (ActivityKind.ACTIVITY, DocumentKind.OUTGOING_LETTER),
        (ActivityKind.ACTIVITY, DocumentKind.MEETING_DECISION),
        (ActivityKind.ACTIVITY, DocumentKind.OUTGOING_LETTER),
    ]


def test_the_shipped_roadmap_names_roles_and_nothing_was_recorded_yet() -> None:
    roadmap = shipped()
    assert {activity.responsible_role.ru for activity in roadmap.activities} == {"специалист комитета образования"}
    assert roadmap.facts == ()
    assert roadmap.entered_values == ()
    for result in roadmap.results:
        assert result_state(roadmap, result, on=TODAY).status is ResultStatus.NO_FACT
