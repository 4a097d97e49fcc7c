"""Which rule decides, in which order, and what is named beside it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from netmon.domain.availability import Availability
from netmon.domain.estimates import Estimates
from netmon.domain.period import PeriodKind
from netmon.domain.policy import Policy
from netmon.domain.rules import LineCaseFigures, findings_of, rule_on
from netmon.domain.slot import ExclusionReason
from netmon.domain.sustained import Sustained
from netmon.domain.throttling import Fall
from netmon.domain.verdict import Basis, Counts, Finding, VerdictOutcome
from tests.support.domain import MONDAY
from tests.support.evidence import the_default_policy

COMPLIANT, NON_COMPLIANT = VerdictOutcome.COMPLIANT, VerdictOutcome.NON_COMPLIANT
INSUFFICIENT = VerdictOutcome.INSUFFICIENT_DATA
HOUR = timedelta(hours=1)
POLICY = the_default_policy()
UP = Availability(working=200 * HOUR, up=200 * HOUR)
DOWN = Availability(working=200 * HOUR, up=190 * HOUR, down=10 * HOUR)
UNKNOWN = Availability(working=200 * HOUR, up=100 * HOUR)
KEPT, BURST, SLOW = Sustained(passed=1), Sustained(failed=1, short_passed=9), Sustained(failed=1, short_failed=9)


def a_fall(below_days: int) -> Fall:
    return Fall(
        first=MONDAY, last=MONDAY, school_days=5, below_days=below_days, before_bps=60_000_000, after_bps=20_000_000
    )


GOOD = LineCaseFigures(
    kind=PeriodKind.MONTH, counts=Counts(passed=95, failed=5), estimates=Estimates(), availability=UP, sustained=KEPT
)
BAD_SHARE = replace(GOOD, counts=Counts(passed=79, failed=21))
WITHHELD = replace(GOOD, counts=Counts(passed=80, failed=10, excluded={ExclusionReason.AGENT_OFF: 11}))


def ruled(case: LineCaseFigures, policy: Policy = POLICY) -> tuple[VerdictOutcome, Basis]:
    ruling = rule_on(case, policy)
    return ruling.outcome, ruling.basis


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (GOOD, (COMPLIANT, Basis.SHARE_MET)),
        (BAD_SHARE, (NON_COMPLIANT, Basis.SHARE_NOT_MET)),
        (WITHHELD, (INSUFFICIENT, Basis.WITHHELD)),
        (replace(GOOD, availability=DOWN), (NON_COMPLIANT, Basis.AVAILABILITY_NOT_MET)),
        (replace(GOOD, availability=UNKNOWN), (INSUFFICIENT, Basis.AVAILABILITY_UNKNOWN)),
        (replace(GOOD, sustained=BURST), (NON_COMPLIANT, Basis.SUSTAINED_NOT_MET)),
        (replace(GOOD, sustained=Sustained()), (INSUFFICIENT, Basis.SUSTAINED_MISSING)),
        (replace(GOOD, sustained=Sustained(passed=1, failed=3)), (COMPLIANT, Basis.SHARE_MET)),
        (replace(GOOD, fall=a_fall(3)), (NON_COMPLIANT, Basis.THROTTLED)),
        (replace(GOOD, fall=a_fall(2)), (COMPLIANT, Basis.SHARE_MET)),
        # what is known to be wrong goes before what is not known, and the main rule before the others
        (replace(WITHHELD, availability=DOWN), (NON_COMPLIANT, Basis.AVAILABILITY_NOT_MET)),
        (replace(GOOD, availability=UNKNOWN, fall=a_fall(3)), (NON_COMPLIANT, Basis.THROTTLED)),
        (replace(BAD_SHARE, availability=DOWN, sustained=SLOW), (NON_COMPLIANT, Basis.SHARE_NOT_MET)),
        (replace(WITHHELD, availability=UNKNOWN), (INSUFFICIENT, Basis.WITHHELD)),
    ],
)
def test_the_first_rule_that_is_not_met_decides(case: LineCaseFigures, expected: tuple[VerdictOutcome, Basis]) -> None:
    assert ruled(case) == expected


@pytest.mark.parametrize("kind", [PeriodKind.DAY, PeriodKind.WEEK])
def test_a_period_shorter_than_a_month_needs_no_sustained_test_but_a_failed_one_counts(kind: PeriodKind) -> None:
    assert ruled(replace(GOOD, kind=kind, sustained=Sustained()))[0] is COMPLIANT
    assert ruled(replace(GOOD, kind=kind, sustained=BURST)) == (NON_COMPLIANT, Basis.SUSTAINED_NOT_MET)
    two = replace(POLICY, sustained=replace(POLICY.sustained, min_passed=2)) if POLICY.sustained else POLICY
    assert ruled(replace(GOOD, kind=kind, sustained=Sustained(passed=1, failed=1)), two)[0] is COMPLIANT
    assert ruled(replace(GOOD, sustained=Sustained(passed=1, failed=1)), two)[0] is NON_COMPLIANT
    assert ruled(replace(GOOD, sustained=Sustained(passed=1)), two)[1] is Basis.SUSTAINED_MISSING


def test_a_rule_that_the_policy_does_not_have_decides_nothing() -> None:
    bare = replace(POLICY, availability=None, sustained=None, throttling=None)
    worst = replace(GOOD, availability=DOWN, sustained=BURST, fall=a_fall(5))
    assert ruled(worst, bare) == (COMPLIANT, Basis.SHARE_MET)


MEDIAN = replace(POLICY, rule="median", enough_estimates={PeriodKind.DAY: 1, PeriodKind.WEEK: 4, PeriodKind.MONTH: 10})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Estimates(count=10, below=4), (COMPLIANT, Basis.MEDIAN_MET)),
        (Estimates(count=10, below=5), (NON_COMPLIANT, Basis.MEDIAN_NOT_MET)),
        (Estimates(count=9), (INSUFFICIENT, Basis.TOO_FEW_ESTIMATES)),
        (Estimates(count=10, below=4, hidden=1), (COMPLIANT, Basis.MEDIAN_MET)),
        (Estimates(count=10, below=4, hidden=2), (INSUFFICIENT, Basis.MEDIAN_WITHHELD)),
    ],
)
def test_the_median_decides_where_the_policy_says_so(found: Estimates, expected: tuple[VerdictOutcome, Basis]) -> None:
    assert ruled(replace(BAD_SHARE, estimates=found), MEDIAN) == expected


def test_a_week_needs_fewer_estimates_than_a_month() -> None:
    found = replace(GOOD, kind=PeriodKind.WEEK, estimates=Estimates(count=4))
    assert ruled(found, MEDIAN)[1] is Basis.MEDIAN_MET
    assert ruled(found, replace(MEDIAN, enough_estimates=None))[1] is Basis.MEDIAN_MET
    one = replace(found, estimates=Estimates(count=1))
    assert ruled(one, replace(MEDIAN, enough_estimates=None))[1] is Basis.MEDIAN_MET
    assert ruled(replace(found, estimates=Estimates()), replace(MEDIAN, enough_estimates=None))[0] is INSUFFICIENT


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (GOOD, []),
        (replace(GOOD, availability=DOWN), [Finding.UNAVAILABLE]),
        (replace(GOOD, availability=Availability(working=200 * HOUR, up=HOUR, down=HOUR)), []),
        (replace(GOOD, sustained=BURST), [Finding.BURST]),
        (replace(GOOD, sustained=SLOW), [Finding.SUSTAINED_BELOW]),
        (replace(GOOD, sustained=Sustained(passed=1, failed=1)), []),
        (replace(GOOD, fall=a_fall(0)), [Finding.THROTTLED]),
        (
            replace(BAD_SHARE, availability=DOWN, sustained=BURST, fall=a_fall(5)),
            [Finding.UNAVAILABLE, Finding.BURST, Finding.THROTTLED],
        ),
    ],
)
def test_findings_are_named_whichever_rule_decides(case: LineCaseFigures, expected: list[Finding]) -> None:
    assert list(findings_of(case, POLICY)) == expected
