"""Path diagnosis: the routers between a line and its measurement server, and where losses begin."""

from dataclasses import dataclass
from datetime import datetime

from netmon.domain.identifiers import LineId, ServerId, SlotId
from netmon.domain.kinds import PathMethod, PathOutcome, PathReadiness, PathTrigger

__all__ = ["Hop", "PathDiagnosis", "PathMethod", "PathOutcome", "PathReadiness", "PathTrigger", "Trace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One router, or the server itself: how many probes it was sent and answered, and the least round-trip time."""

    ttl: int
    address: str | None
    sent: int
    answered: int
    rtt_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The hops in their order; `reached` says whether the last one is the server."""

    method: PathMethod
    reached: bool
    hops: tuple[Hop, ...]

    @property
    def loss_begins(self) -> Hop | None:
        """The first hop from which losses last to the end of the way; None when the end answered every probe.

        Losses of a router alone mean nothing: many are silent or answer few probes, and forward all the same.
        """
        begins, answered_later = None, False
        for hop in reversed(self.hops):
            if hop.answered == 0 and answered_later:
                continue
            if hop.answered == hop.sent:
                break
            begins, answered_later = hop, answered_later or hop.answered > 0
        return begins


@dataclass(frozen=True, slots=True, kw_only=True)
class PathDiagnosis:
    """What was found on the way to a measurement server; `mtu_bytes` is None where nobody said it."""

    line: LineId
    slot: SlotId | None
    server: ServerId
    host: str
    started_at: datetime
    duration_s: float
    trigger: PathTrigger
    outcome: PathOutcome
    mtu_bytes: int | None
    traces: tuple[Trace, ...]
