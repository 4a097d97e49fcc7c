"""The closed sets of what agents report; apart from the facts they stand in, which an agent never reads."""

from enum import StrEnum


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


class ReceiptState(StrEnum):
    """What the collector found about the receipt of a measurement."""

    VALID = "receipt_valid"
    ABSENT = "receipt_absent"
    INVALID = "receipt_invalid"


class SlotEnd(StrEnum):
    """How the agent ended a slot."""

    MEASURED = "measured"
    NOT_MEASURED = "not_measured"


class SlotReason(StrEnum):
    """Why the agent did not measure in a slot. Closed: later changes only add."""

    AGENT_OFF = "agent_off"  # the agent was not running in the slot's time
    OVERRUN = "overrun"  # an earlier slot of the same agent took this one's time
    NO_TICKET = "no_ticket"  # the timetable carried no ticket that fits
    BUDGET = "budget"  # the month's traffic of the agent's own was used up


GATEWAY_TARGET = "gateway"  # the name of the first router among the targets of probes


class OutageCause(StrEnum):
    """Where the connection broke. Closed: later changes only add."""

    NIC = "nic"  # the agent's own interface had no link
    GATEWAY = "gateway"  # link, but the school's own router did not answer
    PROVIDER = "provider"  # link, but no answer from anywhere
    BEYOND = "beyond"  # some targets answered, the measurement server did not

    @property
    def is_line_down(self) -> bool:
        """Only what the provider answers for counts against the line: a pulled cable does not."""
        return self is OutageCause.PROVIDER


class AbsenceCause(StrEnum):
    """Why the agent was not there. Closed: later changes only add."""

    POWER_LOSS = "power_loss"  # the machine started anew, and nobody had stopped it
    REBOOT = "reboot"  # the machine was stopped in good order and started anew
    KILLED = "killed"  # the agent ended without warning while its machine went on
    STOPPED = "stopped"  # the agent was stopped in good order while its machine went on
    SLEEP = "sleep"  # the machine slept
    PAUSED = "paused"  # agent and machine were there, but the agent did not get to run


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
