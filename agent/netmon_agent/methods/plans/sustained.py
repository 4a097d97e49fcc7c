"""The rate that is left once a token bucket ran empty."""

from dataclasses import replace

from netmon.domain.kinds import Reason
from netmon_agent.methods.plans.base import Ended, Evidence, Outcome, Steady, Step, nothing, spent
from netmon_agent.methods.plans.estimate import outcome_of_estimate
from netmon_agent.statistics.estimate import estimate
from netmon_agent.statistics.series import Series
from netmon_agent.statistics.shift import Shift, find_shift

_SUSTAINED_SHORTEST_S = 3.0
_AFTER_SHIFT_S = 2.0
_SHIFT_EVERY = 10
# 30 s at 100 Mb/s, the bucket that a policy must not pass on, and the seconds after it that show it is empty.
_MOST_BYTES = 400_000_000


class SustainedPlan:
    """The rate after any token bucket ran empty; ends soon after a level shift, or flat after 400 MB."""

    pace_ip_bps: int | None = None

    def __init__(self, *, rtt_s: float, limit_bps: int | None = None) -> None:
        self._steady = Steady(rtt_s)
        self._limit_bps = limit_bps
        self._shift: Shift | None = None

    def observe(self, series: Series) -> Step:
        if not self._steady.observe(series):
            return Step.CONTINUE
        if len(series) % _SHIFT_EVERY == 0:
            self._shift = find_shift(series, self._steady.first or 0)
            if self._shift is not None and self._shift.after_s >= _AFTER_SHIFT_S:
                return Step.STOP
        return Step.STOP if spent(series, _MOST_BYTES) else Step.CONTINUE

    def judged_from(self) -> int:
        return self._steady.first or 0

    def conclude(self, series: Series, evidence: Evidence) -> Outcome:
        first = self._steady.first
        if first is None or self._steady.elapsed_s(series) < _SUSTAINED_SHORTEST_S:
            return nothing(Reason.BYTE_CAP if evidence.ended is Ended.BYTES else Reason.TOO_SHORT)
        shift = find_shift(series, first)
        detail: dict[str, object] = {"flat_bytes": series.line_bytes(len(series) - 1)}
        if shift is not None:
            first = _first_after(series, series.duration_s - shift.after_s + self._steady.block_s)
            detail = {
                "burst_bps": round(shift.burst_bps),
                "bucket_bytes": shift.bucket_bytes,
                "burst_s": round(shift.burst_s, 2),
            }
        found = estimate(series.batches(first, self._steady.block_s), elapsed_s=self._steady.elapsed_s(series))
        if found is None:
            return nothing(Reason.TOO_SHORT)
        outcome = outcome_of_estimate(found, series, evidence, limit_bps=self._limit_bps, first=first)
        return replace(outcome, detail={**outcome.detail, **detail})


def _first_after(series: Series, t_s: float) -> int:
    return next(index for index, sample in enumerate(series.samples) if sample.t_s >= t_s)
