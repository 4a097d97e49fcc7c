"""Evidence in memory: whole months of a line as an agent would report them, for golden cases and benchmarks."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from netmon.domain.calendar import PeriodKind as SchoolPeriodKind
from netmon.domain.calendar import PublicHolidays, SaturdayRule, SchoolCalendar, SchoolPeriod, SchoolYear
from netmon.domain.identifiers import LineId, ServerId, TerritoryId
from netmon.domain.interval import Interval
from netmon.domain.latency import LatencyWindow, Outage, OutageCause
from netmon.domain.measurement import Decision, Measurement, Mode, Path, Reason, ReceiptState, ResultKind
from netmon.domain.period import Period
from netmon.domain.policy import (
    AvailabilityRule,
    EnoughData,
    OrganicRule,
    Policy,
    SchoolDays,
    SustainedRule,
    ThrottlingRule,
)
from netmon.domain.registry import Registry
from netmon.domain.slot import Delivery, Slot, SlotReport
from netmon.domain.timetable import Position, slots_of_day
from netmon_collector.use_cases.judging import Judgement, judge_period
from tests.support.domain import (
    LINE,
    MEGABIT,
    MOSCOW,
    OTHER_SERVER,
    SERVER,
    WeekdaysAreSchoolDays,
    a_measurement,
    a_policy,
    a_text,
)

DISTRICT = TerritoryId("district")
NOVEMBER = Period.month(date(2026, 11, 1))
JUNE, JULY = Period.month(date(2026, 6, 1)), Period.month(date(2026, 7, 1))
Measure = Callable[[Slot], Measurement | None]


def the_default_policy(*, tolerance_bp: int = 500, enough: EnoughData | None = None) -> Policy:
    """config/policy.yaml in code: a test of the configuration holds them together."""
    return replace(
        a_policy(tolerance_bp=tolerance_bp, enough=enough),
        availability=AvailabilityRule(min_up_bp=9900, min_known_bp=8000),
        sustained=SustainedRule(min_passed=1),
        throttling=ThrottlingRule(fall_percent=20, school_days=3),
        organic=OrganicRule(seconds=10, max_percent=50),
    )


def a_calendar() -> SchoolCalendar:
    """Every weekday of 2026 is a school day."""
    year = Interval(date(2026, 1, 1), date(2027, 1, 1))
    term = SchoolPeriod(kind=SchoolPeriodKind.TERM, name=a_text(), during=year)
    return SchoolCalendar(
        territory=DISTRICT,
        saturday=SaturdayRule.REST,
        holidays=PublicHolidays(years=frozenset({2026}), days_off={}, working_days=frozenset()),
        years=(SchoolYear(id="2026", during=year, periods=(term,)),),
    )


def a_position(line: LineId = LINE) -> Position:
    return Position(
        line=line,
        server=SERVER,
        fallback_server=OTHER_SERVER,
        offset_s=600,
        full_offset_s=1800,
        upload_phase=0,
        estimate_cycle=4,
        sustained_day=2,
        sustained_cycle=3,
        full_rate_bps=300 * MEGABIT,
    )


def slots_of(
    line: LineId, period: Period, *, policy: Policy, threshold_mbps: int = 50, calendar: SchoolDays | None = None
) -> list[Slot]:
    """The slots that the planner gives a line in a period."""
    days = [period.first + timedelta(days=number) for number in range((period.last - period.first).days + 1)]
    return [
        slot
        for day in days
        for slot in slots_of_day(
            a_position(line),
            day,
            zone=MOSCOW,
            threshold_bps=threshold_mbps * MEGABIT,
            policy=policy,
            calendar=calendar or WeekdaysAreSchoolDays(),
        )
    ]


def measuring(
    mbps: float | Callable[[Slot], float],
    *,
    sustained_mbps: float | None = None,
    threshold_mbps: int = 50,
    background_mbps: float | None = None,
) -> Measure:
    """What an agent finds on a line of a rate: decisions see at most 1.1 of the threshold."""

    def measure(slot: Slot) -> Measurement:
        rate = mbps(slot) if callable(mbps) else mbps
        if slot.mode is Mode.SUSTAINED and sustained_mbps is not None:
            rate = sustained_mbps
        background = None if background_mbps is None else round(background_mbps * MEGABIT)
        if slot.mode is not Mode.DECISION:
            return replace(a_measurement(slot, mbps=rate), background_bps=background)
        cap = 1.1 * threshold_mbps
        decision = Decision.BELOW if rate < 0.95 * threshold_mbps else Decision.AT_LEAST
        found = a_measurement(slot, mbps=min(rate, cap), decision=decision, censored_mbps=cap)
        return replace(found, background_bps=background)

    return measure


def organic(slot: Slot, *, mbps: float = 60, **changes: object) -> Measurement:
    """Users who keep the limit for ten seconds of a slot, in place of a test."""
    found = a_measurement(
        slot, mbps=mbps, kind=ResultKind.LOWER_BOUND, reason=Reason.ORGANIC, decision=Decision.AT_LEAST
    )
    values: dict[str, object] = {
        "method": "organic",
        "receipt": ReceiptState.ABSENT,
        "duration_s": 10.0,
        "bytes": 0,
        "path": Path.UNKNOWN,
    }
    return replace(found, **{**values, **changes})  # type: ignore[arg-type]


@dataclass
class EvidenceInMemory:
    """What judging reads, as lists; `reference` is a second line of the server that always gets 150 Mb/s."""

    found_slots: list[Slot] = field(default_factory=list)
    found_measurements: list[Measurement] = field(default_factory=list)
    found_reports: list[SlotReport] = field(default_factory=list)
    found_outages: list[Outage] = field(default_factory=list)
    found_windows: list[LatencyWindow] = field(default_factory=list)
    reference: bool = True

    def add(self, slots: Sequence[Slot], measure: Measure, *, probed: bool = True) -> "EvidenceInMemory":
        """A line that measured in its slots and answered every probe on the days of its slots."""
        self.found_slots.extend(slots)
        self.found_measurements.extend(one for slot in slots if (one := measure(slot)) is not None)
        if probed:
            for line, day in sorted({(slot.line, slot.starts_at.astimezone(MOSCOW).date()) for slot in slots}):
                self.found_windows.extend(windows_of_day(line, day))
        return self

    def slots(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Slot]:
        return [one for one in self.found_slots if one.line in lines and start <= one.starts_at < end]

    def measurements(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Measurement]:
        return [one for one in self.found_measurements if one.line in lines]

    def reports(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[SlotReport]:
        return [one for one in self.found_reports if one.line in lines]

    def outages(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Outage]:
        return [
            one for one in self.found_outages if one.line in lines and one.started_at < end and one.ended_at > start
        ]

    def latency(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[LatencyWindow]:
        return [one for one in self.found_windows if one.line in lines and start <= one.started_at < end]

    def deliveries(
        self, start: datetime, end: datetime, *, at_least_bps: int, emulated: bool = False
    ) -> Sequence[Delivery]:
        if not self.reference:
            return []
        starts = sorted({slot.starts_at for slot in self.found_slots})
        return [
            Delivery(
                server=server, direction=slot_direction, at=at, line=LineId("line-reference"), rate_bps=150 * MEGABIT
            )
            for at in starts
            for server in (SERVER, OTHER_SERVER)
            for slot_direction in {slot.direction for slot in self.found_slots}
        ]

    def last_seen(self, lines: Collection[LineId]) -> Mapping[LineId, datetime]:
        return {}

    def first_slot_at(self, territory_lines: Collection[LineId]) -> datetime | None:
        return min((slot.starts_at for slot in self.found_slots if slot.line in territory_lines), default=None)


def windows_of_day(line: LineId, day: date, *, target: str = str(ServerId("server-1"))) -> list[LatencyWindow]:
    """Twelve windows of an hour from 07:00 local time, without a loss."""
    hour, first = timedelta(hours=1), datetime.combine(day, time(7), tzinfo=MOSCOW).astimezone(UTC)
    starts = [first + number * hour for number in range(12)]
    return [a_window(start, start + hour, line=line, target=target) for start in starts]


def a_window(
    start: datetime, end: datetime, *, line: LineId = LINE, lost: bool = False, target: str = "server-1"
) -> LatencyWindow:
    rtt = None if lost else 0.01
    return LatencyWindow(
        line=line,
        started_at=start,
        ended_at=end,
        target=target,
        sent=30,
        lost=30 if lost else 0,
        rtt_min_s=rtt,
        rtt_median_s=rtt,
        rtt_p95_s=rtt,
        rtt_max_s=rtt,
        jitter_s=rtt,
    )


def down(start: datetime, end: datetime, *, line: LineId = LINE, cause: OutageCause = OutageCause.PROVIDER) -> Outage:
    return Outage(line=line, started_at=start, ended_at=end, cause=cause)


def judged(
    evidence: EvidenceInMemory, registry: Registry, period: Period = NOVEMBER, policy: Policy | None = None
) -> Judgement:
    """The verdicts of a district after a period."""
    return judge_period(
        DISTRICT,
        period,
        evidence=evidence,
        registry=registry,
        policy=policy or the_default_policy(),
        calendars={DISTRICT: a_calendar()},
        as_of=datetime(2026, 12, 31, tzinfo=UTC),
    )
