"""Statistics of counted outcomes and of measured rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

_Z95 = 1.959963984540054  # the 97.5th percentile of the normal distribution


@dataclass(frozen=True, slots=True)
class Bounds:
    """Two ends of an interval, as ratios from 0 to 1."""

    lower: float
    upper: float


def wilson(successes: int, trials: int) -> Bounds:
    """The 95 % score interval of a share (Wilson 1927; Brown, Cai and DasGupta 2001); all of 0..1 for no trials."""
    if trials == 0:
        return Bounds(0.0, 1.0)
    share = successes / trials
    square = _Z95 * _Z95
    centre = share + square / (2 * trials)
    spread = _Z95 * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    return Bounds(max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


def quantile(ordered: Sequence[int], percent: int) -> int:
    """The nearest-rank quantile of sorted values: always one that was measured. Raises ValueError for none."""
    if not ordered:
        raise ValueError("there is no quantile of nothing")
    rank = -(-percent * len(ordered) // 100)
    return ordered[max(rank, 1) - 1]
