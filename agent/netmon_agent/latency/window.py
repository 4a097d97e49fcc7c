"""The probes of one target in one window, and the figures that stand for them."""

import itertools
from collections.abc import Sequence
from datetime import datetime
from math import ceil

from netmon.wire.agent_bodies import LatencyBody


def quantile(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank quantile of values in order: always one that was seen."""
    return ordered[max(ceil(share * len(ordered)), 1) - 1]


def jitter_s(rtts: Sequence[float]) -> float:
    """The mean difference between probes that follow each other (RFC 3393 in spirit, RFC 3550 without smoothing)."""
    if len(rtts) < 2:
        return 0.0
    return sum(abs(later - earlier) for earlier, later in itertools.pairwise(rtts)) / (len(rtts) - 1)


def window_body(
    target: str, probes: Sequence[float | None], *, started_at: datetime, ended_at: datetime
) -> LatencyBody:
    """The record of a window with at least one probe; None in `probes` is one that did not come back."""
    came_back = [rtt for rtt in probes if rtt is not None]
    ordered = sorted(came_back)
    return LatencyBody(
        started_at=started_at,
        ended_at=ended_at,
        target=target,
        sent=len(probes),
        lost=len(probes) - len(came_back),
        rtt_min_s=_micro(ordered[0]) if ordered else None,
        rtt_median_s=_micro(quantile(ordered, 0.5)) if ordered else None,
        rtt_p95_s=_micro(quantile(ordered, 0.95)) if ordered else None,
        rtt_max_s=_micro(ordered[-1]) if ordered else None,
        jitter_s=_micro(jitter_s(came_back)) if ordered else None,
    )


def _micro(seconds: float) -> float:
    return round(seconds, 6)
