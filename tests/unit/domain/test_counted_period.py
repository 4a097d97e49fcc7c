"""Which period the indicator counts: the bounds of what is long enough, and who is nearest to compliance."""

from datetime import date

from netmon.domain.coverage import NearOrganisation, counted_period, nearest_to_compliance
from netmon.domain.identifiers import OrganisationId
from netmon.domain.period import Period, PeriodKind
from netmon.domain.policy import CoverageRule

NOVEMBER, OCTOBER = Period.month(date(2026, 11, 1)), Period.month(date(2026, 10, 1))


class SchoolFrom:
    """Every day from a first to a last one is a school day, the weekends too."""

    def __init__(self, first: date, last: date) -> None:
        self._first, self._last = first, last

    def is_school_day(self, day: date) -> bool:
        return self._first <= day <= self._last


def test_a_month_of_exactly_the_least_school_days_counts() -> None:
    ten = SchoolFrom(date(2026, 11, 21), date(2026, 11, 30))  # the last day of the month is one of them
    assert counted_period(NOVEMBER.last, CoverageRule(min_school_days=10), ten) == (NOVEMBER, False)
    first_ten = SchoolFrom(date(2026, 11, 1), date(2026, 11, 10))  # and so is the first
    assert counted_period(NOVEMBER.last, CoverageRule(min_school_days=10), first_ten) == (NOVEMBER, False)


def test_a_day_less_and_the_month_before_stands_in() -> None:
    nine = SchoolFrom(date(2026, 10, 1), date(2026, 11, 9))
    assert counted_period(NOVEMBER.last, CoverageRule(min_school_days=10), nine) == (OCTOBER, True)


def test_days_of_the_next_month_do_not_count() -> None:
    later = SchoolFrom(date(2026, 11, 22), date(2026, 12, 31))
    assert counted_period(NOVEMBER.last, CoverageRule(min_school_days=10, carry_periods=0), later) is None


def test_an_open_period_counts_while_it_runs() -> None:
    always = SchoolFrom(date(2026, 1, 1), date(2026, 12, 31))
    rule = CoverageRule(period=PeriodKind.WEEK, open_period=True, min_school_days=5)
    assert counted_period(date(2026, 11, 25), rule, always) == (Period.week(date(2026, 11, 23)), False)


def test_the_nearest_organisations_come_first_and_the_unknown_not_at_all() -> None:
    found = nearest_to_compliance(
        {OrganisationId("c"): 2, OrganisationId("a"): 5, OrganisationId("b"): 2, OrganisationId("d"): None}
    )
    assert found == (
        NearOrganisation(id=OrganisationId("b"), short_by=2),
        NearOrganisation(id=OrganisationId("c"), short_by=2),
        NearOrganisation(id=OrganisationId("a"), short_by=5),
    )
