"""Availability: in how much of its known working time a line was up (guaranteed traffic, M2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from netmon.domain.latency import GATEWAY_TARGET, LatencyWindow, Outage, OutageCause
from netmon.domain.period import Period
from netmon.domain.policy import AvailabilityRule, SchoolDays, WorkingHours
from netmon.domain.spans import Span, difference, intersection, length, union

_DAY = timedelta(days=1)
_OWN_SIDE = frozenset({OutageCause.NIC, OutageCause.GATEWAY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Working time of a line, and in how much of it the line was seen up and seen down.

    The rest is unknown: nobody probed, or the fault was on the school's side. `outages` counts the times of being
    down in working hours, the longest of which is `longest`.
    """

    working: timedelta = timedelta()
    up: timedelta = timedelta()
    down: timedelta = timedelta()
    outages: int = 0
    longest: timedelta = timedelta()

    @property
    def known(self) -> timedelta:
        return self.up + self.down

    def is_known(self, rule: AvailabilityRule) -> bool:
        """Whether enough of the working time is known for a statement."""
        return self.known > timedelta() and self.known * 10_000 >= self.working * rule.min_known_bp

    def is_met(self, rule: AvailabilityRule) -> bool:
        return self.up * 10_000 >= self.known * rule.min_up_bp


def working_spans(
    days: Iterable[date], *, hours: WorkingHours, calendar: SchoolDays, zone: tzinfo, until: datetime
) -> list[Span]:
    """The working hours of local days as instants, as far as they are over."""
    found: list[Span] = []
    for day in days:
        open_hours = hours.on(day, calendar)
        if open_hours is None:
            continue
        opens, closes = open_hours
        start = datetime.combine(day, opens, tzinfo=zone).astimezone(UTC)
        last = day + _DAY if closes == time() else day
        end = min(until, datetime.combine(last, closes, tzinfo=zone).astimezone(UTC))
        found.append((start, end))
    return union(found)


def days_of(period: Period) -> Sequence[date]:
    return [period.first + number * _DAY for number in range((period.last - period.first).days + 1)]


def availability(windows: Iterable[LatencyWindow], outages: Iterable[Outage], working: Sequence[Span]) -> Availability:
    """What latency windows and outages say about the working time; `working` must be a union of spans.

    A line is up while any target beyond the first router answers and down in an outage that its provider answers for.
    An outage of the agent's own interface or of the school's router says nothing about the line.
    """
    known = list(outages)
    answered = union(
        (one.started_at, one.ended_at) for one in windows if one.lost < one.sent and one.target != GATEWAY_TARGET
    )
    lost = union((one.started_at, one.ended_at) for one in known if one.cause.is_line_down)
    unplugged = union((one.started_at, one.ended_at) for one in known if one.cause in _OWN_SIDE)
    down = intersection(lost, working)
    up = difference(intersection(answered, working), union([*lost, *unplugged]))
    return Availability(
        working=length(working),
        up=length(up),
        down=length(down),
        outages=len(down),
        longest=max((end - start for start, end in down), default=timedelta()),
    )
