"""The values of day aggregates, and what keeping them asks of the store."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from netmon.domain.identifiers import LineId, ServerId, SlotId, TerritoryId
from netmon.domain.slot import JudgedSlot, Outcome
from netmon_collector.ports import EvidenceReader


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotMark:
    """How one counted slot ended; `why` is the cause of a fail or the reason of an exclusion."""

    slot: SlotId
    outcome: Outcome
    why: str | None


def mark_of(one: JudgedSlot) -> SlotMark:
    why = one.exclusion or one.cause
    return SlotMark(slot=one.slot.id, outcome=one.outcome, why=None if why is None else why.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTraffic:
    """What went over a line for measuring, and what its probes found in the day, all targets together.

    `rtt_s` is the mean of the windows' medians, each as heavy as the probes that came back; `rtt_p95_s` the highest of
    their 95th percentiles; None when no probe came back.
    """

    measured_bytes: int = 0
    probes_sent: int = 0
    probes_lost: int = 0
    rtt_s: float | None = None
    rtt_p95_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDay:
    """What one local day of a line came to: its slots by outcome, its availability in seconds of working time.

    `input_hash` names everything that this was computed from.
    """

    line: LineId
    day: date
    passed: int
    failed: int
    strict_passed: int
    line_down: int
    excluded: int
    excluded_by_reason: Mapping[str, int]
    working_s: float | None
    up_s: float | None
    down_s: float | None
    median_bps: int | None
    input_hash: str
    computed_at: datetime
    slots: tuple[SlotMark, ...] = ()
    traffic: DayTraffic = DayTraffic()


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTotals:
    """The sums over some days of a line."""

    days: int
    passed: int
    failed: int
    strict_passed: int
    line_down: int
    excluded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayGlance:
    """The little of a day that lists and small drawings show; `absent` of the excluded are the agent's silence."""

    day: date
    passed: int
    failed: int
    line_down: int
    excluded: int
    absent: int
    median_bps: int | None

    @property
    def decided(self) -> int:
        return self.passed + self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class DayDue:
    """A UTC day of a line of which something came late; `mark` tells this time from a later one."""

    line: LineId
    day: date
    mark: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayProgress:
    """Up to which local day everything is computed, by which rules (a hash)."""

    basis: str
    complete_until: date


class DayStore(EvidenceReader, Protocol):
    """What keeping day aggregates needs; each call is one transaction."""

    def put_days(self, days: Sequence[LineDay]) -> None:
        """Store days in place of what was known of them."""
        ...

    def day_traffic(self, lines: Collection[LineId], start: datetime, end: datetime) -> Mapping[LineId, DayTraffic]:
        """What went over lines in the time [start, end); a line without any is absent."""
        ...

    def days_due(self) -> Sequence[DayDue]: ...

    def clear_due(self, due: Sequence[DayDue]) -> None:
        """Take marks away, but for those that were renewed meanwhile."""
        ...

    def day_progress(self) -> Mapping[TerritoryId, DayProgress]: ...

    def set_day_progress(self, territory: TerritoryId, progress: DayProgress) -> None: ...

    def servers_of(self, lines: Collection[LineId], start: datetime, end: datetime) -> set[ServerId]:
        """The servers that lines measured with, by when the measurements were."""
        ...

    def lines_with(self, servers: Collection[ServerId], start: datetime, end: datetime) -> set[LineId]:
        """The lines that measured with any of the servers."""
        ...
