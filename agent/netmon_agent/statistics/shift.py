"""A token bucket in a line: two flat rates, the second one lower."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from netmon_agent.statistics.interval import variation
from netmon_agent.statistics.series import Series

WINDOW_S = 0.25
_FEWEST_WINDOWS = 12
_SMALLEST_DROP = 1.1
_EXPLAINED = 0.75
_FLAT = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """The rate before and after the bucket ran empty, and how much went through above the sustained rate."""

    burst_bps: float
    sustained_bps: float
    bucket_bytes: int
    burst_s: float
    after_s: float


def find_shift(series: Series, first: int) -> Shift | None:
    """The one fall of at least 10 % that explains most of the variance between two flat stretches, if there is one.

    Both stretches must be flat (variation under 5 %), or a line whose rate wanders would pass for a shaped one.
    """
    starts, rates = _windows(series, first)
    if len(rates) < _FEWEST_WINDOWS:
        return None
    cut, unexplained = _best_cut(rates)
    before, after = rates[:cut], rates[cut:]
    # The window in which the bucket ran empty belongs to neither stretch.
    bursting, settled = before[:-1] if len(before) > 2 else before, after[1:]
    burst = math.fsum(bursting) / len(bursting)
    sustained = math.fsum(settled) / len(settled)
    flat = variation(bursting) < _FLAT and variation(settled) < _FLAT
    if burst < _SMALLEST_DROP * sustained or unexplained > 1 - _EXPLAINED or not flat:
        return None
    emptied_at_s = series.samples[starts[cut]].t_s
    return Shift(
        burst_bps=burst,
        sustained_bps=sustained,
        bucket_bytes=round(series.line_bytes(len(series) - 1) - sustained * series.duration_s / 8),
        burst_s=emptied_at_s,
        after_s=series.duration_s - emptied_at_s,
    )


def _windows(series: Series, first: int) -> tuple[list[int], list[float]]:
    starts, rates, start = [], [], first
    for index in range(first + 1, len(series)):
        if series.samples[index].t_s - series.samples[start].t_s >= WINDOW_S - 1e-3:
            starts.append(start)
            rates.append(series.line_bps(start, index))
            start = index
    return starts, rates


def _best_cut(rates: Sequence[float]) -> tuple[int, float]:
    """Where to cut so that two means explain most, and the share of variance left unexplained."""
    count, total = len(rates), math.fsum(rates)
    squares = math.fsum(rate * rate for rate in rates)
    whole = squares - total * total / count
    best, best_cut, head = math.inf, 2, rates[0]
    for cut in range(2, count - 3):
        head += rates[cut - 1]
        tail = total - head
        left = squares - head * head / cut - tail * tail / (count - cut)
        if left < best:
            best, best_cut = left, cut
    return best_cut, best / whole if whole > 0 else 1.0
