"""One measurement of a line: what was found, how, and why where there is no figure."""

from dataclasses import dataclass, field
from datetime import datetime

from netmon.domain.identifiers import LineId, ServerId, SlotId
from netmon.domain.kinds import Decision, Direction, Flag, Mode, Path, Reason, ReceiptState, ResultKind

__all__ = ["Decision", "Direction", "Flag", "Measurement", "Mode", "Path", "Reason", "ReceiptState", "ResultKind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What one session with a measurement server found in one direction.

    Rates are IP-layer bits per second (RFC 9097) over the whole line, `background_bps` of which was other people's
    traffic; `goodput_bps` is TCP payload. `censored_at_bps` is the rate above which this measurement could not see.
    """

    line: LineId
    slot: SlotId | None
    server: ServerId
    method: str
    direction: Direction
    mode: Mode
    started_at: datetime
    duration_s: float
    kind: ResultKind
    reason: Reason | None
    rate_bps: int | None
    goodput_bps: int | None
    background_bps: int | None
    censored_at_bps: int | None
    decision: Decision | None
    threshold_bps: int | None
    limit_bps: int | None
    confidence: float | None
    bytes: int
    path: Path
    receipt: "ReceiptState"
    time_trusted: bool = True  # the time is the receipt's, or the device's corrected by a known offset
    flags: frozenset[Flag] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if (self.rate_bps is None) != (self.kind is ResultKind.NONE):
            raise ValueError("a rate is present exactly when the kind is not none")
        if self.kind is not ResultKind.RATE and self.reason is None:
            raise ValueError("a measurement without a rate says why")
