"""What a measurement method is given and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from netmon.clock import Clock
from netmon.domain.identifiers import ServerId, TicketId
from netmon.domain.kinds import Decision, Direction, Flag, Mode, Path, Reason, ResultKind
from netmon.errors import NetmonError
from netmon.wire.canonical import format_time


class MeasurementError(NetmonError):
    """A measurement that ended without a figure, with the reason that is recorded."""

    def __init__(self, reason: Reason, message: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_at = retry_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a measurement waits for what, in seconds."""

    connect_s: float = 5.0
    answer_s: float = 5.0
    stall_s: float = 3.0
    decision_s: float = 8.0
    estimate_s: float = 10.0
    sustained_s: float = 45.0

    def longest_s(self, mode: Mode) -> float:
        """The longest transfer of a mode."""
        return {Mode.DECISION: self.decision_s, Mode.ESTIMATE: self.estimate_s, Mode.SUSTAINED: self.sustained_s}[mode]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRequest:
    """One measurement to make, in one direction.

    `ticket` is the signed text; methods that use other people's servers do without. `limit_bps` is the threshold
    less its tolerance: what a decision is about. `interface` leads to the provider, where this machine has it.
    `udp` lets a decision ask a train of UDP packets first. `congestion_control` is asked for when this machine sends.
    """

    host: str
    port: int
    direction: Direction
    mode: Mode
    clock: Clock
    ticket: str | None = None
    threshold_bps: int | None = None
    limit_bps: int | None = None
    interface: str | None = None
    emulated: bool = False
    udp: bool = True
    congestion_control: str = "bbr"
    patience: Patience = field(default_factory=Patience)

    def with_ticket(self, ticket: str) -> "SessionRequest":
        """The same request under another ticket."""
        return replace(self, ticket=ticket)

    def blank(self, method: str) -> "MethodResult":
        """A result that says nothing yet but what was asked."""
        return MethodResult(
            method=method,
            direction=self.direction,
            mode=self.mode,
            started_at=self.clock.now(),
            duration_s=0.0,
            kind=ResultKind.NONE,
            threshold_bps=self.threshold_bps,
            limit_bps=self.limit_bps,
            flags=frozenset({Flag.EMULATED_LINE}) if self.emulated else frozenset(),
        )

    def failed(self, method: str, error: MeasurementError) -> "MethodResult":
        """The result of a measurement that came to nothing."""
        return self.blank(method).because(error)


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodResult:
    """What one method found in one direction. Rates are IP-layer bits per second unless named otherwise."""

    method: str
    direction: Direction
    mode: Mode
    started_at: datetime
    duration_s: float
    kind: ResultKind
    reason: Reason | None = None
    message: str | None = None
    retry_at: datetime | None = None
    rate_bps: int | None = None
    goodput_bps: int | None = None
    background_bps: int | None = None
    censored_at_bps: int | None = None
    decision: Decision | None = None
    threshold_bps: int | None = None
    limit_bps: int | None = None
    confidence: float | None = None
    bytes: int = 0
    path: Path = Path.UNKNOWN
    server: ServerId | None = None
    ticket: TicketId | None = None
    receipt: str | None = None
    flags: frozenset[Flag] = frozenset()
    detail: Mapping[str, object] = field(default_factory=dict)

    def because(self, error: MeasurementError) -> "MethodResult":
        """The same, without a figure and with the reason."""
        return replace(self, kind=ResultKind.NONE, reason=error.reason, message=str(error), retry_at=error.retry_at)

    def document(self) -> dict[str, object]:
        """The members of a measurement record (docs/wire.md) that the measurement itself knows."""
        return {
            "method": self.method,
            "direction": self.direction.value,
            "mode": self.mode.value,
            "started_at": format_time(self.started_at),
            "duration_s": round(self.duration_s, 3),
            "kind": self.kind.value,
            "reason": self.reason.value if self.reason else None,
            "retry_at": format_time(self.retry_at) if self.retry_at else None,
            "rate_bps": self.rate_bps,
            "goodput_bps": self.goodput_bps,
            "background_bps": self.background_bps,
            "censored_at_bps": self.censored_at_bps,
            "decision": self.decision.value if self.decision else None,
            "threshold_bps": self.threshold_bps,
            "limit_bps": self.limit_bps,
            "confidence": self.confidence,
            "bytes": self.bytes,
            "path": self.path.value,
            "server": self.server,
            "ticket": self.ticket,
            "receipt": self.receipt,
            "flags": sorted(flag.value for flag in self.flags),
            "detail": dict(self.detail),
        }


class Method(Protocol):
    """Measures a line once. Never raises for what the network does: that is a result with its reason."""

    def __call__(self, request: SessionRequest, /) -> MethodResult: ...
