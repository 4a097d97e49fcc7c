"""The demo's own judgement of itself."""

import pytest

from netmon.domain.period import Period
from netmon.domain.statistics import Bounds
from netmon.domain.verdict import (
    Basis,
    Counts,
    LineFigures,
    Rates,
    Requirement,
    SubjectKind,
    Verdict,
    VerdictOutcome,
)
from netmon_collector.demo.draw import Part
from netmon_collector.demo.outcome import ShownLine, disagreements
from tests.support.domain import LINE, MONDAY


def a_line(
    part: Part,
    outcome: VerdictOutcome,
    *,
    carries: int = 0,
    measured: int | None = None,
    once_measured: int | None = None,
    agent_lives: bool = True,
) -> ShownLine:
    rates = None
    if measured is not None:
        both = sorted((measured, once_measured or measured))
        rates = Rates(count=2, lowest_bps=both[0], median_bps=measured, highest_bps=both[1])
    requirement = Requirement(
        min_share_percent=80,
        tolerance_bp=500,
        thresholds_bps=(),
        limits_bps=(),
        decided=1,
        days=1,
        max_excluded_percent=25,
    )
    figures = LineFigures(
        counts=Counts(),
        requirement=requirement,
        share_bounds=Bounds(0, 1),
        worst_hours=(),
        rates=rates,
        last_seen=None,
    )
    verdict = Verdict(
        kind=SubjectKind.LINE,
        id=LINE,
        period=Period.day(MONDAY),
        outcome=outcome,
        basis=Basis.NO_SLOTS,
        policy_id="policy-test",
        input_hash="hash",
        figures=figures,
    )
    return ShownLine(
        line=LINE,
        organisations=("school-01",),
        locality="rural",
        part=part,
        line_bps=carries,
        verdict=verdict,
        agent_lives=agent_lives,
    )


COMPLIANT, NON_COMPLIANT = VerdictOutcome.COMPLIANT, VerdictOutcome.NON_COMPLIANT
INSUFFICIENT = VerdictOutcome.INSUFFICIENT_DATA


@pytest.mark.parametrize(
    "line",
    [
        a_line(Part.ABOVE, COMPLIANT, carries=100, measured=97),
        a_line(Part.BUSY, COMPLIANT, carries=100, measured=103),
        a_line(Part.BELOW, NON_COMPLIANT, carries=100, measured=100),
        a_line(Part.DEAD, NON_COMPLIANT),
        a_line(Part.SILENT, INSUFFICIENT, carries=100),
        a_line(Part.ABOVE, INSUFFICIENT, carries=100, agent_lives=False),
        a_line(Part.ABOVE, COMPLIANT, carries=100, measured=100, agent_lives=False),
    ],
)
def test_what_is_right_is_agreed_with(line: ShownLine) -> None:
    assert disagreements([line]) == []


@pytest.mark.parametrize(
    "line",
    [
        a_line(Part.ABOVE, COMPLIANT, carries=1000, measured=969),
        a_line(Part.ABOVE, COMPLIANT, carries=1000, measured=1031),
        a_line(Part.ABOVE, COMPLIANT, carries=1000, measured=1000, once_measured=800),
        a_line(Part.ABOVE, COMPLIANT, carries=100),
        a_line(Part.ABOVE, NON_COMPLIANT, carries=100, measured=100),
        a_line(Part.BELOW, INSUFFICIENT, carries=100, measured=100),
        a_line(Part.DEAD, INSUFFICIENT),
        a_line(Part.SILENT, COMPLIANT, carries=100),
        a_line(Part.BELOW, COMPLIANT, carries=100, agent_lives=False),
    ],
)
def test_what_is_wrong_is_said(line: ShownLine) -> None:
    assert len(disagreements([line])) == 1
