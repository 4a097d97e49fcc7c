"""What the verdict of a line carries besides its share: falls, availability, contracts, volumes."""

from datetime import date, datetime, timedelta

from netmon.domain.availability import Availability
from netmon.domain.judge import LineFacts, judge_line
from netmon.domain.period import Period
from netmon.domain.policy import EnoughData
from netmon.domain.slot import JudgedSlot, Outcome
from netmon.domain.throttling import Volume
from netmon.domain.verdict import Basis, Finding, LineFigures, VerdictOutcome
from tests.support.domain import LINE, MEGABIT, MONDAY, a_contract, a_policy, a_slot, local
from tests.support.evidence import the_default_policy

WEEK, MONTH = Period.week(MONDAY), Period.month(MONDAY)
LENIENT = the_default_policy(enough=EnoughData(decided=1, days=1))


def days(*mbps: int) -> list[JudgedSlot]:
    """A full estimate a day, from Monday on."""
    found = []
    for number, rate in enumerate(mbps):
        day = MONDAY + timedelta(days=number)
        found.append(
            JudgedSlot(
                slot=a_slot(local(day, 10)),
                day=day,
                hour=10,
                outcome=Outcome.PASS if rate >= 48 else Outcome.FAIL,
                rate_bps=rate * MEGABIT,
                threshold_bps=50 * MEGABIT,
                limit_bps=47_500_000,
            )
        )
    return found


def figures_of(
    slots: list[JudgedSlot], period: Period = MONTH, facts: LineFacts | None = None, last_seen: datetime | None = None
) -> LineFigures:
    verdict = judge_line(
        LINE, slots, period=period, policy=LENIENT, input_hash="hash", last_seen=last_seen, facts=facts
    )
    assert verdict.figures is not None
    return verdict.figures


def test_a_fall_is_looked_for_in_months_only() -> None:
    six_days = days(60, 60, 60, 20, 20, 20)
    month, week = figures_of(six_days), figures_of(six_days, WEEK)
    assert month.fall is not None
    assert Finding.THROTTLED in month.findings
    assert (week.fall, Finding.THROTTLED in week.findings) == (None, False)


def test_a_fall_knows_the_volume_before_it() -> None:
    asked: list[date] = []

    def volume_before(day: date) -> Volume:
        asked.append(day)
        return Volume(own_bytes=7, background_bps=None, samples=0, working=timedelta())

    found = figures_of(days(60, 60, 60, 20, 20, 20), facts=LineFacts(volume_before=volume_before))
    assert found.fall is not None
    assert found.fall.volume is not None
    assert (found.fall.volume.own_bytes, asked) == (7, [MONDAY + timedelta(days=3)])
    assert figures_of(days(60, 60, 60), facts=LineFacts(volume_before=volume_before)).fall is None
    assert len(asked) == 1


def test_without_any_probe_nothing_is_known_of_availability() -> None:
    found = figures_of(days(60))
    assert found.availability == Availability()
    known = Availability(working=timedelta(hours=1), up=timedelta(hours=1))
    assert figures_of(days(60), facts=LineFacts(availability=known)).availability == known


def test_a_policy_without_guarantees_shows_none_of_them() -> None:
    policy = a_policy(enough=EnoughData(decided=1, days=1))
    verdict = judge_line(
        LINE, days(60, 60, 60, 20, 20, 20)[:3], period=MONTH, policy=policy, input_hash="hash", last_seen=None
    )
    assert verdict.figures is not None
    assert (verdict.figures.availability, verdict.figures.sustained, verdict.figures.fall) == (None, None, None)
    assert (verdict.outcome, verdict.basis) == (VerdictOutcome.COMPLIANT, Basis.SHARE_MET)


def test_the_figures_carry_what_the_line_was_held_against() -> None:
    found = figures_of(days(60, 40), facts=LineFacts(contracts=(a_contract(rate_mbps=100),)))
    requirement = found.requirement
    assert (requirement.rule, requirement.estimates) == ("share", None)
    assert (requirement.availability, requirement.sustained) == (LENIENT.availability, LENIENT.sustained)
    assert requirement.throttling == LENIENT.throttling
    assert found.estimates.median_bps == 40 * MEGABIT
    assert [one.measured_percent for one in found.contracts] == [40]


def test_what_was_seen_of_the_agent_is_kept() -> None:
    at = local(MONDAY, 12)
    assert figures_of(days(60), last_seen=at).last_seen == at
