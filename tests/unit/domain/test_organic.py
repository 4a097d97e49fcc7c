"""Users' own traffic in place of a test: what proves a slot, and how little of a day it may make up."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.measurement import Flag, Measurement, Mode
from netmon.domain.organic import capped
from netmon.domain.policy import OrganicRule
from netmon.domain.slot import ExclusionReason, JudgedSlot, Outcome, Slot
from netmon.domain.slot_outcome import Deliveries, SlotEvidence, judge_slot
from netmon.domain.verdict import Counts, VerdictOutcome
from tests.support.domain import LINE, MEGABIT, MONDAY, a_measurement, a_registry, a_slot, local
from tests.support.evidence import NOVEMBER, EvidenceInMemory, judged, measuring, organic, slots_of, the_default_policy

POLICY = the_default_policy()
RULE = OrganicRule(seconds=10, max_percent=50)
REGISTRY = a_registry(organisations=1)
SLOT = a_slot(local(MONDAY, 10), mode=Mode.DECISION)


def _outcome(*measurements: Measurement, slot: Slot = SLOT, rule: OrganicRule | None = RULE) -> JudgedSlot:
    policy = replace(POLICY, organic=rule)
    evidence = SlotEvidence(slot=slot, measurements=measurements)
    return judge_slot(evidence, registry=REGISTRY, policy=policy, deliveries=Deliveries([]))


def test_users_who_keep_the_limit_pass_a_slot_without_a_receipt() -> None:
    found = _outcome(organic(SLOT, mbps=47.5))
    assert (found.outcome, found.organic, found.rate_bps, found.censored) == (Outcome.PASS, True, 47_500_000, True)
    assert (found.strict_pass, _outcome(organic(SLOT, mbps=50)).strict_pass) == (False, True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"mbps": 47.4}, ExclusionReason.LOWER_BOUND),
        ({"duration_s": 9.9}, ExclusionReason.LOWER_BOUND),
        ({"started_at": SLOT.starts_at - timedelta(seconds=1)}, ExclusionReason.LOWER_BOUND),
        ({"started_at": SLOT.ends_at}, ExclusionReason.LOWER_BOUND),
        ({"time_trusted": False}, ExclusionReason.CLOCK),
        ({"flags": frozenset({Flag.EMULATED_LINE})}, ExclusionReason.EMULATED),
    ],
)
def test_what_does_not_prove_it_decides_nothing(changes: dict[str, object], expected: ExclusionReason) -> None:
    found = _outcome(organic(SLOT, **changes))  # type: ignore[arg-type]
    assert (found.outcome, found.exclusion, found.organic) == (Outcome.EXCLUDED, expected, False)


@pytest.mark.parametrize("mode", [Mode.ESTIMATE, Mode.SUSTAINED])
def test_only_decisions_are_proven_by_users(mode: Mode) -> None:
    slot = a_slot(local(MONDAY, 10), mode=mode)
    assert _outcome(organic(slot), slot=slot).exclusion is ExclusionReason.LOWER_BOUND


def test_a_policy_without_the_rule_takes_no_word_for_it() -> None:
    assert _outcome(organic(SLOT), rule=None).exclusion is ExclusionReason.RECEIPT


def test_a_test_that_passed_goes_before_users_traffic_and_both_before_a_fail() -> None:
    early, late = organic(SLOT, mbps=48), replace(a_measurement(SLOT, mbps=60), started_at=SLOT.ends_at)
    assert _outcome(early, late).organic is False
    assert _outcome(early, a_measurement(SLOT, mbps=20)).organic is True


def _slots(text: str) -> list[JudgedSlot]:
    """A day's slots in their order: o organic, p passed, f failed."""
    outcomes = {"o": Outcome.PASS, "p": Outcome.PASS, "f": Outcome.FAIL}
    return [
        JudgedSlot(
            slot=a_slot(local(MONDAY, 8) + timedelta(minutes=number), mode=Mode.DECISION),
            day=MONDAY,
            hour=8,
            outcome=outcomes[letter],
            rate_bps=60 * MEGABIT,
            organic=letter == "o",
            strict_pass=letter != "f",
        )
        for number, letter in enumerate(text)
    ]


def _text(slots: list[JudgedSlot]) -> str:
    letters = {Outcome.PASS: "p", Outcome.FAIL: "f", Outcome.EXCLUDED: "x"}
    return "".join("o" if one.organic else letters[one.outcome] for one in slots)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("opop", "opop"),
        ("ooop", "oxxp"),
        ("pooo", "poxx"),
        ("ofof", "xfxf"),
        ("ooo", "xxx"),
        ("ppof", "ppof"),
        ("", ""),
    ],
)
def test_at_most_half_of_a_days_passes_are_users_traffic_and_the_earliest_count(day: str, expected: str) -> None:
    found = capped(_slots(day), RULE)
    assert _text(found) == expected
    assert {one.exclusion for one in found if one.outcome is Outcome.EXCLUDED} <= {ExclusionReason.ORGANIC}


@given(day=st.text(alphabet="opf", max_size=30), percent=st.integers(1, 50))
def test_users_traffic_never_makes_more_than_its_part_however_it_is_ordered(day: str, percent: int) -> None:
    rule = OrganicRule(seconds=10, max_percent=percent)
    found = capped(_slots(day), rule)
    organic_passes, passes = _text(found).count("o"), _text(found).count("o") + _text(found).count("p")
    assert organic_passes * 100 <= percent * passes
    assert capped(found, rule) == found
    assert sorted(capped(_slots(day)[::-1], rule), key=lambda one: one.slot.starts_at) == found
    assert [one.slot for one in found] == [one.slot for one in _slots(day)]


def _counts(measure: object) -> tuple[VerdictOutcome, Counts]:
    slots = slots_of(LINE, NOVEMBER, policy=POLICY)
    evidence = EvidenceInMemory().add(slots, measure)  # type: ignore[arg-type]
    verdict = judged(evidence, REGISTRY).lines[LINE]
    assert verdict.figures is not None
    return verdict.outcome, verdict.figures.counts


def test_a_month_of_which_every_second_decision_is_users_traffic_complies() -> None:
    def measure(slot: Slot) -> Measurement | None:
        every_second = slot.mode is Mode.DECISION and slot.starts_at.hour % 2 == 0
        return organic(slot) if every_second else measuring(60)(slot)

    outcome, counts = _counts(measure)
    assert (outcome, counts.passed, counts.organic) == (VerdictOutcome.COMPLIANT, 235, 105)


def test_users_traffic_alone_never_complies() -> None:
    outcome, counts = _counts(lambda slot: organic(slot) if slot.mode is Mode.DECISION else None)
    assert (outcome, counts.passed) == (VerdictOutcome.INSUFFICIENT_DATA, 0)
    assert counts.excluded[ExclusionReason.ORGANIC] == 210


def test_a_device_that_claims_users_traffic_in_place_of_slow_tests_gains_nothing() -> None:
    """Half of the decisions are slow: 110 of 235 passes are 46 %; claimed as users' traffic they stay undecided."""

    def honest(slot: Slot) -> Measurement | None:
        slow = slot.mode is not Mode.DECISION or slot.starts_at.hour % 2 == 0
        return measuring(20 if slow else 60)(slot)

    def claiming(slot: Slot) -> Measurement | None:
        found = honest(slot)
        return (
            organic(slot)
            if found is not None and found.rate_bps == 20 * MEGABIT and slot.mode is Mode.DECISION
            else found
        )

    assert _counts(honest)[0] is VerdictOutcome.NON_COMPLIANT
    outcome, counts = _counts(claiming)
    assert outcome is not VerdictOutcome.COMPLIANT
    assert counts.organic * 2 <= counts.passed
