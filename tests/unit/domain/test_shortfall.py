"""How far an organisation is from complying."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.judge import combine
from netmon.domain.shortfall import short_by
from netmon.domain.verdict import Basis, SubjectKind, Verdict
from tests.support.verdicts import NOVEMBER, a_line_verdict, some_figures


def _failing(passed: int, failed: int) -> Verdict:
    return a_line_verdict(Basis.SHARE_NOT_MET, some_figures(passed=passed, failed=failed))


def _organisation(*lines: Verdict, any_is_enough: bool = False) -> Verdict:
    def combined(kind: SubjectKind, *parts: Verdict) -> Verdict:
        return combine(kind, "x", parts, period=NOVEMBER, policy_id="policy", any_is_enough=any_is_enough)

    return combined(SubjectKind.ORGANISATION, *(combined(SubjectKind.SITE, line) for line in lines))


@pytest.mark.parametrize(("passed", "failed", "short"), [(14, 8, 4), (79, 21, 1), (0, 5, 4), (3, 1, 1)])
def test_a_line_is_short_by_the_passes_that_the_share_lacks(passed: int, failed: int, short: int) -> None:
    assert short_by(_organisation(_failing(passed, failed))) == short


@given(st.integers(1, 200), st.data())
def test_with_so_many_more_passes_the_share_is_met_and_with_one_less_it_is_not(
    decided: int, data: st.DataObject
) -> None:
    most = (80 * decided - 1) // 100
    passed = data.draw(st.integers(0, most))
    short = short_by(_organisation(_failing(passed, decided - passed)))
    assert short is not None
    assert (passed + short) * 100 >= 80 * decided > (passed + short - 1) * 100


def test_every_failing_line_counts_unless_one_site_is_enough() -> None:
    lines = _failing(14, 8), _failing(79, 21)
    assert short_by(_organisation(*lines)) == 5
    assert short_by(_organisation(*lines, any_is_enough=True), any_is_enough=True) == 1


def test_nobody_else_is_short_by_a_number() -> None:
    assert short_by(_organisation(a_line_verdict(Basis.SHARE_MET))) is None
    assert short_by(_organisation(a_line_verdict(Basis.WITHHELD))) is None
    throttled = replace(_failing(80, 20), basis=Basis.THROTTLED)
    assert short_by(_organisation(_failing(14, 8), throttled)) is None
