"""The indicator: shares as integers, carried periods, the whole registry as denominator."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.coverage import Coverage, EnteredShare, counted_period, coverage, entered_coverage
from netmon.domain.identifiers import OrganisationId, TerritoryId
from netmon.domain.period import Period
from netmon.domain.policy import CoverageRule, SchoolDays
from netmon.domain.verdict import VerdictOutcome
from tests.support.domain import NoSchoolIn, WeekdaysAreSchoolDays, a_text

DISTRICT = TerritoryId("district")
COMPLIANT = VerdictOutcome.COMPLIANT


def covered(
    verdicts: Mapping[str, VerdictOutcome],
    *,
    of: int = 17,
    target: int | None = 17,
    at: date = date(2019, 12, 31),
    calendar: SchoolDays | None = None,
) -> Coverage:
    return coverage(
        DISTRICT,
        at,
        [OrganisationId(f"{number:02}") for number in range(of)],
        lambda organisation, _period: verdicts.get(organisation),
        rule=CoverageRule(),
        calendar_of=lambda _organisation: calendar or WeekdaysAreSchoolDays(),
        target_percent=target,
    )


def compliant(number: int) -> dict[str, VerdictOutcome]:
    return {f"{one:02}": COMPLIANT for one in range(number)}


@pytest.mark.parametrize(
    ("numerator", "target", "met", "missing"),
    [
        (3, 17, True, 0),
        (2, 17, False, 1),
        (6, 35, True, 0),
        (9, 52, True, 0),
        (12, 70, True, 0),
        (15, 88, True, 0),
        (17, 100, True, 0),
        (16, 100, False, 1),
        (0, 100, False, 17),
    ],
)
def test_the_roadmaps_targets_are_truncated_shares_of_17(numerator: int, target: int, met: bool, missing: int) -> None:
    found = covered(compliant(numerator), target=target)
    assert (found.met, found.missing, found.percent) == (met, missing, numerator * 100 // 17)


def test_69_96_percent_does_not_meet_70() -> None:
    found = entered_coverage(
        DISTRICT,
        date(2022, 12, 31),
        EnteredShare(at=date(2022, 12, 31), numerator=6996, denominator=10_000, document="d", author_role=a_text("r")),
        target_percent=70,
    )
    assert (found.met, found.missing, found.percent) == (False, 4, 69)


def test_silent_organisations_stay_in_the_denominator_and_in_the_upper_bound() -> None:
    found = covered(compliant(1))
    assert (found.numerator, found.upper_numerator, found.denominator) == (1, 17, 17)


def test_an_exempt_organisation_stays_in_the_denominator_and_out_of_both_numerators() -> None:
    found = covered({**compliant(16), "16": VerdictOutcome.EXEMPT}, target=100)
    assert (found.numerator, found.upper_numerator, found.denominator, found.met) == (16, 16, 17, False)


def test_without_a_target_nothing_is_met_or_missing() -> None:
    found = covered(compliant(1), target=None)
    assert (found.met, found.missing) == (None, None)


def test_july_carries_may_because_neither_june_nor_july_has_ten_school_days() -> None:
    found = counted_period(date(2026, 7, 31), CoverageRule(), NoSchoolIn(6, 7, 8))
    assert found == (Period.month(date(2026, 5, 1)), True)


def test_a_month_that_has_not_ended_does_not_count_yet() -> None:
    rule, calendar = CoverageRule(), WeekdaysAreSchoolDays()
    assert counted_period(date(2026, 11, 29), rule, calendar) == (Period.month(date(2026, 10, 1)), False)
    assert counted_period(date(2026, 11, 30), rule, calendar) == (Period.month(date(2026, 11, 1)), False)


def test_a_period_is_carried_four_months_and_no_further() -> None:
    calendar = NoSchoolIn(6, 7, 8, 9, 10)
    assert counted_period(date(2026, 9, 30), CoverageRule(), calendar) == (Period.month(date(2026, 5, 1)), True)
    assert counted_period(date(2026, 10, 31), CoverageRule(), calendar) is None
    found = covered(compliant(17), at=date(2026, 10, 31), calendar=calendar)
    assert (found.numerator, found.upper_numerator) == (0, 17)


def test_an_empty_territory_is_zero_of_zero() -> None:
    found = covered({}, of=0)
    assert (found.percent, found.met) == (0, True)


@given(st.lists(st.sampled_from([*VerdictOutcome, None]), max_size=30), st.integers(0, 29), st.integers(0, 100))
def test_a_lost_verdict_never_raises_the_numerator(
    outcomes: list[VerdictOutcome | None], lost: int, target: int
) -> None:
    verdicts = {f"{number:02}": outcome for number, outcome in enumerate(outcomes) if outcome is not None}
    before = covered(verdicts, of=len(outcomes), target=target)
    verdicts.pop(f"{lost:02}", None)
    after = covered(verdicts, of=len(outcomes), target=target)
    assert after.numerator <= before.numerator
    for found in (before, after):
        assert found.numerator <= found.upper_numerator <= found.denominator
        assert found.met == (100 * found.numerator >= target * found.denominator)
