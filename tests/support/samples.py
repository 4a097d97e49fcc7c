"""Builders for the samples of a transfer."""

from collections.abc import Iterable

from netmon_agent.statistics.series import Sample, Series

TICK_S = 0.05


def a_series(rates_bps: Iterable[float], *, tick_s: float = TICK_S, others_bps: float = 0.0) -> Series:
    """A series in which each tick ran at the given rate."""
    series, sent, others, t_s = Series(), 0.0, 0.0, 0.0
    for rate in rates_bps:
        sent += rate * tick_s / 8
        others += others_bps * tick_s / 8
        t_s += tick_s
        series.add(a_sample(t_s, round(sent), others_bytes=round(others)))
    return series


def a_sample(t_s: float, sent: int, *, others_bytes: int = 0, lost: bool = False) -> Sample:
    """A sample whose two ways of counting agree."""
    return Sample(
        t_s=t_s,
        exact_bytes=sent,
        segment_bytes=sent,
        goodput_bytes=round(sent * 1448 / 1500),
        others_bytes=others_bytes,
        lost=lost,
    )


def for_seconds(seconds: float, rate_bps: float) -> list[float]:
    """So many ticks at one rate."""
    return [rate_bps] * round(seconds / TICK_S)
