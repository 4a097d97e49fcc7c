"""One measurement of a line: what was found, how, and why where there is no figure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from netmon.domain.identifiers import LineId, ServerId, SlotId


class Direction(StrEnum):
    """Seen from the school."""

    DOWN = "down"
    UP = "up"


class Mode(StrEnum):
    """What a measurement sets out to find."""

    DECISION = "decision"  # at least the limit or below it, cheaply; the rate is capped
    ESTIMATE = "estimate"  # the full rate of the line
    SUSTAINED = "sustained"  # the rate after any token bucket is empty


class ResultKind(StrEnum):
    RATE = "rate"
    LOWER_BOUND = "lower_bound"
    NONE = "none"


class Decision(StrEnum):
    """The answer to "does the line reach the limit?"."""

    AT_LEAST = "at_least"
    BELOW = "below"
    UNDECIDED = "undecided"


class Path(StrEnum):
    """Whether somebody terminates the connection between agent and measurement server."""

    DIRECT = "direct"
    PROXIED = "proxied"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a measurement has no rate, only a bound, or no decision. Closed: later changes only add."""

    # nobody answered
    SERVER_UNREACHABLE = "server_unreachable"
    SERVER_STALLED = "server_stalled"
    CONNECTION_LOST = "connection_lost"
    PROTOCOL_ERROR = "protocol_error"
    # the server refused
    TICKET_EXPIRED = "ticket_expired"
    TICKET_NOT_YET_VALID = "ticket_not_yet_valid"
    TICKET_REUSED = "ticket_reused"
    TICKET_FORGED = "ticket_forged"
    TICKET_WRONG_SERVER = "ticket_wrong_server"
    TICKET_MALFORMED = "ticket_malformed"
    SERVER_RESTARTED = "server_restarted"
    SERVER_BUSY = "server_busy"
    # the meter or the server, not the line, was the limit
    METER_CPU = "meter_cpu"
    METER_NIC = "meter_nic"
    SENDER_LIMITED = "sender_limited"
    # the figures do not carry a statement
    TOO_SHORT = "too_short"
    NOT_CONVERGED = "not_converged"
    BORDERLINE = "borderline"
    NO_BBR_WITH_LOSS = "no_bbr_with_loss"
    BYTE_CAP = "byte_cap"
    # nothing was asked of the line but what its users asked
    ORGANIC = "organic"
    # the agent's own machine
    INTERFACE_GONE = "interface_gone"
    METHOD_MISSING = "method_missing"


class Flag(StrEnum):
    """What a reader of the figure should know. Closed: later changes only add."""

    BACKGROUND_SEEN = "background_seen"
    NO_WAN_COUNTERS = "no_wan_counters"
    LOSS_SEEN = "loss_seen"
    EMULATED_LINE = "emulated_line"


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


class ReceiptState(StrEnum):
    """What the collector found about the receipt of a measurement."""

    VALID = "receipt_valid"
    ABSENT = "receipt_absent"
    INVALID = "receipt_invalid"
