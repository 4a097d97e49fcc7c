"""Path diagnosis: the routers between a line and its measurement server, and where losses begin."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from netmon.domain.identifiers import LineId, ServerId, SlotId


class PathMethod(StrEnum):
    """What the probes of a trace are. Closed: later changes only add."""

    UDP = "udp"
    TCP = "tcp"  # SYNs to the server's port: what a filter in between does to measurements it does to these
    ICMP = "icmp"  # echo requests


class PathTrigger(StrEnum):
    """Why the path was looked at. Closed: later changes only add."""

    BELOW = "below"  # a measurement said that the line is below its limit
    NO_RESULT = "no_result"  # a measurement came to nothing, for a reason that may lie on the way


class PathOutcome(StrEnum):
    """What came of looking. Closed: later changes only add."""

    TRACED = "traced"
    TIMED_OUT = "timed_out"
    FAILED = "failed"


class PathReadiness(StrEnum):
    """Whether a device can look at its path. Closed: later changes only add."""

    READY = "ready"
    LIBRARY_MISSING = "library_missing"
    NOT_PERMITTED = "not_permitted"


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
