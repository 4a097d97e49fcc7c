"""The full rate of a line: when enough was seen, and what it says."""

from collections.abc import Sequence
from dataclasses import dataclass

from netmon_agent.statistics.interval import Interval, median, trimmed_interval

SHORTEST_S = 0.6
_FEWEST_BATCHES = 5
# What half-width is good enough, by the seconds already spent: traffic is a cost, and a transfer that did not settle
# soon is disturbed by something that more of it would not mend.
_PRECISION = ((2.0, 0.01), (5.0, 0.02))
_LATE_PRECISION = 0.03
_TREND = 1.5  # of the precision
USABLE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The line's rate with the half-width of its 95 % interval."""

    rate_bps: float
    half_width_bps: float
    converged: bool

    @property
    def usable(self) -> bool:
        """Whether the interval is narrow enough to be called a rate rather than a bound."""
        return self.converged or self.half_width_bps <= USABLE * self.rate_bps


def estimate(batches: Sequence[float], *, elapsed_s: float) -> Estimate | None:
    """What the batches after the ramp say; None while they are too few for any statement.

    Converged: at least 0.6 s, half-width within 1 % (after 2 s 2 %, after 5 s 3 %), and the medians of both halves
    within one and a half of that.
    """
    if len(batches) < _FEWEST_BATCHES or elapsed_s < SHORTEST_S:
        return None
    interval = trimmed_interval(batches)
    precision = next((share for until_s, share in _PRECISION if elapsed_s < until_s), _LATE_PRECISION)
    precise = interval.half_width <= precision * interval.mean
    return Estimate(
        rate_bps=interval.mean,
        half_width_bps=interval.half_width,
        converged=precise and _trend(batches, interval) <= _TREND * precision,
    )


def _trend(batches: Sequence[float], interval: Interval) -> float:
    half = len(batches) // 2
    return abs(median(batches[:half]) - median(batches[-half:])) / interval.mean if interval.mean else 1.0
