"""Targets by year and the records of a roadmap."""

from datetime import date

import pytest

from netmon.domain.identifiers import IndicatorId, TerritoryId
from tests.support.roadmaps import (
    DISTRICT,
    INDICATOR,
    a_fact,
    a_roadmap,
    an_activity,
    an_entered_value,
    an_indicator,
)

TARGETS = {2019: 17, 2020: 35, 2021: 52, 2022: 70, 2023: 88, 2024: 100}


@pytest.mark.parametrize(("year", "target"), TARGETS.items())
def test_the_target_is_that_of_the_year(year: int, target: int) -> None:
    indicator = an_indicator(TARGETS)
    assert indicator.target_at(date(year, 1, 1)) == target
    assert indicator.target_at(date(year, 12, 31)) == target


def test_the_last_target_holds_afterwards() -> None:
    assert an_indicator(TARGETS).target_at(date(2026, 11, 23)) == 100


def test_there_is_no_target_before_the_first_year() -> None:
    assert an_indicator(TARGETS).target_at(date(2018, 12, 31)) is None


def test_an_indicator_is_found_by_its_id() -> None:
    indicator = an_indicator(TARGETS)
    assert a_roadmap(indicators=(indicator,)).indicator(INDICATOR) is indicator
    assert a_roadmap(indicators=(indicator,)).indicator(IndicatorId("indicator-10")) is None


def test_the_latest_value_entered_up_to_the_date_counts() -> None:
    first = an_entered_value(date(2019, 12, 31), 3, 17)
    second = an_entered_value(date(2020, 12, 31), 6, 17)
    elsewhere = an_entered_value(date(2020, 6, 30), 1, 9, territory=TerritoryId("other"))
    roadmap = a_roadmap(entered=(second, elsewhere, first))
    assert roadmap.entered_at(INDICATOR, DISTRICT, date(2019, 12, 30)) is None
    assert roadmap.entered_at(INDICATOR, DISTRICT, date(2020, 12, 30)) is first
    assert roadmap.entered_at(INDICATOR, DISTRICT, date(2026, 1, 1)) is second
    assert roadmap.entered_at(INDICATOR, TerritoryId("other"), date(2026, 1, 1)) is elsewhere


def test_facts_come_in_the_order_of_their_dates_and_not_from_the_future() -> None:
    activity = an_activity(start=None, end=date(2020, 12, 31))
    late, early = (a_fact(activity, date(2020, month, 1), done=True) for month in (11, 10))
    roadmap = a_roadmap(late, early)
    assert roadmap.facts_of(activity.id, date(2020, 12, 1)) == (early, late)
    assert roadmap.facts_of(activity.id, date(2020, 10, 31)) == (early,)
