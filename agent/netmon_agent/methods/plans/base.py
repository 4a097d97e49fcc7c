"""What every plan is asked and given, and what it answers. Pure: samples in, outcome out."""

from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Protocol

from netmon.domain.measurement import Decision, Reason, ResultKind
from netmon_agent.statistics.ramp import RampDetector
from netmon_agent.statistics.series import Series

_SHORTEST_BLOCK_S = 0.1
_NEAR_CEILING = 0.93


class Step(Enum):
    CONTINUE = auto()
    UNPACE = auto()  # the sender may go as fast as it can from now on
    STOP = auto()


class Ended(StrEnum):
    """Why a transfer ended."""

    ENOUGH = "enough"
    TIME = "time"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What else is known about a transfer when its figures are judged.

    A ceiling (network card, budget of the server) is an IP-layer rate; None where there is none. `sender_slow` is a
    sender that had gaps of its own making.
    """

    ended: Ended
    host_slow: bool = False
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
