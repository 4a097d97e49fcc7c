"""Does the line reach a limit? Sequential bounds, so that looking at every tick costs no confidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from netmon_agent.statistics.interval import quantile, trimmed_interval

CONFIDENCE = 0.99
_FEWEST_BATCHES = 5
_SHORTEST_S = 0.5
_SHORTEST_BELOW_S = 1.0
# Of the 95 % half-width: covers repeated looks at up to some forty ticks with 1 % error in simulation
# (tests/unit/agent/statistics/test_decision.py).
_SEQUENTIAL = 1.4
_FLOOR = 0.005  # no bound is trusted closer than half a percent: timers, headers, counters
_BELOW = 0.995
_BORDER = 0.01
_BORDER_S = 3.0


class Finding(StrEnum):
    """What the batches alone say; "below" still needs the proof that the line was the limit."""

    AT_LEAST = "at_least"
    BELOW = "below"
    BORDERLINE = "borderline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The rate with its sequential bounds."""

    rate_bps: float
    lower_bps: float
    upper_bps: float


def bounds(batches: Sequence[float]) -> Bounds | None:
    """The bounds that hold at whatever tick one stops; None while the batches are too few."""
    if len(batches) < _FEWEST_BATCHES:
        return None
    interval = trimmed_interval(batches)
    margin = max(_SEQUENTIAL * interval.half_width, _FLOOR * interval.mean)
    return Bounds(rate_bps=interval.mean, lower_bps=interval.mean - margin, upper_bps=interval.mean + margin)


def decide(batches: Sequence[float], *, limit_bps: int, elapsed_s: float) -> Finding | None:
    """The finding, or None while more has to be seen.

    "Below" wants a second of steady transfer and nine of ten batches under the limit, so that no stall of a host
    makes a line slow. Within 1 % of the limit after three seconds is `borderline`: more traffic would not help.
    """
    seen = bounds(batches)
    if seen is None or elapsed_s < _SHORTEST_S:
        return None
    if seen.lower_bps >= limit_bps:
        return Finding.AT_LEAST
    slow_throughout = quantile(batches, 0.9) < limit_bps
    if seen.upper_bps < _BELOW * limit_bps and elapsed_s >= _SHORTEST_BELOW_S and slow_throughout:
        return Finding.BELOW
    if elapsed_s >= _BORDER_S and abs(seen.rate_bps - limit_bps) <= _BORDER * limit_bps:
        return Finding.BORDERLINE
    return None
