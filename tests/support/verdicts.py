"""Builders of verdicts for tests of what people read."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from netmon.domain.period import Period
from netmon.domain.slot import ExclusionReason
from netmon.domain.statistics import wilson
from netmon.domain.verdict import (
    Basis,
    Counts,
    LineFigures,
    Rates,
    Requirement,
    SubjectKind,
    Verdict,
    VerdictOutcome,
    WorstHour,
)

NOVEMBER = Period.month(date(2026, 11, 1))
LAST_SEEN = datetime(2026, 11, 23, 9, 3, tzinfo=UTC)  # 12:03 in the district
_MEGABIT = 1_000_000

OUTCOME_OF: Mapping[Basis, VerdictOutcome] = {
    Basis.SHARE_MET: VerdictOutcome.COMPLIANT,
    Basis.SHARE_NOT_MET: VerdictOutcome.NON_COMPLIANT,
    Basis.NO_SLOTS: VerdictOutcome.INSUFFICIENT_DATA,
    Basis.TOO_FEW_DECIDED: VerdictOutcome.INSUFFICIENT_DATA,
    Basis.TOO_FEW_DAYS: VerdictOutcome.INSUFFICIENT_DATA,
    Basis.TOO_MANY_EXCLUDED: VerdictOutcome.INSUFFICIENT_DATA,
    Basis.WITHHELD: VerdictOutcome.INSUFFICIENT_DATA,
    Basis.CEILINGS: VerdictOutcome.UNMEASURABLE,
    Basis.MEDIAN_MET: VerdictOutcome.COMPLIANT,
    Basis.MEDIAN_NOT_MET: VerdictOutcome.NON_COMPLIANT,
    Basis.MEDIAN_WITHHELD: VerdictOutcome.INSUFFICIENT_DATA,
    Basis.TOO_FEW_ESTIMATES: VerdictOutcome.INSUFFICIENT_DATA,
    Basis.AVAILABILITY_NOT_MET: VerdictOutcome.NON_COMPLIANT,
    Basis.AVAILABILITY_UNKNOWN: VerdictOutcome.INSUFFICIENT_DATA,
    Basis.SUSTAINED_NOT_MET: VerdictOutcome.NON_COMPLIANT,
    Basis.SUSTAINED_MISSING: VerdictOutcome.INSUFFICIENT_DATA,
    Basis.THROTTLED: VerdictOutcome.NON_COMPLIANT,
    Basis.THROTTLING_WITHHELD: VerdictOutcome.INSUFFICIENT_DATA,
    Basis.NO_PARTS: VerdictOutcome.INSUFFICIENT_DATA,
    Basis.EXEMPTION: VerdictOutcome.EXEMPT,
}


def some_figures(
    passed: int = 14,
    failed: int = 8,
    *,
    strict_passed: int | None = None,
    line_down: int = 0,
    excluded: Mapping[ExclusionReason, int] | None = None,
    days: int = 12,
    threshold_mbps: int = 50,
    tolerance_bp: int = 500,
    rates: Rates | None = None,
    worst_hours: Sequence[WorstHour] = (),
    last_seen: datetime | None = LAST_SEEN,
) -> LineFigures:
    threshold = threshold_mbps * _MEGABIT
    return LineFigures(
        counts=Counts(
            passed=passed,
            failed=failed,
            strict_passed=passed if strict_passed is None else strict_passed,
            line_down=line_down,
            excluded=excluded or {},
            days=days,
        ),
        requirement=Requirement(
            min_share_percent=80,
            tolerance_bp=tolerance_bp,
            thresholds_bps=(threshold,),
            limits_bps=(threshold * (10_000 - tolerance_bp) // 10_000,),
            decided=60,
            days=10,
            max_excluded_percent=25,
        ),
        share_bounds=wilson(passed, passed + failed),
        worst_hours=tuple(worst_hours),
        rates=rates,
        last_seen=last_seen,
    )


def some_rates(median_mbps: float, count: int = 3) -> Rates:
    median = round(median_mbps * _MEGABIT)
    return Rates(count=count, lowest_bps=median * 9 // 10, median_bps=median, highest_bps=median * 11 // 10)


def a_line_verdict(
    basis: Basis = Basis.SHARE_NOT_MET,
    figures: LineFigures | None = None,
    *,
    line: str = "l-02",
    period: Period = NOVEMBER,
) -> Verdict:
    return Verdict(
        kind=SubjectKind.LINE,
        id=line,
        period=period,
        outcome=OUTCOME_OF[basis],
        basis=basis,
        policy_id="policy",
        input_hash="00",
        figures=figures or some_figures(),
    )
