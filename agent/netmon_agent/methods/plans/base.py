"""What every plan is asked and given, and what it answers. Pure: samples in, outcome out."""

from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Protocol

from netmon.domain.kinds import Decision, Reason, ResultKind
from netmon_agent.statistics.ramp import RampDetector
from netmon_agent.statistics.series import Series

_SHORTEST_BLOCK_S = 0.1
_NEAR_CEILING = 0.93
_MOST_BYTES = 300_000_000
# "Below" on a machine whose ticks came late: with room for what its timing may have cost.
_LATE_BELOW = 0.97


class Step(Enum):
    CONTINUE = auto()
    UNPACE = auto()  # the sender may go as fast as it can from now on
    STOP = auto()
    SPENT = auto()  # it may cost no more, settled or not


class Ended(StrEnum):
    """Why a transfer ended."""

    ENOUGH = "enough"
    TIME = "time"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What else is known about a transfer when its figures are judged.

    A ceiling (network card, budget of the server) is an IP-layer rate; None where there is none. `sender_slow` is a
    sender that had gaps of its own making. `host_late` is a machine whose ticks came late though nothing is known to
    have waited for it.
    """

    ended: Ended
    host_slow: bool = False
    host_late: bool = False
    sender_slow: bool = False
    congestion_control: str = "bbr"
    card_bps: int | None = None
    server_bps: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the samples and the evidence say together."""

    kind: ResultKind
    reason: Reason | None = None
    rate_bps: int | None = None
    censored_at_bps: int | None = None
    decision: Decision | None = None
    confidence: float | None = None
    steady_from: int | None = None
    detail: dict[str, object] = field(default_factory=dict)


class Plan(Protocol):
    """Watches a transfer and says what it found."""

    pace_ip_bps: int | None

    def observe(self, series: Series) -> Step: ...

    def judged_from(self) -> int:
        """The sample from which on the figures are judged."""

    def conclude(self, series: Series, evidence: Evidence) -> Outcome: ...


def nothing(reason: Reason) -> Outcome:
    """No figure, and why."""
    return Outcome(kind=ResultKind.NONE, reason=reason)


def ceiling(rate_bps: float, series: Series, evidence: Evidence) -> Reason | None:
    """What other than the line may have limited the transfer, if anything."""
    if evidence.card_bps is not None and rate_bps >= _NEAR_CEILING * evidence.card_bps:
        return Reason.METER_NIC
    if evidence.server_bps is not None and rate_bps >= _NEAR_CEILING * evidence.server_bps:
        return Reason.SENDER_LIMITED
    if evidence.host_slow:
        return Reason.METER_CPU
    if evidence.sender_slow:
        return Reason.SENDER_LIMITED
    if series.lost and evidence.congestion_control != "bbr":
        return Reason.NO_BBR_WITH_LOSS
    return None


def late_doubt(upper_bps: float, limit_bps: int, evidence: Evidence) -> Reason | None:
    """Whether "below" is too near to the limit for what a late machine saw."""
    return Reason.METER_CPU if evidence.host_late and upper_bps >= _LATE_BELOW * limit_bps else None


def spent(series: Series, most_bytes: int = _MOST_BYTES) -> bool:
    """Whether a transfer has used what it may; by default less than three seconds at 1 Gb/s."""
    return series.own_bytes(len(series) - 1) >= most_bytes


class Steady:
    """The part of a transfer after its ramp."""

    def __init__(self, rtt_s: float) -> None:
        self.block_s = max(_SHORTEST_BLOCK_S, 2 * rtt_s)
        self._ramp = RampDetector(self.block_s)
        self.first: int | None = None

    def observe(self, series: Series) -> bool:
        """Whether the newest sample lies in the steady part."""
        if self.first is None:
            self.first = self._ramp.ends_at(series)
            return False
        return True

    def batches(self, series: Series) -> list[float]:
        return [] if self.first is None else series.batches(self.first, self.block_s)

    def elapsed_s(self, series: Series) -> float:
        return 0.0 if self.first is None else series.duration_s - series.samples[self.first].t_s
