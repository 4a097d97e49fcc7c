"""Whether a line reaches a limit."""

from netmon.domain.kinds import Decision, Reason, ResultKind
from netmon_agent.methods.plans.base import (
    Ended,
    Evidence,
    Outcome,
    Steady,
    Step,
    ceiling,
    late_doubt,
    nothing,
    spent,
)
from netmon_agent.statistics.decision import CONFIDENCE, Bounds, Finding, bounds, decide
from netmon_agent.statistics.series import Series

PACE_OVER_LIMIT = 1.1
_LEAST_SHARE = 0.3


class DecisionPlan:
    """Whether the line reaches a limit, with a sender paced a tenth above it.

    "Below" is believed only when the line stays below after the pacing was lifted within the same session.
    """

    def __init__(self, *, rtt_s: float, limit_bps: int, background_bps: float = 0.0, suspected: bool = False) -> None:
        """Only what others leave missing is sent.

        A line that a UDP train `suspected` of being below is not asked with pacing again: the transfer starts with
        what would be the repeat.
        """
        pace = max(limit_bps * PACE_OVER_LIMIT - background_bps, limit_bps * _LEAST_SHARE)
        self.pace_ip_bps: int | None = None if suspected else round(pace)
        self._seen_up_to_bps = round(pace + background_bps)
        self._suspected = suspected
        self._limit_bps = limit_bps
        self._rtt_s = rtt_s
        self._steady = Steady(rtt_s)
        self._finding: Finding | None = None
        self._unpaced_from_s: float | None = None
        self._repeat_from: int | None = None

    def observe(self, series: Series) -> Step:
        step = self._observe(series)
        return Step.SPENT if step is Step.CONTINUE and spent(series) else step

    def _observe(self, series: Series) -> Step:
        if self._unpaced_from_s is not None:
            return self._observe_repeat(series)
        if not self._steady.observe(series):
            return Step.CONTINUE
        finding = decide(
            self._steady.batches(series), limit_bps=self._limit_bps, elapsed_s=self._steady.elapsed_s(series)
        )
        if finding is Finding.BELOW and not self._suspected:
            self._unpaced_from_s = series.duration_s
            return Step.UNPACE
        self._finding = finding
        return Step.STOP if finding is not None else Step.CONTINUE

    def _observe_repeat(self, series: Series) -> Step:
        since = series.duration_s - (self._unpaced_from_s or 0.0)
        if self._repeat_from is None:
            if since >= 4 * self._rtt_s:  # the news travels, the sender speeds up
                self._repeat_from = len(series) - 1
            return Step.CONTINUE
        batches = series.batches(self._repeat_from, self._steady.block_s)
        elapsed = series.duration_s - series.samples[self._repeat_from].t_s
        self._finding = decide(batches, limit_bps=self._limit_bps, elapsed_s=elapsed)
        return Step.STOP if self._finding is not None else Step.CONTINUE

    def _bounds(self, series: Series) -> tuple[Bounds | None, int | None]:
        if self._repeat_from is not None:
            repeated = bounds(series.batches(self._repeat_from, self._steady.block_s))
            if repeated is not None:
                return repeated, self._repeat_from
        return bounds(self._steady.batches(series)), self._steady.first

    def judged_from(self) -> int:
        return self._repeat_from or self._steady.first or 0

    def conclude(self, series: Series, evidence: Evidence) -> Outcome:
        seen, first = self._bounds(series)
        if seen is None:
            return nothing(Reason.BYTE_CAP if evidence.ended is Ended.BYTES else Reason.TOO_SHORT)
        decision, reason = self._decision(seen, series, evidence)
        unpaced = self._repeat_from is not None or self._suspected
        # With anything but the line as the limit, the transfer only shows what the line carries at least.
        is_rate = reason is None or reason is Reason.BORDERLINE
        return Outcome(
            kind=ResultKind.RATE if is_rate else ResultKind.LOWER_BOUND,
            reason=reason,
            rate_bps=round(seen.rate_bps if is_rate else max(seen.lower_bps, 0.0)),
            censored_at_bps=evidence.server_bps if unpaced else self._seen_up_to_bps,
            decision=decision,
            confidence=CONFIDENCE if decision is not Decision.UNDECIDED else None,
            steady_from=first,
            detail={
                "lower_bps": round(seen.lower_bps),
                "upper_bps": round(seen.upper_bps),
                "unpaced": unpaced,
            },
        )

    def _decision(self, seen: Bounds, series: Series, evidence: Evidence) -> tuple[Decision, Reason | None]:
        if self._finding is Finding.AT_LEAST:
            return Decision.AT_LEAST, None
        if self._finding is Finding.BELOW:
            doubt = ceiling(seen.rate_bps, series, evidence)
            doubt = doubt or late_doubt(seen.upper_bps, self._limit_bps, evidence)
            return (Decision.BELOW, None) if doubt is None else (Decision.UNDECIDED, doubt)
        if self._finding is Finding.BORDERLINE:
            return Decision.UNDECIDED, Reason.BORDERLINE
        return Decision.UNDECIDED, Reason.BYTE_CAP if evidence.ended is Ended.BYTES else Reason.NOT_CONVERGED
