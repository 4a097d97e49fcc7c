"""Verdicts over a period."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.interval import Interval
from netmon.domain.judge import combine, counts_for_verdict, judge_line, judge_organisation
from netmon.domain.measurement import Direction
from netmon.domain.period import Period
from netmon.domain.policy import EnoughData, Policy
from netmon.domain.registry import Exemption, LineRule
from netmon.domain.slot import ExclusionReason, FailCause, JudgedSlot, Outcome
from netmon.domain.verdict import Basis, SubjectKind, Verdict, VerdictOutcome
from tests.support.domain import (
    LINE,
    MONDAY,
    WeekdaysAreSchoolDays,
    a_policy,
    a_registry,
    a_slot,
    a_text,
    local,
)

WEEK = Period.week(MONDAY)
COMPLIANT, NON_COMPLIANT = VerdictOutcome.COMPLIANT, VerdictOutcome.NON_COMPLIANT
INSUFFICIENT, UNMEASURABLE = VerdictOutcome.INSUFFICIENT_DATA, VerdictOutcome.UNMEASURABLE


def a_judged_slot(
    number: int, outcome: Outcome, exclusion: ExclusionReason | None = None, *, rate_bps: int | None = None
) -> JudgedSlot:
    """The number-th hourly slot of a working week."""
    day, hour = MONDAY + timedelta(days=number % 5), 8 + number // 5 % 10
    return JudgedSlot(
        slot=a_slot(local(day, hour, number // 50)),
        day=day,
        hour=hour,
        outcome=outcome,
        exclusion=exclusion,
        cause=FailCause.BELOW_LIMIT if outcome is Outcome.FAIL else None,
        rate_bps=rate_bps,
        threshold_bps=50_000_000,
        limit_bps=47_500_000,
        strict_pass=None if outcome is Outcome.EXCLUDED else outcome is Outcome.PASS,
    )


def a_week(
    passed: int, failed: int, excluded: int = 0, reason: ExclusionReason = ExclusionReason.UNDECIDED
) -> list[JudgedSlot]:
    outcomes = [Outcome.PASS] * passed + [Outcome.FAIL] * failed + [Outcome.EXCLUDED] * excluded
    return [
        a_judged_slot(number, outcome, reason if outcome is Outcome.EXCLUDED else None)
        for number, outcome in enumerate(outcomes)
    ]


def verdict_of(slots: Sequence[JudgedSlot], policy: Policy | None = None) -> Verdict:
    return judge_line(LINE, slots, period=WEEK, policy=policy or a_policy(), input_hash="hash", last_seen=None)


@pytest.mark.parametrize(
    ("passed", "failed", "outcome", "basis"),
    [
        (20, 0, COMPLIANT, Basis.SHARE_MET),
        (16, 4, COMPLIANT, Basis.SHARE_MET),
        (15, 5, NON_COMPLIANT, Basis.SHARE_NOT_MET),
        (79, 20, NON_COMPLIANT, Basis.SHARE_NOT_MET),  # 79.8 % is not 80 %
        (0, 20, NON_COMPLIANT, Basis.SHARE_NOT_MET),
        (19, 0, INSUFFICIENT, Basis.TOO_FEW_DECIDED),
        (0, 0, INSUFFICIENT, Basis.NO_SLOTS),
    ],
)
def test_the_share_of_decided_slots_decides(passed: int, failed: int, outcome: VerdictOutcome, basis: Basis) -> None:
    found = verdict_of(a_week(passed, failed))
    assert (found.outcome, found.basis) == (outcome, basis)


def test_silence_is_not_compliance() -> None:
    found = verdict_of(a_week(0, 0, 50, ExclusionReason.AGENT_OFF))
    assert (found.outcome, found.basis) == (INSUFFICIENT, Basis.TOO_MANY_EXCLUDED)


def test_a_week_measured_on_too_few_days_is_not_enough() -> None:
    slots = [slot for slot in a_week(50, 0) if slot.day != MONDAY]
    assert verdict_of(slots).basis is Basis.TOO_FEW_DAYS


def test_a_quarter_of_excluded_slots_is_borne_and_one_more_is_not() -> None:
    assert verdict_of(a_week(75, 0, 25)).outcome is COMPLIANT
    assert verdict_of(a_week(75, 0, 26)).basis is Basis.TOO_MANY_EXCLUDED


def test_dominating_ceilings_make_a_line_unmeasurable() -> None:
    found = verdict_of(a_week(10, 0, 40, ExclusionReason.METER_CEILING))
    assert (found.outcome, found.basis) == (UNMEASURABLE, Basis.CEILINGS)


def test_slots_that_may_have_been_withheld_cannot_carry_compliance() -> None:
    assert verdict_of(a_week(79, 21)).outcome is NON_COMPLIANT
    # three of the fails disappear: 79 of 97 would be 81 %
    found = verdict_of(a_week(79, 18, 3, ExclusionReason.AGENT_OFF))
    assert (found.outcome, found.basis) == (INSUFFICIENT, Basis.WITHHELD)


def test_a_line_that_was_dead_all_week_fails() -> None:
    found = verdict_of(a_week(0, 50))
    assert found.outcome is NON_COMPLIANT
    assert found.figures is not None
    assert found.figures.counts.decided == 50


def test_the_worst_hours_come_with_their_counts() -> None:
    found = verdict_of(a_week(20, 5))
    assert found.figures is not None
    assert [(one.hour, one.failed, one.decided) for one in found.figures.worst_hours] == [(12, 5, 5)]


def test_only_uncensored_rates_make_the_quantiles() -> None:
    slots = [a_judged_slot(number, Outcome.PASS, rate_bps=50_000_000 + number) for number in range(21)]
    figures = verdict_of(slots).figures
    assert figures is not None
    assert figures.rates is not None
    assert (figures.rates.lowest_bps, figures.rates.median_bps, figures.rates.highest_bps) == (
        50_000_000,
        50_000_010,
        50_000_020,
    )


outcomes = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([Outcome.PASS, Outcome.FAIL]), st.none()),
        st.tuples(st.just(Outcome.EXCLUDED), st.sampled_from(ExclusionReason)),
    ),
    max_size=60,
)
lenient = a_policy(enough=EnoughData(decided=1, days=1))


def the_slots(found: Sequence[tuple[Outcome, ExclusionReason | None]]) -> list[JudgedSlot]:
    return [a_judged_slot(number, outcome, reason) for number, (outcome, reason) in enumerate(found)]


@given(outcomes, st.randoms())
def test_the_order_of_slots_changes_nothing(
    found: list[tuple[Outcome, ExclusionReason | None]], chance: object
) -> None:
    slots = the_slots(found)
    assert verdict_of(list(reversed(slots)), lenient) == verdict_of(slots, lenient)


@given(outcomes, st.data())
def test_withholding_records_never_makes_a_line_compliant(
    found: list[tuple[Outcome, ExclusionReason | None]], data: st.DataObject
) -> None:
    before = verdict_of(the_slots(found), lenient)
    hidden = [
        (Outcome.EXCLUDED, ExclusionReason.AGENT_OFF)
        if outcome is not Outcome.PASS and data.draw(st.booleans())
        else (outcome, reason)
        for outcome, reason in found
    ]
    after = verdict_of(the_slots(hidden), lenient)
    assert after.outcome is not COMPLIANT or before.outcome is COMPLIANT


@given(outcomes, st.integers(min_value=0, max_value=59))
def test_one_more_pass_never_worsens_the_share_rule(
    found: list[tuple[Outcome, ExclusionReason | None]], index: int
) -> None:
    failed = [number for number, (outcome, _) in enumerate(found) if outcome is Outcome.FAIL]
    if not failed:
        return
    better = list(found)
    better[failed[index % len(failed)]] = (Outcome.PASS, None)
    if verdict_of(the_slots(found), lenient).outcome is COMPLIANT:
        assert verdict_of(the_slots(better), lenient).outcome is COMPLIANT


def counts(hour: int, *, day: date = MONDAY, direction: Direction = Direction.DOWN, as_of_hour: int = 20) -> bool:
    return counts_for_verdict(
        a_slot(local(day, hour), direction=direction),
        period=WEEK,
        registry=a_registry(),
        policy=a_policy(),
        calendar=WeekdaysAreSchoolDays(),
        as_of=local(day, as_of_hour),
    )


def test_only_finished_slots_in_working_hours_of_school_days_count() -> None:
    assert counts(8)
    assert counts(17)
    assert not counts(7)
    assert not counts(18)
    assert not counts(10, day=MONDAY + timedelta(days=5))
    assert not counts(10, day=MONDAY - timedelta(days=3))
    assert not counts(10, as_of_hour=10)
    assert not counts(10, direction=Direction.UP)


def a_part(outcome: VerdictOutcome, identifier: str = "part") -> Verdict:
    return Verdict(
        kind=SubjectKind.SITE,
        id=identifier,
        period=WEEK,
        outcome=outcome,
        basis=Basis.PARTS,
        policy_id="policy-test",
        input_hash="hash",
    )


@pytest.mark.parametrize(
    ("outcomes", "together"),
    [
        ([COMPLIANT, COMPLIANT], COMPLIANT),
        ([COMPLIANT, NON_COMPLIANT], NON_COMPLIANT),
        ([INSUFFICIENT, NON_COMPLIANT], NON_COMPLIANT),
        ([COMPLIANT, INSUFFICIENT], INSUFFICIENT),
        ([UNMEASURABLE, COMPLIANT], INSUFFICIENT),
        ([UNMEASURABLE], INSUFFICIENT),
        ([], INSUFFICIENT),
    ],
)
def test_every_part_must_comply(outcomes: list[VerdictOutcome], together: VerdictOutcome) -> None:
    parts = [a_part(outcome) for outcome in outcomes]
    assert combine(SubjectKind.SITE, "site", parts, period=WEEK, policy_id="p").outcome is together


def organisation(
    *sites: tuple[VerdictOutcome, bool], rule: LineRule = LineRule.ALL, exemption: Exemption | None = None
) -> Verdict:
    return judge_organisation(
        "school",
        [(a_part(outcome), main) for outcome, main in sites],
        rule=rule,
        exemption=exemption,
        period=WEEK,
        policy_id="p",
    )


def test_the_rule_of_an_organisation_chooses_its_sites() -> None:
    sites = ((COMPLIANT, True), (NON_COMPLIANT, False))
    assert organisation(*sites).outcome is NON_COMPLIANT
    assert organisation(*sites, rule=LineRule.MAIN).outcome is COMPLIANT
    assert organisation(*sites, rule=LineRule.ANY).outcome is COMPLIANT
    assert organisation((NON_COMPLIANT, True), (INSUFFICIENT, False), rule=LineRule.ANY).outcome is INSUFFICIENT
    assert organisation((NON_COMPLIANT, True), rule=LineRule.ANY).outcome is NON_COMPLIANT
    assert organisation((COMPLIANT, False), rule=LineRule.MAIN).outcome is INSUFFICIENT


def test_an_exempt_organisation_is_exempt_whatever_it_has() -> None:
    exemption = Exemption(
        organisation=a_registry().organisations[0].id,
        reason=a_text(),
        document="order 1",
        approver_role=a_text(),
        during=Interval(),
    )
    found = organisation((COMPLIANT, True), exemption=exemption)
    assert (found.outcome, found.exemption_document) == (VerdictOutcome.EXEMPT, "order 1")
