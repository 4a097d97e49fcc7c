"""What samples and evidence mean together."""

import random

import pytest

from netmon.domain.measurement import Decision, Reason, ResultKind
from netmon_agent.methods.plans.base import Ended, Evidence, Outcome, Plan, Step
from netmon_agent.methods.plans.decision import DecisionPlan
from netmon_agent.methods.plans.estimate import EstimatePlan
from netmon_agent.methods.plans.sustained import SustainedPlan
from netmon_agent.statistics.series import Series
from tests.support.samples import a_sample, a_series, for_seconds

LIMIT = 50_000_000
FINE = Evidence(ended=Ended.ENOUGH)


def play(plan: Plan, rates: list[float]) -> tuple[Series, list[Step]]:
    """Show a plan a transfer tick by tick until it has enough."""
    seen, steps = Series(), []
    for sample in a_series(rates).samples[1:]:
        seen.add(sample)
        steps.append(plan.observe(seen))
        if steps[-1] is Step.STOP:
            break
    return seen, steps


def decided(rates: list[float], evidence: Evidence = FINE) -> tuple[Outcome, list[Step]]:
    plan = DecisionPlan(rtt_s=0.01, limit_bps=LIMIT)
    seen, steps = play(plan, rates)
    return plan.conclude(seen, evidence), steps


def test_a_decision_is_paced_a_tenth_above_its_limit_and_says_so() -> None:
    outcome, steps = decided(for_seconds(3, 55e6))
    assert outcome.decision is Decision.AT_LEAST
    assert outcome.censored_at_bps == 55_000_000
    assert Step.UNPACE not in steps
    assert len(steps) * 0.05 < 1.2


def test_below_is_repeated_without_pacing_before_it_is_said() -> None:
    outcome, steps = decided(for_seconds(5, 40e6))
    assert outcome.decision is Decision.BELOW
    assert outcome.censored_at_bps is None
    assert steps.count(Step.UNPACE) == 1


def test_a_suspected_line_is_asked_without_pacing_at_once() -> None:
    plan = DecisionPlan(rtt_s=0.01, limit_bps=LIMIT, suspected=True)
    seen, steps = play(plan, for_seconds(5, 40e6))
    assert plan.pace_ip_bps is None
    assert plan.conclude(seen, FINE).decision is Decision.BELOW
    assert Step.UNPACE not in steps
    assert len(steps) * 0.05 < 1.6


def test_beside_others_only_what_is_missing_is_sent() -> None:
    assert DecisionPlan(rtt_s=0.01, limit_bps=LIMIT, background_bps=20e6).pace_ip_bps == 35_000_000
    assert DecisionPlan(rtt_s=0.01, limit_bps=LIMIT, background_bps=80e6).pace_ip_bps == 15_000_000


def test_a_sender_that_stuttered_while_paced_is_found_out_by_the_repeat() -> None:
    outcome, _ = decided([*for_seconds(1.5, 40e6), *for_seconds(3, 90e6)])
    assert outcome.decision is Decision.AT_LEAST


def test_below_is_never_said_when_something_else_was_slow() -> None:
    for evidence, reason in (
        (Evidence(ended=Ended.ENOUGH, host_slow=True), Reason.METER_CPU),
        (Evidence(ended=Ended.ENOUGH, sender_slow=True), Reason.SENDER_LIMITED),
        (Evidence(ended=Ended.ENOUGH, card_bps=41_000_000), Reason.METER_NIC),
        (Evidence(ended=Ended.ENOUGH, server_bps=41_000_000), Reason.SENDER_LIMITED),
    ):
        outcome, _ = decided(for_seconds(5, 40e6), evidence)
        assert (outcome.decision, outcome.reason) == (Decision.UNDECIDED, reason)
        assert outcome.kind is ResultKind.LOWER_BOUND


def test_a_late_machine_says_below_only_well_below() -> None:
    late = Evidence(ended=Ended.ENOUGH, host_late=True)
    assert decided(for_seconds(5, 40e6), late)[0].decision is Decision.BELOW
    near, _ = decided(for_seconds(5, 48.9e6), late)
    assert (near.decision, near.reason) == (Decision.UNDECIDED, Reason.METER_CPU)
    assert decided(for_seconds(5, 48.9e6))[0].decision is Decision.BELOW
    assert estimated(for_seconds(2, 93e6), late, limit_bps=95_000_000).decision is Decision.UNDECIDED
    assert estimated(for_seconds(2, 80e6), late, limit_bps=95_000_000).decision is Decision.BELOW
    assert estimated(for_seconds(2, 93e6), late, limit_bps=95_000_000).kind is ResultKind.RATE


def test_a_plan_names_the_part_that_it_judges() -> None:
    plan = EstimatePlan(rtt_s=0.01)
    seen, _ = play(plan, [*for_seconds(0.3, 10e6), *for_seconds(2, 100e6)])
    assert seen.samples[plan.judged_from()].t_s >= 0.3
    repeat = DecisionPlan(rtt_s=0.01, limit_bps=LIMIT)
    seen, steps = play(repeat, for_seconds(5, 40e6))
    assert repeat.judged_from() > steps.index(Step.UNPACE)


def test_a_transfer_that_does_not_settle_is_capped_at_300_megabytes() -> None:
    rng = random.Random(3)
    wild = [rng.uniform(0.4e9, 1.6e9) for _ in range(200)]
    for plan in (EstimatePlan(rtt_s=0.01), DecisionPlan(rtt_s=0.01, limit_bps=1_000_000_000)):
        seen, spent = Series(), Step.CONTINUE
        for sample in a_series(wild).samples[1:]:
            seen.add(sample)
            spent = plan.observe(seen)
            if spent is not Step.CONTINUE and spent is not Step.UNPACE:
                break
        assert spent is Step.SPENT
        assert seen.own_bytes(len(seen) - 1) < 312_000_000
        outcome = plan.conclude(seen, Evidence(ended=Ended.BYTES))
        assert (outcome.kind, outcome.reason) == (ResultKind.LOWER_BOUND, Reason.BYTE_CAP)


def test_without_bbr_loss_never_means_below() -> None:
    plan = DecisionPlan(rtt_s=0.01, limit_bps=LIMIT)
    seen, _ = play(plan, for_seconds(5, 40e6))
    last = seen.samples[-1]
    seen.add(a_sample(last.t_s + 0.05, last.exact_bytes + 250_000, lost=True))
    outcome = plan.conclude(seen, Evidence(ended=Ended.ENOUGH, congestion_control="cubic"))
    assert (outcome.decision, outcome.reason) == (Decision.UNDECIDED, Reason.NO_BBR_WITH_LOSS)


def test_a_fast_line_passes_whatever_the_host_did() -> None:
    outcome, _ = decided(for_seconds(3, 55e6), Evidence(ended=Ended.ENOUGH, host_slow=True, sender_slow=True))
    assert outcome.decision is Decision.AT_LEAST


def test_a_transfer_that_never_settles_is_undecided_or_nothing() -> None:
    outcome, _ = decided([30e6, 80e6] * 40, Evidence(ended=Ended.TIME))
    assert outcome.decision in {Decision.UNDECIDED, Decision.AT_LEAST}
    assert decided(for_seconds(0.2, 40e6), Evidence(ended=Ended.TIME))[0].reason is Reason.TOO_SHORT
    assert decided(for_seconds(0.2, 40e6), Evidence(ended=Ended.BYTES))[0].reason is Reason.BYTE_CAP


def estimated(rates: list[float], evidence: Evidence = FINE, limit_bps: int | None = None) -> Outcome:
    plan = EstimatePlan(rtt_s=0.01, limit_bps=limit_bps)
    seen, _ = play(plan, rates)
    return plan.conclude(seen, evidence)


def test_the_ramp_is_no_part_of_an_estimate() -> None:
    outcome = estimated([*for_seconds(0.3, 10e6), *for_seconds(2, 100e6)])
    assert outcome.kind is ResultKind.RATE
    assert outcome.rate_bps == 100_000_000


def test_an_estimate_with_a_limit_also_decides() -> None:
    assert estimated(for_seconds(2, 100e6), limit_bps=95_000_000).decision is Decision.AT_LEAST
    assert estimated(for_seconds(2, 90e6), limit_bps=95_000_000).decision is Decision.BELOW
    slow = Evidence(ended=Ended.ENOUGH, host_slow=True)
    assert estimated(for_seconds(2, 90e6), slow, limit_bps=95_000_000).decision is Decision.UNDECIDED


def test_a_ceiling_makes_a_rate_a_lower_bound() -> None:
    outcome = estimated(for_seconds(2, 94e6), Evidence(ended=Ended.ENOUGH, card_bps=97_500_000))
    assert (outcome.kind, outcome.reason) == (ResultKind.LOWER_BOUND, Reason.METER_NIC)
    assert outcome.censored_at_bps == 97_500_000


def test_an_estimate_that_did_not_converge_is_a_bound() -> None:
    rng = random.Random(2)
    outcome = estimated([rng.uniform(20e6, 180e6) for _ in range(60)], Evidence(ended=Ended.TIME))
    assert (outcome.kind, outcome.reason) == (ResultKind.LOWER_BOUND, Reason.NOT_CONVERGED)


def sustained(rates: list[float]) -> tuple[Outcome, float]:
    plan = SustainedPlan(rtt_s=0.01, limit_bps=95_000_000)
    seen, _ = play(plan, rates)
    return plan.conclude(seen, FINE), seen.duration_s


def test_sustained_reads_the_rate_after_the_bucket_and_stops_soon() -> None:
    outcome, took_s = sustained([*for_seconds(1.5, 200e6), *for_seconds(20, 40e6)])
    assert outcome.kind is ResultKind.RATE
    assert outcome.rate_bps == 40_000_000
    assert outcome.decision is Decision.BELOW
    assert outcome.detail["burst_bps"] == 200_000_000
    assert took_s < 5


def test_sustained_certifies_a_flat_line_up_to_its_bytes() -> None:
    outcome, _ = sustained(for_seconds(40, 100e6))
    assert outcome.decision is Decision.AT_LEAST
    flat = outcome.detail["flat_bytes"]
    assert isinstance(flat, int)
    assert flat >= 400_000_000


def test_sustained_outlasts_half_a_minute_at_a_hundred_megabits() -> None:
    outcome, _ = sustained([*for_seconds(30, 100e6), *for_seconds(15, 40e6)])
    assert (outcome.rate_bps, outcome.decision) == (40_000_000, Decision.BELOW)
    assert outcome.detail["bucket_bytes"] == pytest.approx(30 * 60e6 / 8, rel=0.01)


def test_a_short_sustained_certifies_nothing() -> None:
    assert sustained(for_seconds(2, 100e6))[0].reason is Reason.TOO_SHORT
