"""Latency windows of long ago, put together into hours (D8): fewer of them, the same known time."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

from netmon.domain.latency import LatencyWindow

_SEAM = timedelta(seconds=1)  # between windows that follow each other


def hourly(windows: Iterable[LatencyWindow]) -> list[list[LatencyWindow]]:
    """The windows of one line in runs that become one each: a target, a clock hour, no gap within.

    Windows in which nothing came back never join those that were answered: availability rests on the difference.
    """
    runs: list[list[LatencyWindow]] = []
    ordered = sorted(windows, key=lambda one: (_kind(one), one.started_at, one.ended_at))
    for _, of_kind in groupby(ordered, key=_kind):
        for one in of_kind:
            last = runs[-1] if runs else None
            if last is not None and _kind(last[0]) == _kind(one) and one.started_at <= _end(last) + _SEAM:
                last.append(one)
            else:
                runs.append([one])
    return runs


def together(run: Sequence[LatencyWindow]) -> LatencyWindow:
    """One window for a run: sums, extremes, the weighted median of the medians, the highest p95, the mean jitter."""
    answered = [one for one in run if one.rtt_median_s is not None]
    return replace(
        run[0],
        ended_at=_end(run),
        sent=sum(one.sent for one in run),
        lost=sum(one.lost for one in run),
        rtt_min_s=min((one.rtt_min_s for one in answered if one.rtt_min_s is not None), default=None),
        rtt_median_s=_median([(one.rtt_median_s or 0.0, one.sent - one.lost) for one in answered]),
        rtt_p95_s=max((one.rtt_p95_s for one in answered if one.rtt_p95_s is not None), default=None),
        rtt_max_s=max((one.rtt_max_s for one in answered if one.rtt_max_s is not None), default=None),
        jitter_s=_mean([(one.jitter_s, one.sent - one.lost) for one in answered if one.jitter_s is not None]),
    )


def _kind(one: LatencyWindow) -> tuple[str, bool, datetime]:
    return one.target, one.lost < one.sent, one.started_at.replace(minute=0, second=0, microsecond=0)


def _end(run: Sequence[LatencyWindow]) -> datetime:
    return max(one.ended_at for one in run)


def _median(weighted: Sequence[tuple[float, int]]) -> float | None:
    total, seen = sum(weight for _, weight in weighted), 0
    for value, weight in sorted(weighted):
        seen += weight
        if 2 * seen >= total:
            return value
    return None


def _mean(weighted: Sequence[tuple[float, int]]) -> float | None:
    total = sum(weight for _, weight in weighted)
    return None if not total else sum(value * weight for value, weight in weighted) / total
