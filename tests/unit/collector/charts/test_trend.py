"""The trend's drawing: sources told apart, steps of the targets, nothing invented, labels that fit."""

from dataclasses import replace
from datetime import date

import pytest

from netmon.domain.coverage import Coverage
from netmon_collector.charts.trend import Drawing, PointKind, TrendView, trend_view
from netmon_collector.wording import Language
from tests.support.pages import a_coverage, a_district, an_entered_coverage, some_trend, some_verdicts

RU = Language.RU


def a_trend(*simulated: int) -> TrendView:
    registry = a_district()
    return trend_view((*some_trend(registry, simulated=simulated), now()), RU)


def now() -> Coverage:
    return a_coverage(some_verdicts(a_district()))


def wide(trend: TrendView) -> Drawing:
    return trend.drawings[0]


def test_sources_are_told_apart() -> None:
    trend = a_trend(2019, 2020)

    assert [point.kind.value for point in trend.points] == [
        *["simulated"] * 2,
        *["entered"] * 3,
        "measured",
        "nothing",
        "measured",
    ]
    assert trend.has_simulated
    assert not a_trend().has_simulated
    assert PointKind.SIMULATED not in a_trend().kinds


def test_a_year_of_which_nothing_is_known_is_not_drawn_as_zero() -> None:
    drawing = wide(a_trend())

    assert [mark.point.day.year for mark in drawing.marks] == [2019, 2020, 2021, 2022, 2023, 2024, 2026]
    assert max(segment.x2 for segment in drawing.segments) == drawing.marks[-2].x


def test_the_present_value_is_drawn_even_if_it_is_zero() -> None:
    unknown = replace(now(), numerator=0, organisations=())

    assert [mark.point.share for mark in wide(trend_view([unknown], RU)).marks] == [0.0]


def test_a_stretch_looks_like_its_later_end() -> None:
    kinds = [segment.kind for segment in wide(a_trend(2019, 2020)).segments]

    assert kinds == [PointKind.SIMULATED, *[PointKind.ENTERED] * 3, PointKind.MEASURED]


def test_targets_are_steps_and_the_last_one_holds() -> None:
    drawing = wide(a_trend())

    assert [label.text for label in drawing.target_labels] == ["17", "35", "52", "70", "88", "100"]
    assert drawing.target_path.startswith(f"M{drawing.left:.1f} ")
    assert drawing.target_path.endswith(f"H{drawing.right:.1f}")
    assert drawing.target_path.count("V") == 7


def test_a_year_between_values_keeps_the_target_before_it() -> None:
    trend = trend_view([an_entered_coverage(2019, 3, illustrative=False), now()], Language.EN)

    assert [label.text for label in wide(trend).target_labels] == ["17", "100"]
    assert [label.text for label in wide(trend).years] == [str(year) for year in range(2019, 2027)]


def test_without_targets_there_are_no_steps() -> None:
    drawing = wide(trend_view([replace(now(), target_percent=None)], RU))

    assert drawing.target_path == ""
    assert drawing.target_labels == ()


def test_of_two_values_at_one_date_the_later_one_stands() -> None:
    trend = trend_view([replace(now(), numerator=1), now()], RU)

    assert [point.numerator for point in trend.points] == [8]


@pytest.mark.parametrize("numerator", range(18))
def test_marks_and_labels_stay_inside_the_drawing(numerator: int) -> None:
    trend = trend_view([replace(now(), numerator=numerator, at=date(2026, 12, 31))], RU)

    for drawing in trend.drawings:
        (mark,) = drawing.marks
        assert drawing.left <= mark.x <= drawing.right
        assert 10 <= mark.label_y <= drawing.height - 26
        assert mark.anchor == "end"


def test_a_narrow_drawing_names_fewer_years_but_the_last_one() -> None:
    narrow = a_trend().drawings[1]

    assert [label.text for label in narrow.years] == ["2020", "2022", "2024", "2026"]


def test_of_two_values_close_together_only_the_later_one_has_its_number() -> None:
    trend = trend_view([an_entered_coverage(2023, 13, illustrative=False), replace(now(), at=date(2024, 1, 9))], RU)

    for drawing in trend.drawings:
        assert [mark.label for mark in drawing.marks] == [None, "47"]


def test_an_empty_registry_divides_by_nothing() -> None:
    trend = trend_view([replace(now(), numerator=0, denominator=0)], RU)

    assert [(point.share, point.percent) for point in trend.points] == [(0.0, "0\u00a0%")]
