"""The planner: where in its cycle each line is measured, and the slots of a day that follow from it (D1).

A position is assigned once per line and never changes; slots are a pure function of position, calendar and policy.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from netmon.domain.identifiers import LineId, ServerId
from netmon.domain.measurement import Direction, Mode
from netmon.domain.period import local_midnight
from netmon.domain.policy import EstimateFrequency, Policy, SchoolDays, TimetableRule, WorkingHours
from netmon.domain.slot import Slot, slot_id


@dataclass(frozen=True, slots=True)
class _Need:
    """How long one kind of test takes: as a rule, which is planned with, and at most, which its ticket allows."""

    planned: timedelta
    longest: timedelta


_NEEDS: Mapping[Mode, _Need] = {
    Mode.DECISION: _Need(timedelta(seconds=4), timedelta(seconds=12)),
    Mode.ESTIMATE: _Need(timedelta(seconds=6), timedelta(seconds=15)),
    Mode.SUSTAINED: _Need(timedelta(seconds=30), timedelta(seconds=60)),
}
# A decision may take twice the threshold: a repeat without pacing proves "below". A full test leaves room above the
# contract, so that a line that is faster than bought shows it.
_THRESHOLD_PERCENT = 200
_CONTRACT_PERCENT = 125
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a line is measured, for good.

    `offset_s` and `full_offset_s` are seconds into the cycle, of decisions and of full tests. `upload_phase`,
    `estimate_cycle` and `sustained_cycle` count the cycles of a day's working hours, `sustained_day` the school days
    of a week, each modulo how many there are. `full_rate_bps` is what full tests may use.
    """

    line: LineId
    server: ServerId
    fallback_server: ServerId | None
    offset_s: int
    full_offset_s: int
    upload_phase: int
    estimate_cycle: int
    sustained_day: int
    sustained_cycle: int
    full_rate_bps: int


@dataclass(frozen=True, slots=True)
class _Session:
    """One test of a cycle: what it is and what it takes of its server."""

    mode: Mode
    direction: Direction
    offset_s: int
    rate_bps: int

    @property
    def planned_s(self) -> int:
        return int(_NEEDS[self.mode].planned.total_seconds())

    @property
    def longest_s(self) -> float:
        return _NEEDS[self.mode].longest.total_seconds()


def full_rate_bps(threshold_bps: int, contract_bps: int | None) -> int:
    """What a full test of a line may use of its server: 125 % of the contract, at least twice the threshold."""
    by_contract = (contract_bps or 0) * _CONTRACT_PERCENT // 100
    return max(threshold_bps * _THRESHOLD_PERCENT // 100, by_contract)


def sessions_of_cycle(
    position: Position, *, cycle: int, cycles: int, is_sustained_day: bool, threshold_bps: int, rule: TimetableRule
) -> Iterator[_Session]:
    """The tests of one line in one cycle of a day that has `cycles` of them."""
    rate = threshold_bps * _THRESHOLD_PERCENT // 100
    if rule.decisions:
        down = _Session(Mode.DECISION, Direction.DOWN, position.offset_s, rate)
        yield down
        every = rule.upload_every_cycles
        if every is not None and cycle % every == position.upload_phase % every:
            yield _Session(Mode.DECISION, Direction.UP, position.offset_s + down.planned_s, rate)
    full = position.full_rate_bps
    if rule.sustained_weekly and is_sustained_day and cycle == position.sustained_cycle % cycles:
        yield _Session(Mode.SUSTAINED, Direction.DOWN, position.full_offset_s, full)
    elif rule.estimate is EstimateFrequency.CYCLE or (
        rule.estimate is EstimateFrequency.SCHOOL_DAY and cycle == position.estimate_cycle % cycles
    ):
        yield _Session(Mode.ESTIMATE, Direction.DOWN, position.full_offset_s, full)


def cycle_starts(
    day: date, hours: WorkingHours, calendar: SchoolDays, zone: tzinfo, cycle: timedelta
) -> Sequence[datetime]:
    """The starts, in UTC, of the whole cycles in the working hours of a local day."""
    open_hours = hours.on(day, calendar)
    if open_hours is None:
        return ()
    start = datetime.combine(day, open_hours[0], tzinfo=zone).astimezone(UTC)
    last_day = day + _DAY if open_hours[1] == time() else day
    end = datetime.combine(last_day, open_hours[1], tzinfo=zone).astimezone(UTC)
    return tuple(start + number * cycle for number in range((end - start) // cycle))


def slots_of_day(
    position: Position,
    day: date,
    *,
    zone: tzinfo,
    threshold_bps: int,
    policy: Policy,
    calendar: SchoolDays,
) -> tuple[Slot, ...]:
    """Every slot of a line on a local day, in time order."""
    rule = policy.timetable
    starts = cycle_starts(day, policy.working_hours, calendar, zone, rule.cycle)
    sustained = _is_sustained_day(position, day, policy.working_hours, calendar)
    slots = [
        _slot(position, start, session, rule)
        for cycle, start in enumerate(starts)
        for session in sessions_of_cycle(
            position,
            cycle=cycle,
            cycles=len(starts),
            is_sustained_day=sustained,
            threshold_bps=threshold_bps,
            rule=rule,
        )
    ]
    return tuple(sorted(slots, key=lambda slot: slot.starts_at))


def _is_sustained_day(position: Position, day: date, hours: WorkingHours, calendar: SchoolDays) -> bool:
    monday = day - timedelta(days=day.weekday())
    week = [one for one in (monday + number * _DAY for number in range(7)) if hours.on(one, calendar) is not None]
    return bool(week) and day == week[position.sustained_day % len(week)]


def _slot(position: Position, cycle_start: datetime, session: _Session, rule: TimetableRule) -> Slot:
    starts_at = cycle_start + timedelta(seconds=session.offset_s)
    return Slot(
        id=slot_id(position.line, starts_at, session.direction, session.mode),
        line=position.line,
        direction=session.direction,
        mode=session.mode,
        starts_at=starts_at,
        ends_at=starts_at + rule.grace,
        server=position.server,
        fallback_server=position.fallback_server,
        rate_bps=session.rate_bps,
        duration_s=session.longest_s,
    )


def horizon(at: datetime, *, zone: tzinfo, policy: Policy, calendar: SchoolDays) -> datetime:
    """Up to when slots are issued: agents work that long without their collector."""
    rule = policy.timetable
    if rule.ahead_cycles is not None:
        return at + rule.ahead_cycles * rule.cycle
    today = at.astimezone(zone).date()
    day, school_days = today, 0
    # A year without that many school days is a calendar that ended: then the days alone count.
    while school_days < rule.ahead_school_days and (day - today).days < 366:
        day += _DAY
        school_days += calendar.is_school_day(day)
    if school_days < rule.ahead_school_days:
        day = today
    return local_midnight(max(day, today + rule.ahead_days * _DAY) + _DAY, zone)


def slots_between(
    position: Position,
    start: datetime,
    end: datetime,
    *,
    zone: tzinfo,
    threshold_on: Callable[[date], int | None],
    policy: Policy,
    calendar: SchoolDays,
) -> tuple[Slot, ...]:
    """The slots of a line that start in [start, end); none on days without a threshold."""
    found: list[Slot] = []
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        threshold = threshold_on(day)
        if threshold is not None:
            slots = slots_of_day(position, day, zone=zone, threshold_bps=threshold, policy=policy, calendar=calendar)
            found.extend(slot for slot in slots if start <= slot.starts_at < end)
        day += _DAY
    return tuple(found)
