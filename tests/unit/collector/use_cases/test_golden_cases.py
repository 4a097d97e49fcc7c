"""Golden cases: a month of one line or one district, and the verdict that it must get."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from netmon.domain.identifiers import AgentId, LineId, OrganisationId, SlotId
from netmon.domain.interval import Dated, History, Interval
from netmon.domain.latency import Outage
from netmon.domain.measurement import Measurement, Mode, Reason, ResultKind
from netmon.domain.period import Period
from netmon.domain.policy import EnoughData, Policy
from netmon.domain.registry import LineRole, LocalityType, Registry
from netmon.domain.slot import ExclusionReason, Slot
from netmon.domain.verdict import Basis, Finding, LineFigures, Verdict, VerdictOutcome
from netmon.wire.records import AnswerResult
from netmon_collector.ports import AgentBatch, Binding, StoredRecord
from netmon_collector.signatures import Ed25519Verifier
from netmon_collector.use_cases.indicator import IndicatorInputs, indicator_at
from netmon_collector.use_cases.ingest import ingest
from tests.support.domain import LINE, MONDAY, MOSCOW, SERVER, a_measurement, a_registry, local
from tests.support.evidence import (
    DISTRICT,
    JULY,
    JUNE,
    NOVEMBER,
    EvidenceInMemory,
    Measure,
    a_calendar,
    down,
    judged,
    measuring,
    slots_of,
    the_default_policy,
)
from tests.support.store import AGENT, NOW, SIGNING_KEY, a_measurement_record


@dataclass
class RememberingStore:
    """Takes every record."""

    bound: Sequence[Binding]
    known_slots: Mapping[SlotId, tuple[LineId, datetime]]
    records: list[StoredRecord] = field(default_factory=list)

    def bindings_of(self, agents: Collection[AgentId]) -> Mapping[AgentId, Sequence[Binding]]:
        return dict.fromkeys(agents, self.bound)

    def slot_starts(self, slots: Collection[SlotId]) -> Mapping[SlotId, tuple[LineId, datetime]]:
        return self.known_slots

    def add_batches(self, batches: Sequence[AgentBatch]) -> Sequence[Sequence[AnswerResult]]:
        self.records.extend(record for batch in batches for record in batch.records)
        return [[AnswerResult.STORED for _ in batch.records] for batch in batches]


COMPLIANT, NON_COMPLIANT = VerdictOutcome.COMPLIANT, VerdictOutcome.NON_COMPLIANT
INSUFFICIENT, UNMEASURABLE = VerdictOutcome.INSUFFICIENT_DATA, VerdictOutcome.UNMEASURABLE


def verdict_of(
    measure: Measure,
    *,
    locality: LocalityType = LocalityType.RURAL,
    policy: Policy | None = None,
    period: Period = NOVEMBER,
    outages: Sequence[Outage] = (),
    registry: Registry | None = None,
) -> Verdict:
    """The verdict of a line that measured a whole period and was probed all the time."""
    used = policy or the_default_policy()
    threshold = 100 if locality is LocalityType.CITY else 50
    evidence = EvidenceInMemory(found_outages=list(outages))
    evidence.add(slots_of(LINE, period, policy=used, threshold_mbps=threshold), measure)
    of = registry or a_registry(organisations=1, locality=locality)
    return judged(evidence, of, period, used).lines[LINE]


def found(verdict: Verdict) -> tuple[VerdictOutcome, Basis, tuple[Finding, ...]]:
    return verdict.outcome, verdict.basis, verdict.findings


def figures(verdict: Verdict) -> LineFigures:
    assert verdict.figures is not None
    return verdict.figures


def day_of(slot: Slot) -> date:
    return slot.starts_at.astimezone(MOSCOW).date()


def at_the_card(mbps: float) -> Measure:
    """A device whose network card is the limit."""

    def measure(slot: Slot) -> Measurement:
        return a_measurement(slot, mbps=mbps, kind=ResultKind.LOWER_BOUND, reason=Reason.METER_NIC)

    return measure


def test_a_good_line_complies_by_every_rule() -> None:
    verdict = verdict_of(measuring(60))
    assert found(verdict) == (COMPLIANT, Basis.SHARE_MET, ())
    assert (
        figures(verdict).counts.passed == 235
    )  # 21 school days of 10 decisions and an estimate, and 4 sustained tests


@pytest.mark.parametrize(
    ("mbps", "tolerance_bp", "expected"),
    [
        (97.5, 500, (COMPLIANT, Basis.SHARE_MET, ())),  # full duplex: 97.5 is at least 95
        (97.5, 0, (UNMEASURABLE, Basis.CEILINGS, ())),  # the card cannot show 100
        (60.0, 500, (UNMEASURABLE, Basis.CEILINGS, ())),  # half duplex
    ],
)
def test_a_card_of_100base_tx_in_a_city(
    mbps: float, tolerance_bp: int, expected: tuple[VerdictOutcome, Basis, tuple[Finding, ...]]
) -> None:
    policy = the_default_policy(tolerance_bp=tolerance_bp)
    assert found(verdict_of(at_the_card(mbps), locality=LocalityType.CITY, policy=policy)) == expected


def test_a_rate_that_lasts_30_seconds_does_not_comply() -> None:
    verdict = verdict_of(measuring(100, sustained_mbps=40))
    assert found(verdict) == (NON_COMPLIANT, Basis.SUSTAINED_NOT_MET, (Finding.BURST,))
    sustained = figures(verdict).sustained
    assert sustained is not None
    assert (sustained.worst_bps, sustained.limit_bps) == (40_000_000, 47_500_000)


def test_a_rate_that_falls_after_a_volume_does_not_comply() -> None:
    """60 Mb/s until 17 November, 20 after; a low share leaves the decision to the rule of throttling."""
    policy = replace(the_default_policy(), min_share_percent=50)
    measure = measuring(lambda slot: 60 if day_of(slot) < date(2026, 11, 17) else 20, background_mbps=0.4)
    verdict = verdict_of(measure, policy=policy)
    assert found(verdict) == (NON_COMPLIANT, Basis.THROTTLED, (Finding.THROTTLED,))
    fall = figures(verdict).fall
    assert fall is not None
    assert (fall.first, fall.last, fall.school_days) == (date(2026, 11, 17), date(2026, 11, 30), 10)
    assert (fall.before_bps, fall.after_bps) == (60_000_000, 20_000_000)
    assert fall.volume is not None
    # 11 school days of 10 h: 0.4 Mb/s of others are 19.8 GB, and each of our sessions 10 MB.
    assert fall.volume.others_bytes == 400_000 * 11 * 36_000 // 8 == 19_800_000_000
    assert fall.volume.own_bytes == 10_000_000 * len(
        [s for s in slots_of(LINE, NOVEMBER, policy=policy) if day_of(s) < date(2026, 11, 17)]
    )
    assert 20_000_000_000 < fall.volume.total_bytes < 22_000_000_000


def test_a_fall_that_stays_above_the_limit_is_named_and_complies() -> None:
    verdict = verdict_of(measuring(lambda slot: 100 if day_of(slot) < date(2026, 11, 17) else 60))
    assert found(verdict) == (COMPLIANT, Basis.SHARE_MET, (Finding.THROTTLED,))


def test_a_village_that_became_part_of_a_city_is_judged_by_each_months_threshold() -> None:
    types = History(
        (
            Dated(value=LocalityType.RURAL, during=Interval(None, date(2026, 7, 1))),
            Dated(value=LocalityType.CITY, during=Interval(date(2026, 7, 1), None)),
        )
    )
    registry = a_registry(organisations=1, history=types)
    june = verdict_of(measuring(60), period=JUNE, registry=registry)
    july = verdict_of(measuring(60, threshold_mbps=100), period=JULY, registry=registry)
    assert (june.outcome, figures(june).requirement.thresholds_bps) == (COMPLIANT, (50_000_000,))
    assert (july.outcome, figures(july).requirement.thresholds_bps) == (NON_COMPLIANT, (100_000_000,))


@pytest.mark.parametrize(("with_receipt", "expected"), [(True, COMPLIANT), (False, INSUFFICIENT)])
def test_two_weeks_with_the_clock_in_1970_are_judged_by_the_time_of_the_receipts(
    *, with_receipt: bool, expected: VerdictOutcome
) -> None:
    policy = the_default_policy()
    slots = slots_of(LINE, NOVEMBER, policy=policy)[:140]  # from 2 to 12 November
    store = RememberingStore(
        bound=[Binding(agent=AGENT, line=LINE, since=slots[0].starts_at - timedelta(days=1), until=None)],
        known_slots={slot.id: (slot.line, slot.starts_at) for slot in slots},
    )
    in_1970 = datetime(1970, 1, 1, tzinfo=UTC)
    records = [
        replace(
            a_measurement_record(slot, sequence=number, with_receipt=with_receipt, started_at=in_1970),
            device_at=in_1970,
            clock_offset_s=None,
        )
        for number, slot in enumerate(slots, start=1)
    ]
    verifiers = {SERVER: Ed25519Verifier(bytes.fromhex(SIGNING_KEY.public_hex))}
    ingest([one.line() for one in records], agent=AGENT, received_at=NOW, store=store, verifiers=verifiers)
    evidence = EvidenceInMemory().add(slots, lambda _: None)
    evidence.found_measurements = [one.fact for one in store.records if isinstance(one.fact, Measurement)]
    verdict = judged(evidence, a_registry(organisations=1), Period.week(date(2026, 11, 2)), policy).lines[LINE]
    assert verdict.outcome is expected


def test_16_of_17_silent_organisations_stay_in_the_denominator() -> None:
    registry, policy = a_registry(organisations=17), the_default_policy()
    evidence = EvidenceInMemory()
    evidence.add(slots_of(LINE, NOVEMBER, policy=policy), measuring(60))
    for number in range(2, 18):
        evidence.add(slots_of(LineId(f"line-{number:02}"), NOVEMBER, policy=policy), lambda _: None, probed=False)
    inputs = IndicatorInputs(
        territory=DISTRICT,
        evidence=evidence,
        entered=(),
        registry=registry,
        policy=policy,
        calendars={DISTRICT: a_calendar()},
        target_at=lambda _: 100,
        now=datetime(2026, 12, 31, tzinfo=UTC),
    )
    coverage = indicator_at(date(2026, 11, 30), inputs)
    assert (coverage.numerator, coverage.upper_numerator, coverage.denominator) == (1, 17, 17)


def test_a_line_dead_for_the_school_week_fails_and_is_not_excluded() -> None:
    week = Period.week(MONDAY)
    dead = down(local(MONDAY, 0), local(MONDAY + timedelta(days=5), 0))

    def unreachable(slot: Slot) -> Measurement:
        return a_measurement(slot, mbps=None, reason=Reason.SERVER_UNREACHABLE)

    verdict = verdict_of(unreachable, period=week, outages=[dead])
    assert found(verdict) == (NON_COMPLIANT, Basis.SHARE_NOT_MET, (Finding.UNAVAILABLE,))
    counts = figures(verdict).counts
    assert (counts.line_down, counts.decided, counts.excluded_total) == (56, 56, 0)
    silent = verdict_of(lambda _: None, period=week, outages=[dead])
    assert found(silent)[:2] == (NON_COMPLIANT, Basis.SHARE_NOT_MET)


def test_an_agent_switched_off_in_the_bad_hours_is_not_enough_data() -> None:
    """51 of 235 slots fall into the bad hours: a share of 184 of 235 is 78 %."""

    def is_bad(slot: Slot) -> bool:
        local_time = slot.starts_at.astimezone(MOSCOW)
        return local_time.hour in (13, 14) or (local_time.hour == 15 and local_time.weekday() < 2)

    honest = verdict_of(measuring(lambda slot: 20 if is_bad(slot) else 60))
    assert found(honest) == (NON_COMPLIANT, Basis.SHARE_NOT_MET, ())
    verdict = verdict_of(lambda slot: None if is_bad(slot) else measuring(60)(slot))
    assert found(verdict) == (INSUFFICIENT, Basis.WITHHELD, ())
    assert figures(verdict).counts.excluded == {ExclusionReason.AGENT_OFF: 51}


def test_22_measurements_before_8_oclock_are_not_enough_data() -> None:
    policy = the_default_policy()
    evidence = EvidenceInMemory()
    days = [day for day in (date(2026, 11, 2) + timedelta(days=n) for n in range(29)) if day.weekday() < 5][:11]
    early = [replace(slot, starts_at=at, ends_at=at + timedelta(minutes=10)) for slot, at in _early(days)]
    evidence.add(early, measuring(60))
    verdict = judged(evidence, a_registry(organisations=1), NOVEMBER, policy).lines[LINE]
    assert len(early) == 22
    assert found(verdict)[:2] == (INSUFFICIENT, Basis.NO_SLOTS)


def _early(days: Sequence[date]) -> list[tuple[Slot, datetime]]:
    slots = slots_of(LINE, NOVEMBER, policy=the_default_policy())
    times = [local(day, hour, 50) for day in days for hour in (6, 7)]
    return list(zip(slots, times, strict=False))


def test_a_shared_building_is_one_line_and_two_organisations() -> None:
    policy = the_default_policy()
    evidence = EvidenceInMemory().add(slots_of(LINE, NOVEMBER, policy=policy), measuring(60))
    registry = a_registry(organisations=2, shared=True)
    registry = replace(registry, sites=registry.sites[:1], lines=registry.lines[:1])
    judgement = judged(evidence, registry)
    assert {one.id: judgement.organisations[one.id].outcome for one in registry.organisations} == {
        OrganisationId("school-01"): COMPLIANT,
        OrganisationId("school-02"): COMPLIANT,
    }
    assert list(judgement.lines) == [LINE]


def test_a_backup_line_that_took_over_does_not_decide() -> None:
    policy = the_default_policy()
    registry = a_registry(organisations=1)
    backup = replace(registry.lines[0], id=LineId("line-01-lte"), role=LineRole.BACKUP)
    registry = replace(registry, lines=(*registry.lines, backup))
    dead = down(local(date(2026, 11, 2), 0), local(date(2026, 11, 30), 23))
    evidence = EvidenceInMemory(found_outages=[dead])
    evidence.add(slots_of(LINE, NOVEMBER, policy=policy), lambda _: None, probed=False)
    evidence.add(slots_of(backup.id, NOVEMBER, policy=policy), measuring(60))
    judgement = judged(evidence, registry)
    assert judgement.lines[backup.id].outcome is COMPLIANT
    assert judgement.lines[LINE].outcome is NON_COMPLIANT
    assert judgement.organisations[OrganisationId("school-01")].outcome is NON_COMPLIANT


def test_a_month_without_a_sustained_test_is_not_enough_data() -> None:
    def measure(slot: Slot) -> Measurement | None:
        found = measuring(60)(slot)
        return None if slot.mode is Mode.SUSTAINED else found

    assert found(verdict_of(measure))[:2] == (INSUFFICIENT, Basis.SUSTAINED_MISSING)


def test_outages_of_two_percent_of_the_working_time_do_not_comply() -> None:
    """210 h of November: 4 h 12 min are 2 %, and no slot falls into them."""
    outages = [
        down(local(date(2026, 11, day), 9, 20), local(date(2026, 11, day), 9, 20) + timedelta(minutes=9))
        for day in range(2, 31)
        if date(2026, 11, day).weekday() < 5
    ]
    outages += [
        down(one.started_at + timedelta(hours=2), one.ended_at + timedelta(hours=2, minutes=-6)) for one in outages
    ]
    verdict = verdict_of(measuring(60), outages=outages)
    assert found(verdict) == (NON_COMPLIANT, Basis.AVAILABILITY_NOT_MET, (Finding.UNAVAILABLE,))
    known = figures(verdict).availability
    assert known is not None
    assert (known.working, known.down, known.outages) == (timedelta(hours=210), timedelta(hours=4, minutes=12), 42)


def test_a_line_that_was_hardly_probed_is_not_known_to_be_available() -> None:
    policy = the_default_policy()
    evidence = EvidenceInMemory().add(slots_of(LINE, NOVEMBER, policy=policy), measuring(60), probed=False)
    verdict = judged(evidence, a_registry(organisations=1)).lines[LINE]
    assert found(verdict) == (INSUFFICIENT, Basis.AVAILABILITY_UNKNOWN, ())


def test_a_day_needs_no_sustained_test() -> None:
    policy = the_default_policy(enough=EnoughData(decided=5, days=1))
    assert verdict_of(measuring(60), period=Period.day(MONDAY), policy=policy).outcome is COMPLIANT


def test_three_days_without_an_agent_could_hide_a_fall() -> None:
    off = {date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 30)}
    verdict = verdict_of(lambda slot: None if day_of(slot) in off else measuring(60)(slot))
    assert found(verdict)[:2] == (INSUFFICIENT, Basis.THROTTLING_WITHHELD)
    two = verdict_of(lambda slot: None if day_of(slot) in sorted(off)[:2] else measuring(60)(slot))
    assert two.outcome is COMPLIANT


def test_what_was_bought_stands_beside_what_was_measured() -> None:
    verdict = verdict_of(measuring(60), registry=a_registry(organisations=1, contract_mbps=100))
    (contract,) = figures(verdict).contracts
    assert (contract.median_bps, contract.estimates, contract.measured_percent) == (60_000_000, 21, 60)
    assert (contract.contracted_rub_per_mbps, contract.measured_rub_per_mbps) == (45.0, 75.0)
    assert verdict.outcome is COMPLIANT  # a contract decides nothing


def test_lines_of_one_provider_that_are_down_together_are_one_incident() -> None:
    registry, policy = a_registry(organisations=3, contract_mbps=100), the_default_policy()
    noon = local(MONDAY, 12)
    lines = [line.id for line in registry.lines]
    evidence = EvidenceInMemory(
        found_outages=[
            down(noon, noon + timedelta(minutes=20), line=lines[0]),
            down(noon + timedelta(minutes=10), noon + timedelta(minutes=40), line=lines[1]),
            down(noon + timedelta(hours=3), noon + timedelta(hours=4), line=lines[2]),
        ]
    )
    evidence.add(slots_of(LINE, NOVEMBER, policy=policy), measuring(60))
    first, second = judged(evidence, registry, policy=policy).incidents
    assert (first.lines, first.ended_at - first.started_at) == (tuple(lines[:2]), timedelta(minutes=40))
    assert second.lines == (lines[2],)
