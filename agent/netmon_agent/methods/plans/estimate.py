"""The full rate of a line."""

from netmon.domain.kinds import Decision, Reason, ResultKind
from netmon_agent.methods.plans.base import Ended, Evidence, Outcome, Steady, Step, ceiling, late_doubt, nothing, spent
from netmon_agent.statistics.estimate import Estimate, estimate
from netmon_agent.statistics.series import Series

_ESTIMATE_CONFIDENCE = 0.95


class EstimatePlan:
    """The full rate of the line; with a limit also whether it reaches it."""

    pace_ip_bps: int | None = None

    def __init__(self, *, rtt_s: float, limit_bps: int | None = None) -> None:
        self._steady = Steady(rtt_s)
        self._limit_bps = limit_bps

    def observe(self, series: Series) -> Step:
        if self._steady.observe(series):
            found = self._estimate(series)
            if found is not None and found.converged:
                return Step.STOP
        return Step.SPENT if spent(series) else Step.CONTINUE

    def _estimate(self, series: Series) -> Estimate | None:
        return estimate(self._steady.batches(series), elapsed_s=self._steady.elapsed_s(series))

    def judged_from(self) -> int:
        return self._steady.first or 0

    def conclude(self, series: Series, evidence: Evidence) -> Outcome:
        found = self._estimate(series)
        if found is None:
            return nothing(Reason.BYTE_CAP if evidence.ended is Ended.BYTES else Reason.TOO_SHORT)
        return outcome_of_estimate(found, series, evidence, limit_bps=self._limit_bps, first=self._steady.first)


def outcome_of_estimate(
    found: Estimate, series: Series, evidence: Evidence, *, limit_bps: int | None, first: int | None
) -> Outcome:
    """A rate where the line was the limit and the interval is narrow, else the lower bound and why."""
    reason = ceiling(found.rate_bps, series, evidence)
    if reason is None and not found.usable:
        reason = Reason.BYTE_CAP if evidence.ended is Ended.BYTES else Reason.NOT_CONVERGED
    lower, upper = found.rate_bps - found.half_width_bps, found.rate_bps + found.half_width_bps
    capped = evidence.server_bps if reason is Reason.SENDER_LIMITED else None
    capped = evidence.card_bps if reason is Reason.METER_NIC else capped
    decision = None
    if limit_bps is not None:
        proven = reason is None and upper < limit_bps and late_doubt(upper, limit_bps, evidence) is None
        below = Decision.BELOW if proven else Decision.UNDECIDED
        decision = Decision.AT_LEAST if lower >= limit_bps else below
    return Outcome(
        kind=ResultKind.RATE if reason is None else ResultKind.LOWER_BOUND,
        reason=reason,
        rate_bps=round(found.rate_bps if reason is None else max(lower, 0.0)),
        censored_at_bps=capped,
        decision=decision,
        confidence=_ESTIMATE_CONFIDENCE,
        steady_from=first,
        detail={"half_width_bps": round(found.half_width_bps)},
    )
