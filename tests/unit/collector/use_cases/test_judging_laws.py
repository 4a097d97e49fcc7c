"""Laws of judging, over whole months and districts: what must hold whatever was measured."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from netmon.domain.availability import Availability, days_of, working_spans
from netmon.domain.coverage import Coverage
from netmon.domain.identifiers import LineId
from netmon.domain.judge import counting_slots
from netmon.domain.measurement import Direction, Measurement, Mode
from netmon.domain.period import Period, PeriodKind
from netmon.domain.policy import Policy, WorkingHours
from netmon.domain.slot import Outcome, Slot
from netmon.domain.spans import length
from netmon.domain.verdict import LineFigures, Verdict, VerdictOutcome
from netmon_collector.use_cases.indicator import IndicatorInputs, indicator_at
from tests.support.domain import LINE, MONDAY, MOSCOW, WeekdaysAreSchoolDays, a_policy, a_registry, a_slot
from tests.support.evidence import (
    DISTRICT,
    NOVEMBER,
    EvidenceInMemory,
    a_calendar,
    judged,
    measuring,
    organic,
    slots_of,
    the_default_policy,
)

COMPLIANT = VerdictOutcome.COMPLIANT
SHARE = the_default_policy()
MEDIAN = replace(SHARE, rule="median", enough_estimates=dict.fromkeys(PeriodKind, 5), min_share_percent=50)
SLOTS = slots_of(LINE, NOVEMBER, policy=SHARE)
SCHOOL_DAYS = sorted({slot.starts_at.astimezone(MOSCOW).date() for slot in SLOTS})
REGISTRY = a_registry(organisations=1)

# A month by its days: the rate of a day, None with the agent off, and how many of its slots are as slow as they get.
day_rates = st.sampled_from([60.0, 60.0, 60.0, 60.0, 80.0, 52.0, 45.0, 20.0, None])
months = st.lists(day_rates, min_size=21, max_size=21)
slow_share = st.integers(0, 30)
LATE_FALL = [60.0] * 18 + [20.0] * 3


def a_month(rates: list[float | None], slow_percent: int, seed: int) -> Callable[[Slot], Measurement | None]:
    """What an agent finds in a month of such days, in which some slots are slow all the same, and some users busy."""
    chance, by_day = Random(seed), dict(zip(SCHOOL_DAYS, rates, strict=True))
    slow = {slot.id for slot in SLOTS if chance.random() * 100 < slow_percent}
    by_users = {slot.id for slot in SLOTS if slot.mode is Mode.DECISION and chance.random() < 0.3}

    def measure(slot: Slot) -> Measurement | None:
        rate = by_day[slot.starts_at.astimezone(MOSCOW).date()]
        if slot.id in by_users and seed % 2:  # every other month has users whose traffic shows the line's rate
            return None if rate is None else organic(slot, mbps=rate)
        return None if rate is None else measuring(15.0 if slot.id in slow else rate)(slot)

    return measure


def the_verdict(evidence: EvidenceInMemory, policy: Policy) -> Verdict:
    return judged(evidence, REGISTRY, NOVEMBER, policy).lines[LINE]


@settings(max_examples=60)
@given(months, slow_share, st.integers(0, 99), st.sampled_from([SHARE, MEDIAN]), st.data())
def test_removing_records_that_did_not_pass_never_makes_a_line_compliant(
    rates: list[float | None], slow_percent: int, seed: int, policy: Policy, data: st.DataObject
) -> None:
    evidence = EvidenceInMemory().add(SLOTS, a_month(rates, slow_percent, seed))
    before = judged(evidence, REGISTRY, NOVEMBER, policy)
    lost = Random(data.draw(st.integers(0, 999)))
    some = data.draw(st.sampled_from([1.0, 0.5, 0.2]))
    failed = {one.slot.id for one in before.slots[LINE] if one.outcome is not Outcome.PASS and lost.random() < some}
    kept = [one for one in evidence.found_measurements if one.slot not in failed]
    after = the_verdict(replace(evidence, found_measurements=kept), policy)
    assert after.outcome is not COMPLIANT or before.lines[LINE].outcome is COMPLIANT


def test_hiding_the_days_of_a_late_fall_does_not_make_a_line_compliant() -> None:
    """Three days of 21 are slow: 86 % pass, and without the records of those days everything would."""
    whole = EvidenceInMemory().add(SLOTS, a_month([*LATE_FALL], 0, 0))
    hidden = EvidenceInMemory().add(SLOTS, a_month([60.0] * 18 + [None] * 3, 0, 0))
    assert the_verdict(whole, SHARE).outcome is VerdictOutcome.NON_COMPLIANT
    assert the_verdict(hidden, SHARE).outcome is VerdictOutcome.INSUFFICIENT_DATA


@settings(max_examples=30)
@given(months, slow_share, st.integers(0, 99), st.integers(0, 999))
@example([60.0] * 16 + [45.0] * 5, 0, 0, 0)
def test_order_and_duplicates_change_nothing(
    rates: list[float | None], slow_percent: int, seed: int, order: int
) -> None:
    evidence = EvidenceInMemory().add(SLOTS, a_month(rates, slow_percent, seed))
    mixed = EvidenceInMemory(
        found_slots=list(SLOTS),
        found_measurements=[*evidence.found_measurements, *evidence.found_measurements[::3]],
        found_windows=[*evidence.found_windows, *evidence.found_windows[::2]],
    )
    for found in (mixed.found_slots, mixed.found_measurements, mixed.found_windows):
        Random(order).shuffle(found)
    first, second = the_verdict(evidence, SHARE), the_verdict(mixed, SHARE)
    assert (first.outcome, first.basis, first.figures) == (second.outcome, second.basis, second.figures)


@settings(max_examples=20)
@given(months, slow_share, st.integers(0, 99), st.booleans())
@example([60.0] * 10 + [None] * 2 + [20.0] * 9, 10, 1, True)
def test_the_days_of_a_month_add_up_to_it(
    rates: list[float | None], slow_percent: int, seed: int, probed: bool
) -> None:
    """What day aggregates stand on: the sums of judged days are the counts of the judged month."""
    evidence = EvidenceInMemory().add(SLOTS, a_month(rates, slow_percent, seed), probed=probed)
    month = figures_of(evidence, NOVEMBER)
    days = [figures_of(evidence, Period.day(day)) for day in days_of(NOVEMBER)]
    for name in ("passed", "failed", "strict_passed", "line_down", "excluded_total", "days", "organic"):
        assert getattr(month.counts, name) == sum(getattr(day.counts, name) for day in days), name
    assert Counter(month.counts.excluded) == sum((Counter(day.counts.excluded) for day in days), Counter())
    known = [day.availability or Availability() for day in days]
    assert month.availability == Availability(
        working=sum((one.working for one in known), timedelta()),
        up=sum((one.up for one in known), timedelta()),
        down=sum((one.down for one in known), timedelta()),
    )


def figures_of(evidence: EvidenceInMemory, period: Period) -> LineFigures:
    figures = judged(evidence, REGISTRY, period, SHARE).lines[LINE].figures
    assert figures is not None
    return figures


def indicator_of(evidence: EvidenceInMemory, organisations: int) -> Coverage:
    return indicator_at(
        NOVEMBER.last,
        IndicatorInputs(
            territory=DISTRICT,
            evidence=evidence,
            entered=(),
            registry=a_registry(organisations=organisations),
            policy=SHARE,
            calendars={DISTRICT: a_calendar()},
            target_at=lambda _: 100,
            now=datetime(2026, 12, 31, tzinfo=UTC),
        ),
    )


@settings(max_examples=15)
@given(st.lists(st.sampled_from([60.0, 20.0, 46.0]), min_size=1, max_size=4), st.integers(0, 3))
@example([60.0, 60.0], 0)
def test_removing_the_data_of_an_organisation_never_raises_the_numerator(rates: list[float], lost: int) -> None:
    lines = [LineId(f"line-{number:02}") for number in range(1, len(rates) + 1)]
    evidence = EvidenceInMemory()
    for line, rate in zip(lines, rates, strict=True):
        evidence.add(slots_of(line, NOVEMBER, policy=SHARE), measuring(rate))
    gone = lines[lost % len(lines)]
    without = replace(
        evidence,
        found_measurements=[one for one in evidence.found_measurements if one.line != gone],
        found_windows=[one for one in evidence.found_windows if one.line != gone],
    )
    before, after = indicator_of(evidence, len(rates)), indicator_of(without, len(rates))
    assert after.numerator <= before.numerator
    for found in (before, after):
        assert found.numerator <= found.upper_numerator <= found.denominator == len(rates)


ZONES = ["Europe/Moscow", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Chatham"]


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 30)),  # noqa: DTZ001
    st.sampled_from(PeriodKind),
)
@example("Australia/Lord_Howe", datetime(2026, 4, 4, 15, 30), PeriodKind.DAY)  # noqa: DTZ001 - clocks go back
def test_days_are_cut_in_the_zone_of_the_site(name: str, instant: datetime, kind: PeriodKind) -> None:
    zone, at, calendar, policy = ZoneInfo(name), instant.replace(tzinfo=UTC), WeekdaysAreSchoolDays(), a_policy()
    local = at.astimezone(zone)
    for day in (local.date() - timedelta(days=1), local.date(), local.date() + timedelta(days=1)):
        period = Period.containing(day, kind)
        counted = counting_slots(
            [a_slot(at)], period=period, zone=zone, policy=policy, calendar=calendar, as_of=at + timedelta(days=1)
        )
        is_working = local.weekday() < 5 and time(8) <= local.time() < time(18)
        assert bool(counted) == (is_working and period.contains(local.date()))


def test_a_whole_day_of_working_hours_has_the_hours_that_the_clocks_leave_it() -> None:
    """On Lord Howe Island the clocks go back by half an hour on 5 April 2026: that Sunday has 24 and a half."""
    around = WorkingHours(hours={day: (time(), time()) for day in range(7)}, school_days_only=False)
    zone = ZoneInfo("Australia/Lord_Howe")
    until = datetime(2027, 1, 1, tzinfo=UTC)
    lengths = [
        length(working_spans([day], hours=around, calendar=WeekdaysAreSchoolDays(), zone=zone, until=until))
        for day in (date(2026, 4, 4), date(2026, 4, 5), date(2026, 10, 4))
    ]
    assert lengths == [timedelta(hours=24), timedelta(hours=24.5), timedelta(hours=23.5)]


def test_only_deciding_directions_count() -> None:
    found = counting_slots(
        [a_slot(direction=Direction.UP), a_slot(mode=Mode.SUSTAINED)],
        period=Period.week(MONDAY),
        zone=MOSCOW,
        policy=SHARE,
        calendar=WeekdaysAreSchoolDays(),
        as_of=datetime(2027, 1, 1, tzinfo=UTC),
    )
    assert [one.mode for one in found] == [Mode.SUSTAINED]
