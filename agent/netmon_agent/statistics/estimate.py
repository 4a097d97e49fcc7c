"""The full rate of a line: when enough was seen, and what it says."""

from collections.abc import Sequence
from dataclasses import dataclass

from netmon_agent.statistics.interval import Interval, median, trimmed_interval

SHORTEST_S = 0.6
_FEWEST_BATCHES = 5
_PRECISION = 0.01
_TREND = 0.015
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

    Converged: at least 0.6 s, half-width within 1 % and the halves' medians within 1.5 % of each other.
    """
    if len(batches) < _FEWEST_BATCHES or elapsed_s < SHORTEST_S:
        return None
    interval = trimmed_interval(batches)
    precise = interval.half_width <= _PRECISION * interval.mean
    return Estimate(
        rate_bps=interval.mean,
        half_width_bps=interval.half_width,
        converged=precise and _trend(batches, interval) <= _TREND,
    )


def _trend(batches: Sequence[float], interval: Interval) -> float:
    half = len(batches) // 2
    return abs(median(batches[:half]) - median(batches[-half:])) / interval.mean if interval.mean else 1.0
