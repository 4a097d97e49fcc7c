"""Where results and activities stand on a day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.roadmap import QuantityKind
from netmon.domain.roadmap_state import ActivityStatus, ResultStatus, activity_state, reaches, result_state
from tests.support.roadmaps import Share, a_fact, a_result, a_roadmap, an_activity

DUE = date(2020, 12, 31)
LATER = date(2026, 11, 23)
ACTIVITY = an_activity(start=date(2020, 9, 15), end=date(2020, 9, 20))
CHILDREN = {QuantityKind.CHILDREN: 103, QuantityKind.GENERAL_SCHOOLS_PERCENT: 5}


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent", "expected"),
    [(3, 17, 17, True), (2, 17, 17, False), (17, 17, 100, True), (16, 17, 100, False), (0, 5, 0, True)],
)
def test_shares_compare_as_integers(numerator: int, denominator: int, percent: int, expected: bool) -> None:
    assert reaches(Share(at=DUE, numerator=numerator, denominator=denominator), percent) is expected


def test_a_share_just_under_the_target_is_not_rounded_up() -> None:
    assert not reaches(Share(at=DUE, numerator=6996, denominator=10_000), 70)


def test_a_share_of_nothing_reaches_nothing() -> None:
    assert not reaches(Share(at=DUE, numerator=0, denominator=0), 0)


@pytest.mark.parametrize(
    ("on", "status"),
    [
        (date(2020, 9, 14), ActivityStatus.UPCOMING),
        (date(2020, 9, 15), ActivityStatus.DUE),
        (date(2020, 9, 20), ActivityStatus.DUE),
        (date(2020, 9, 21), ActivityStatus.OVERDUE),
        (date(2021, 3, 31), ActivityStatus.OVERDUE),
        (date(2021, 4, 1), ActivityStatus.ARCHIVED),
        (LATER, ActivityStatus.ARCHIVED),
    ],
)
def test_an_activity_without_a_fact_is_overdue_until_its_year_closes(on: date, status: ActivityStatus) -> None:
    assert activity_state(a_roadmap(closes_after=90), ACTIVITY, on=on).status is status


def test_an_activity_without_a_start_is_due_until_its_end() -> None:
    activity = an_activity(start=None, end=DUE)
    assert activity_state(a_roadmap(), activity, on=date(2019, 1, 1)).status is ActivityStatus.DUE


def test_a_recorded_fact_makes_an_activity_done_from_its_day_on() -> None:
    roadmap = a_roadmap(a_fact(ACTIVITY, date(2020, 9, 18), done=True))
    assert activity_state(roadmap, ACTIVITY, on=date(2020, 9, 17)).status is ActivityStatus.DUE
    state = activity_state(roadmap, ACTIVITY, on=date(2020, 9, 18))
    assert (state.status, state.late) == (ActivityStatus.DONE, False)


def test_an_activity_of_a_closed_year_can_still_be_recorded_as_done_late() -> None:
    state = activity_state(a_roadmap(a_fact(ACTIVITY, date(2022, 1, 1), done=True)), ACTIVITY, on=LATER)
    assert (state.status, state.late) == (ActivityStatus.DONE, True)


def test_a_fact_that_says_not_done_does_not_make_an_activity_done() -> None:
    roadmap = a_roadmap(a_fact(ACTIVITY, date(2020, 9, 18), done=False))
    assert activity_state(roadmap, ACTIVITY, on=date(2020, 10, 1)).status is ActivityStatus.OVERDUE


def test_a_result_without_a_fact_has_no_fact_rather_than_a_failure() -> None:
    for result in (a_result(due=DUE), a_result(due=DUE, quantities=CHILDREN)):
        assert result_state(a_roadmap(), result, on=LATER).status is ResultStatus.NO_FACT


def test_a_result_is_met_when_every_quantity_is_reached() -> None:
    result = a_result(due=DUE, quantities=CHILDREN)
    fact = a_fact(
        result, date(2020, 12, 1), quantities={QuantityKind.CHILDREN: 103, QuantityKind.GENERAL_SCHOOLS_PERCENT: 5}
    )
    state = result_state(a_roadmap(fact), result, on=LATER)
    assert (state.status, state.late, state.fact) == (ResultStatus.MET, False, fact)


@pytest.mark.parametrize("reported", [(102, 5), (103, 4)])
def test_one_missing_quantity_leaves_a_result_unmet(reported: tuple[int, int]) -> None:
    result = a_result(due=DUE, quantities=CHILDREN)
    fact = a_fact(result, DUE, quantities=dict(zip(CHILDREN, reported, strict=True)))
    assert result_state(a_roadmap(fact), result, on=LATER).status is ResultStatus.NOT_MET


def test_a_result_without_quantities_is_met_when_it_is_recorded_as_done() -> None:
    result = a_result(due=DUE)
    not_done, done = a_fact(result, date(2020, 6, 1), done=False), a_fact(result, date(2021, 1, 1), done=True)
    assert result_state(a_roadmap(not_done), result, on=LATER).status is ResultStatus.NOT_MET
    state = result_state(a_roadmap(not_done, done), result, on=LATER)
    assert (state.status, state.late) == (ResultStatus.MET, True)


def test_a_fact_after_the_day_of_the_question_is_not_known_yet() -> None:
    result = a_result(due=DUE)
    roadmap = a_roadmap(a_fact(result, date(2020, 6, 1), done=True))
    assert result_state(roadmap, result, on=date(2020, 5, 31)).status is ResultStatus.NO_FACT


def a_linked_result_state(*shares: Share, on: date = LATER) -> tuple[ResultStatus, bool]:
    result = a_result(due=DUE, quantities={QuantityKind.ORGANISATIONS_PERCENT: 35}, of_indicator=True)
    state = result_state(a_roadmap(), result, on=on, shares=shares)
    return state.status, state.late


def test_a_result_of_an_indicator_is_decided_by_the_last_share_of_its_year() -> None:
    june, december = date(2020, 6, 30), DUE
    six, five = Share(at=december, numerator=6, denominator=17), Share(at=june, numerator=5, denominator=17)
    assert a_linked_result_state(six, five) == (ResultStatus.MET, False)
    fallen = (Share(at=june, numerator=6, denominator=17), Share(at=december, numerator=5, denominator=17))
    assert a_linked_result_state(*fallen) == (ResultStatus.NOT_MET, False)


def test_a_share_of_an_earlier_year_decides_nothing() -> None:
    assert a_linked_result_state(Share(at=date(2019, 12, 31), numerator=17, denominator=17)) == (
        ResultStatus.NO_FACT,
        False,
    )


def test_a_share_reached_after_the_due_date_is_met_late() -> None:
    missed = Share(at=DUE, numerator=5, denominator=17)
    assert a_linked_result_state(missed, Share(at=date(2021, 1, 1), numerator=6, denominator=17)) == (
        ResultStatus.MET,
        True,
    )
    assert a_linked_result_state(missed, Share(at=date(2021, 1, 1), numerator=5, denominator=17)) == (
        ResultStatus.NOT_MET,
        False,
    )


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 100))
def test_reaching_a_target_is_monotonous(numerator: int, denominator: int, percent: int) -> None:
    share = Share(at=DUE, numerator=numerator, denominator=denominator)
    more = Share(at=DUE, numerator=numerator + 1, denominator=denominator)
    assert not reaches(share, percent) or reaches(more, percent)
