"""What a train of UDP packets says about a limit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from netmon.transfer.train import Window
from netmon_agent.statistics.decision import Finding
from netmon_agent.statistics.interval import trimmed_interval

WINDOW_S = 0.025
SKIP_SHARE = 0.4
DURATION_S = 0.4
PACE_OVER_LIMIT = 1.15
_FEWEST_WINDOWS = 5
_SENDER_FAST_ENOUGH = 1.03
_MARGIN = 0.005
_STEADILY = 1.05
_LEAST_SHARE = 0.3
_BELOW = 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainFinding:
    """The line's rate under the train (others' traffic included), and what it means; None is no answer."""

    rate_bps: float
    lower_bps: float
    upper_bps: float
    finding: Finding | None
    loss: float


def judge_train(
    windows: Sequence[Window], *, packet_bytes: int, others_bps: float, limit_bps: int, dropped_here: int
) -> TrainFinding | None:
    """Windows in which the sender itself was slow say nothing; too few left is no answer at all.

    "At least" needs the bound over the good windows and the means of both halves, slow windows included: a sender
    that pauses and catches up lets a shaper save tokens up, and what then comes at once is no rate. Nor is anything
    faster than what was sent. "Below" is only a suspicion here, to be proven by TCP: packets lost in our own machine,
    or a class of traffic that somebody polices, look the same.
    """
    bits = packet_bytes * 8
    needed = _SENDER_FAST_ENOUGH * (limit_bps - others_bps)
    good = [window for window in windows if window.sending_s > 0 and window.sent * bits / window.sending_s >= needed]
    if len(good) < _FEWEST_WINDOWS or dropped_here:
        return None
    rates = [window.received * bits / window.arriving_s + others_bps for window in good]
    interval = trimmed_interval(rates)
    margin = max(interval.half_width, _MARGIN * interval.mean)
    steadily = interval.mean <= _STEADILY * max(PACE_OVER_LIMIT * limit_bps, others_bps + _LEAST_SHARE * limit_bps)
    finding = None
    half = len(windows) // 2
    halves = min(_mean(windows[:half], bits), _mean(windows[half:], bits)) + others_bps
    if steadily and min(halves * (1 - _MARGIN), interval.mean - margin) >= limit_bps:
        finding = Finding.AT_LEAST
    elif max(_mean(good, bits) + others_bps, interval.mean + margin) < _BELOW * limit_bps:
        finding = Finding.BELOW
    sent = sum(window.sent for window in good)
    return TrainFinding(
        rate_bps=interval.mean,
        lower_bps=interval.mean - margin,
        upper_bps=interval.mean + margin,
        finding=finding,
        loss=max(0.0, 1 - sum(window.received for window in good) / sent) if sent else 0.0,
    )


def _mean(windows: Sequence[Window], bits: int) -> float:
    return sum(window.received for window in windows) * bits / math.fsum(window.arriving_s for window in windows)
