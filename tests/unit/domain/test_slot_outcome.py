"""The outcome of one planned slot."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from netmon.domain.interval import Dated, History, Interval
from netmon.domain.latency import Outage, OutageCause
from netmon.domain.measurement import Decision, Flag, Measurement, Path, Reason, ReceiptState, ResultKind
from netmon.domain.policy import Policy
from netmon.domain.registry import LocalityType, Registry
from netmon.domain.slot import (
    Delivery,
    ExclusionReason,
    FailCause,
    JudgedSlot,
    Outcome,
    Slot,
    SlotEnd,
    SlotReason,
    SlotReport,
    accounts,
)
from netmon.domain.slot_outcome import EXCLUSION_OF, Deliveries, SlotEvidence, judge_slot, proven_outages
from tests.support.domain import (
    LINE,
    MONDAY,
    OTHER_SERVER,
    a_delivery,
    a_measurement,
    a_policy,
    a_registry,
    a_slot,
    an_outage,
    local,
)


def judged(
    *measurements: Measurement,
    slot: Slot | None = None,
    report: SlotReport | None = None,
    outages: tuple[Outage, ...] = (),
    deliveries: tuple[Delivery, ...] = (a_delivery(),),
    registry: Registry | None = None,
    policy: Policy | None = None,
) -> JudgedSlot:
    return judge_slot(
        SlotEvidence(slot=slot or a_slot(), measurements=measurements, report=report, outages=outages),
        registry=registry or a_registry(),
        policy=policy or a_policy(),
        deliveries=Deliveries(deliveries),
    )


def test_a_rate_at_the_limit_passes() -> None:
    assert judged(a_measurement(mbps=47.5)).outcome is Outcome.PASS


def test_a_rate_one_bit_below_the_limit_fails() -> None:
    found = judged(a_measurement(mbps=47.499999))
    assert (found.outcome, found.cause) == (Outcome.FAIL, FailCause.BELOW_LIMIT)


def test_a_pass_within_the_tolerance_is_no_strict_pass() -> None:
    assert judged(a_measurement(mbps=49.0)).strict_pass is False
    assert judged(a_measurement(mbps=50.0)).strict_pass is True


def test_100base_tx_in_a_city_passes_at_5_percent_tolerance() -> None:
    found = judged(a_measurement(mbps=97.5), registry=a_registry(locality=LocalityType.CITY))
    assert (found.outcome, found.limit_bps) == (Outcome.PASS, 95_000_000)


def test_below_needs_the_server_to_have_delivered_the_limit_to_another_line() -> None:
    assert judged(a_measurement(mbps=30), deliveries=()).exclusion is ExclusionReason.UNPROVEN
    own = a_delivery(line=LINE)
    assert judged(a_measurement(mbps=30), deliveries=(own,)).exclusion is ExclusionReason.UNPROVEN
    long_ago = a_delivery(local(MONDAY, 7, 59))
    assert judged(a_measurement(mbps=30), deliveries=(long_ago,)).exclusion is ExclusionReason.UNPROVEN
    too_little = a_delivery(mbps=47)
    assert judged(a_measurement(mbps=30), deliveries=(too_little,)).exclusion is ExclusionReason.UNPROVEN


def test_a_second_server_that_agrees_proves_below() -> None:
    pair = (a_measurement(mbps=30), a_measurement(mbps=31, server=OTHER_SERVER))
    assert judged(*pair, deliveries=()).outcome is Outcome.FAIL


def test_of_two_servers_that_agree_the_first_gives_the_figures() -> None:
    slot = a_slot()
    first = replace(a_measurement(slot, mbps=31, server=OTHER_SERVER), started_at=slot.starts_at)
    found = judged(first, a_measurement(slot, mbps=30), slot=slot)  # only the second is proven by a delivery
    assert (found.outcome, found.cause, found.rate_bps) == (Outcome.FAIL, FailCause.BELOW_LIMIT, 31_000_000)


def test_a_second_server_that_delivers_the_limit_is_a_pass() -> None:
    assert judged(a_measurement(mbps=30), a_measurement(mbps=60, server=OTHER_SERVER)).outcome is Outcome.PASS


def test_a_decision_that_stayed_open_decides_nothing() -> None:
    undecided = a_measurement(mbps=47, decision=Decision.UNDECIDED, reason=Reason.BORDERLINE)
    assert judged(undecided).exclusion is ExclusionReason.UNDECIDED
    above = a_measurement(mbps=48, decision=Decision.UNDECIDED, reason=Reason.BORDERLINE)
    assert judged(above).exclusion is ExclusionReason.UNDECIDED


def test_a_lower_bound_counts_only_when_it_reaches_the_limit() -> None:
    bound = a_measurement(mbps=60, kind=ResultKind.LOWER_BOUND, reason=Reason.BYTE_CAP)
    assert judged(bound).outcome is Outcome.PASS
    low = a_measurement(mbps=40, kind=ResultKind.LOWER_BOUND, reason=Reason.BYTE_CAP)
    assert judged(low).exclusion is ExclusionReason.LOWER_BOUND
    ceiling = a_measurement(mbps=40, kind=ResultKind.LOWER_BOUND, reason=Reason.METER_CPU)
    assert judged(ceiling).exclusion is ExclusionReason.METER_CEILING


def test_a_test_that_could_not_see_the_limit_never_fails_a_line() -> None:
    assert judged(a_measurement(mbps=40, censored_mbps=41)).exclusion is ExclusionReason.LOWER_BOUND
    assert judged(a_measurement(mbps=40, censored_mbps=47.5)).outcome is Outcome.FAIL  # it could see the limit itself


def test_a_slot_belongs_to_the_local_day_and_hour_of_its_line() -> None:
    late = a_slot(local(MONDAY, 23, 30))  # of Moscow, where UTC has another hour and the system may have another day
    found = judged(a_measurement(late), slot=late)
    assert (found.day, found.hour) == (MONDAY, 23)
    early = a_slot(local(MONDAY, 1))
    found = judged(a_measurement(early), slot=early)
    assert (found.day, found.hour) == (MONDAY, 1)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_means_an_exclusion(reason: Reason) -> None:
    assert judged(a_measurement(mbps=None, reason=reason)).exclusion is EXCLUSION_OF[reason]


def test_an_unreachable_server_during_an_outage_of_the_line_is_a_fail() -> None:
    down = an_outage(local(MONDAY, 9, 30), local(MONDAY, 11))
    found = judged(a_measurement(mbps=None, reason=Reason.SERVER_UNREACHABLE), outages=(down,))
    assert (found.outcome, found.cause) == (Outcome.FAIL, FailCause.LINE_DOWN)


@pytest.mark.parametrize("cause", [OutageCause.NIC, OutageCause.BEYOND])
def test_an_outage_that_is_not_the_providers_excludes(cause: OutageCause) -> None:
    down = an_outage(local(MONDAY, 9, 30), local(MONDAY, 11), cause=cause)
    found = judged(a_measurement(mbps=None, reason=Reason.SERVER_UNREACHABLE), outages=(down,))
    assert found.exclusion is ExclusionReason.SERVER_UNREACHABLE


def test_an_outage_that_covers_the_whole_slot_needs_no_attempt() -> None:
    assert judged(outages=(an_outage(local(MONDAY, 9), local(MONDAY, 12)),)).outcome is Outcome.FAIL
    exactly = an_outage(a_slot().starts_at, a_slot().ends_at)
    assert judged(outages=(exactly,)).outcome is Outcome.FAIL
    partly = an_outage(local(MONDAY, 10, 5), local(MONDAY, 12))
    assert judged(outages=(partly,)).exclusion is ExclusionReason.AGENT_OFF


def test_silence_is_excluded_not_passed_and_not_failed() -> None:
    found = judged()
    assert (found.outcome, found.exclusion, found.rate_bps) == (Outcome.EXCLUDED, ExclusionReason.AGENT_OFF, None)


def test_what_an_agent_says_for_itself_never_excuses_a_slot() -> None:
    slot = a_slot()
    for reason in SlotReason:
        report = SlotReport(slot=slot.id, line=LINE, end=SlotEnd.NOT_MEASURED, reason=reason, at=slot.starts_at)
        exclusion = judged(slot=slot, report=report).exclusion
        assert exclusion is (ExclusionReason.BUDGET if reason is SlotReason.BUDGET else ExclusionReason.AGENT_OFF)
        assert exclusion.could_hide_a_fail


def test_a_below_keeps_the_delivery_that_proves_it() -> None:
    proof = a_delivery()
    assert judged(a_measurement(mbps=30), deliveries=(proof,)).proof == proof
    assert judged(a_measurement(mbps=60), deliveries=(proof,)).proof is None


def test_the_records_of_one_outage_are_put_together() -> None:
    nine, later = local(MONDAY, 9), local(MONDAY, 10, 5)
    first, second = an_outage(nine, later), an_outage(later, local(MONDAY, 11))
    found = proven_outages((second, first), Deliveries([a_delivery()]), within=timedelta(hours=2))
    assert found == (an_outage(nine, local(MONDAY, 11)),)
    assert judged(outages=found).outcome is Outcome.FAIL


def test_an_outage_in_which_nobody_else_was_served_is_not_the_lines() -> None:
    """A dead measurement server looks like a dead line to every agent."""
    outage = an_outage(local(MONDAY, 9), local(MONDAY, 12))
    within = timedelta(hours=2)
    for served in ((), (a_delivery(line=LINE),), (a_delivery(local(MONDAY, 6, 59)),), (a_delivery(local(MONDAY, 15)),)):
        (found,) = proven_outages((outage,), Deliveries(served), within=within)
        assert found.cause is OutageCause.BEYOND
    (found,) = proven_outages((outage,), Deliveries([a_delivery(local(MONDAY, 7))]), within=within)
    assert found.cause is OutageCause.PROVIDER


@pytest.mark.parametrize("state", [ReceiptState.ABSENT, ReceiptState.INVALID])
def test_a_figure_without_a_valid_receipt_is_shown_but_does_not_decide(state: ReceiptState) -> None:
    found = judged(a_measurement(receipt=state))
    assert (found.exclusion, found.rate_bps) == (ExclusionReason.RECEIPT, 60_000_000)
    assert judged(a_measurement(receipt=state), policy=a_policy(receipt_required=False)).outcome is Outcome.PASS


def test_a_filtering_proxy_on_the_path_does_not_decide() -> None:
    assert judged(a_measurement(path=Path.PROXIED)).exclusion is ExclusionReason.FILTERED_PATH


def test_an_emulated_line_decides_only_where_the_policy_says_so() -> None:
    emulated = a_measurement(path=Path.PROXIED, flags=frozenset({Flag.EMULATED_LINE}))
    assert judged(emulated).exclusion is ExclusionReason.EMULATED
    assert judged(emulated, policy=a_policy(accept_emulated=True)).outcome is Outcome.PASS


def test_a_figure_of_unknown_time_does_not_decide() -> None:
    assert judged(a_measurement(time_trusted=False)).exclusion is ExclusionReason.CLOCK


def test_a_village_that_became_part_of_a_city_is_judged_by_the_facts_of_each_day() -> None:
    history = History(
        (
            Dated(value=LocalityType.RURAL, during=Interval(None, date(2026, 7, 1))),
            Dated(value=LocalityType.CITY, during=Interval(date(2026, 7, 1), None)),
        )
    )
    registry = a_registry(history=history)
    for day, outcome, threshold in (
        (date(2026, 6, 30), Outcome.PASS, 50_000_000),
        (date(2026, 7, 1), Outcome.FAIL, 100_000_000),
    ):
        slot = a_slot(local(day, 10))
        delivery = a_delivery(local(day, 10))
        found = judged(a_measurement(slot, mbps=60), slot=slot, registry=registry, deliveries=(delivery,))
        assert (found.outcome, found.threshold_bps) == (outcome, threshold)


def test_a_day_on_which_the_locality_is_unknown_decides_nothing() -> None:
    history = History((Dated(value=LocalityType.RURAL, during=Interval(MONDAY + timedelta(days=1), None)),))
    assert judged(a_measurement(), registry=a_registry(history=history)).exclusion is ExclusionReason.LOCALITY_UNKNOWN


def test_of_two_accounts_of_a_slot_the_last_holds() -> None:
    slot = a_slot()
    off, measured = (
        SlotReport(slot=slot.id, line=LINE, end=end, reason=None, at=slot.starts_at)
        for end in (SlotEnd.NOT_MEASURED, SlotEnd.MEASURED)
    )
    assert accounts([off, measured]) == {slot.id: measured}
    assert accounts([measured, off]) == {slot.id: off}
