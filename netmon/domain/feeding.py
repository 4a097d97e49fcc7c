"""Whether a timetable brings what a policy asks for: else every verdict would end in "not enough data"."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from functools import cache

from netmon.domain.calendar import SchoolCalendar
from netmon.domain.identifiers import LineId, ServerId
from netmon.domain.measurement import Direction, Mode
from netmon.domain.period import Period, PeriodKind
from netmon.domain.policy import EstimateFrequency, Policy
from netmon.domain.timetable import Position, sessions_of_cycle

# A line with the most slots: in general a sustained test takes no estimate's place.
_ANYWHERE = Position(
    line=LineId("-"),
    server=ServerId("-"),
    fallback_server=None,
    offset_s=0,
    full_offset_s=0,
    upload_phase=0,
    estimate_cycle=0,
    sustained_day=0,
    sustained_cycle=1,
    full_rate_bps=1,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfed:
    """One number of a policy that its timetable cannot bring; `key` is its place in the file."""

    key: str
    problem: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """The most that a timetable brings in one period: deciding slots, estimates and sustained tests, school days."""

    slots: int = 0
    estimates: int = 0
    sustained: int = 0
    days: int = 0

    def __add__(self, other: "Supply") -> "Supply":
        return Supply(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})

    def most(self, other: "Supply") -> "Supply":
        return Supply(**{one.name: max(getattr(self, one.name), getattr(other, one.name)) for one in fields(self)})


def unfed(policy: Policy, calendar: SchoolCalendar) -> tuple[Unfed, ...]:
    """What the policy asks for and the fullest day, week or month of the calendar cannot bring."""
    supply = supplies(policy, calendar)
    if not any(found.days for found in supply.values()):
        return ()  # a calendar without school days asks for nothing
    return (*_unmeasured(policy), *_too_much(policy, supply))


def supplies(policy: Policy, calendar: SchoolCalendar) -> Mapping[PeriodKind, Supply]:
    """The most that any period of the calendar brings, by its kind."""
    day_supply = cache(lambda cycles, is_sustained_day: _day_supply(policy, cycles, is_sustained_day))
    totals: dict[Period, Supply] = defaultdict(Supply)
    sustained: set[tuple[Period, date]] = set()
    for day in _days(calendar):
        cycles = _cycles(day, policy, calendar)
        if cycles == 0:
            continue
        monday = day - timedelta(days=day.weekday())
        for kind in PeriodKind:
            period = Period.containing(day, kind)
            # Some line has its weekly sustained test inside the part of the week that the period has.
            totals[period] += day_supply(cycles, (period, monday) not in sustained)
            sustained.add((period, monday))
    found = dict.fromkeys(PeriodKind, Supply())
    for period, supply in totals.items():
        found[period.kind] = found[period.kind].most(supply)
    return found


def _days(calendar: SchoolCalendar) -> Iterator[date]:
    for year in calendar.years:
        if year.during.start is not None and year.during.end is not None:
            days = (year.during.end - year.during.start).days
            yield from (year.during.start + timedelta(days=number) for number in range(days))


def _cycles(day: date, policy: Policy, calendar: SchoolCalendar) -> int:
    """The whole cycles in the working hours of a day of 24 hours."""
    hours = policy.working_hours.on(day, calendar)
    if hours is None:
        return 0
    opens, closes = (datetime.combine(day, at) for at in hours)
    return (closes + timedelta(days=closes <= opens) - opens) // policy.timetable.cycle


def _day_supply(policy: Policy, cycles: int, is_sustained_day: bool) -> Supply:
    sessions = [
        session.mode
        for cycle in range(cycles)
        for session in sessions_of_cycle(
            _ANYWHERE,
            cycle=cycle,
            cycles=cycles,
            is_sustained_day=is_sustained_day,
            threshold_bps=1,
            rule=policy.timetable,
        )
        if session.direction in policy.deciding_directions
    ]
    return Supply(
        slots=len(sessions), estimates=sessions.count(Mode.ESTIMATE), sustained=sessions.count(Mode.SUSTAINED), days=1
    )


def _unmeasured(policy: Policy) -> Iterator[Unfed]:
    """What is asked for and never planned."""
    rule = policy.timetable
    if Direction.UP in policy.deciding_directions and (rule.upload_every_cycles is None or not rule.decisions):
        yield Unfed(
            key="deciding_directions",
            problem="uploads decide, but the timetable has none",
            mend="set timetable.upload_every_cycles, with decisions: true, or leave 'up' out",
        )
    is_full = rule.estimate is not EstimateFrequency.NEVER and Direction.DOWN in policy.deciding_directions
    if policy.rule == "median" and not is_full:
        yield _without_estimates("rule", "the median is that of full estimates of downloads")
    if policy.throttling is not None and not is_full:
        yield _without_estimates("throttling", "a fall is seen in full estimates of downloads")
    if policy.sustained is not None and not (rule.sustained_weekly and Direction.DOWN in policy.deciding_directions):
        yield Unfed(
            key="sustained",
            problem="sustained tests of downloads are asked for, but none is planned that decides",
            mend="set timetable.sustained_weekly: true with 'down' deciding, or sustained: null",
        )


def _without_estimates(key: str, why: str) -> Unfed:
    return Unfed(
        key=key,
        problem=f"{why}, but none is planned that decides",
        mend="set timetable.estimate: school_day with 'down' deciding, or do without",
    )


def _too_much(policy: Policy, supply: Mapping[PeriodKind, Supply]) -> Iterator[Unfed]:
    """Numbers beyond the most that a period brings."""
    for kind in PeriodKind:
        most, enough = supply[kind], policy.enough[kind]
        yield from _beyond(f"enough.{kind.value}.decided", enough.decided, most.slots, f"deciding slots a {kind.value}")
        yield from _beyond(f"enough.{kind.value}.days", enough.days, most.days, f"school days a {kind.value}")
        if policy.rule == "median" and policy.enough_estimates is not None:
            key, wanted = f"enough_estimates.{kind.value}", policy.enough_estimates[kind]
            yield from _beyond(key, wanted, most.estimates, f"estimates a {kind.value}")
    month = supply[PeriodKind.MONTH]
    if policy.sustained is not None:
        yield from _beyond(
            "sustained.min_passed", policy.sustained.min_passed, month.sustained, "sustained tests a month"
        )
    if policy.throttling is not None:
        wanted = policy.throttling.school_days
        yield from _beyond("throttling.school_days", wanted, month.days // 2, "school days before and after a fall")


def _beyond(key: str, wanted: int, most: int, of: str) -> Iterable[Unfed]:
    if wanted > most:
        yield Unfed(
            key=key, problem=f"{wanted} is asked for, but the timetable brings at most {most} {of}", mend=_at_most(most)
        )


def _at_most(most: int) -> str:
    return f"write {most} or less" if most else "plan some in 'timetable'"
