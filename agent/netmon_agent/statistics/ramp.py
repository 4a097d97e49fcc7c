"""Where the start of a transfer ends: what comes before says nothing about the line."""

from netmon_agent.statistics.series import Series

_GROWTH = 1.15
_STEADY_BLOCKS = 2


class RampDetector:
    """Finds the end of the ramp: two consecutive blocks which no longer grow by 15 % over the best before."""

    def __init__(self, block_s: float) -> None:
        self._block_s = block_s
        self._last = 0
        self._best_bps = 0.0
        self._steady = 0

    def ends_at(self, series: Series) -> int | None:
        """The newest sample's index if the ramp ends there; to be asked after every sample."""
        newest = len(series) - 1
        if series.samples[newest].t_s - series.samples[self._last].t_s < self._block_s - 1e-3:
            return None
        rate = series.line_bps(self._last, newest)
        self._last = newest
        if rate > self._best_bps * _GROWTH:
            self._best_bps, self._steady = rate, 0
        elif rate > 0:
            self._steady += 1
        return newest if self._steady >= _STEADY_BLOCKS else None
