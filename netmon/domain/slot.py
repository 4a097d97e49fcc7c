"""Planned slots and what became of them: exactly one outcome each (D6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from netmon.domain.identifiers import LineId, ServerId, SlotId
from netmon.domain.kinds import SlotEnd, SlotReason
from netmon.domain.measurement import Direction, Mode

__all__ = [
    "Delivery",
    "ExclusionReason",
    "FailCause",
    "JudgedSlot",
    "Outcome",
    "Slot",
    "SlotEnd",
    "SlotReason",
    "SlotReport",
    "accounts",
    "slot_id",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A planned measurement of one line: it may begin in [starts_at, ends_at).

    `rate_bps` is what it may use of the server's budget, `duration_s` for how long. A slot that was issued is never
    changed.
    """

    id: SlotId
    line: LineId
    direction: Direction
    mode: Mode
    starts_at: datetime
    ends_at: datetime
    server: ServerId
    fallback_server: ServerId | None
    rate_bps: int
    duration_s: float


def slot_id(line: LineId, starts_at: datetime, direction: Direction, mode: Mode) -> SlotId:
    """The id of a slot: readable, and the same however often it is planned."""
    return SlotId(f"{line}:{starts_at:%Y%m%dT%H%M%SZ}:{mode.value}-{direction.value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotReport:
    """The agent's own account of one slot."""

    slot: SlotId
    line: LineId
    end: SlotEnd
    reason: SlotReason | None
    at: datetime


def accounts(reports: Iterable[SlotReport]) -> Mapping[SlotId, SlotReport]:
    """The one account of each slot: the last given, where two devices of a copied disk gave one each."""
    return {one.slot: one for one in reports}


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    EXCLUDED = "excluded"


class ExclusionReason(StrEnum):
    """Why a slot decides nothing. Closed: later changes only add."""

    AGENT_OFF = "agent_off"
    SERVER_UNREACHABLE = "server_unreachable"
    SERVER_REFUSED = "server_refused"
    UNDECIDED = "undecided"
    UNPROVEN = "unproven"
    LOWER_BOUND = "lower_bound"
    METER_CEILING = "meter_ceiling"
    SERVER_CEILING = "server_ceiling"
    FILTERED_PATH = "filtered_path"
    EMULATED = "emulated"
    RECEIPT = "receipt"
    CLOCK = "clock"
    LOCALITY_UNKNOWN = "locality_unknown"
    BUDGET = "budget"
    ORGANIC = "organic"  # users' own traffic, beyond the part of a day's passes that it may be

    @property
    def is_ceiling(self) -> bool:
        """Whether the meter or the server was too small for the line."""
        return self in (ExclusionReason.METER_CEILING, ExclusionReason.SERVER_CEILING)

    @property
    def could_hide_a_fail(self) -> bool:
        """Whether withholding something of the line's own can turn a fail into this exclusion."""
        return self in _HIDING


# Records, receipts and the clock's offset can be withheld; a proxy and a relay can be put in the way; the cap of the
# agent's own traffic is a setting of the device; what users did is the device's word alone.
_HIDING = frozenset(
    {
        ExclusionReason.AGENT_OFF,
        ExclusionReason.SERVER_UNREACHABLE,
        ExclusionReason.RECEIPT,
        ExclusionReason.CLOCK,
        ExclusionReason.FILTERED_PATH,
        ExclusionReason.EMULATED,
        ExclusionReason.BUDGET,
        ExclusionReason.ORGANIC,
    }
)


class FailCause(StrEnum):
    BELOW_LIMIT = "below_limit"
    LINE_DOWN = "line_down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A rate that a server delivered to some line: proof of what the path beyond the line can carry."""

    server: ServerId
    direction: Direction
    at: datetime
    line: LineId
    rate_bps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSlot:
    """One slot with its outcome and the figures it was judged by.

    `organic` says that users' own traffic passed it in place of a test.
    `strict_pass` is the outcome at tolerance 0; None where the slot decides nothing. `rate_bps` is what was measured
    (IP layer), None where there is no figure; `censored` says that it is only a bound from below. `proof` is what the
    same server delivered to another line, where "below" rests on it.
    """

    slot: Slot
    day: date
    hour: int
    outcome: Outcome
    exclusion: ExclusionReason | None = None
    cause: FailCause | None = None
    rate_bps: int | None = None
    censored: bool = False
    organic: bool = False
    threshold_bps: int | None = None
    limit_bps: int | None = None
    strict_pass: bool | None = None
    proof: Delivery | None = None
