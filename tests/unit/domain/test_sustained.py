"""The sustained rate of a period, and when a line is a burst."""

import pytest

from netmon.domain.measurement import Mode
from netmon.domain.slot import ExclusionReason, FailCause, JudgedSlot, Outcome
from netmon.domain.sustained import Sustained, sustained
from tests.support.domain import MEGABIT, MONDAY, a_slot, local


def a_test(
    outcome: Outcome, mbps: float | None = None, *, mode: Mode = Mode.SUSTAINED, cause: FailCause | None = None
) -> JudgedSlot:
    return JudgedSlot(
        slot=a_slot(local(MONDAY, 10), mode=mode),
        day=MONDAY,
        hour=10,
        outcome=outcome,
        exclusion=ExclusionReason.UNDECIDED if outcome is Outcome.EXCLUDED else None,
        cause=cause,
        rate_bps=None if mbps is None else round(mbps * MEGABIT),
        limit_bps=47_500_000,
    )


def test_long_and_short_tests_are_counted_apart() -> None:
    found = sustained(
        [
            a_test(Outcome.PASS, 60),
            a_test(Outcome.FAIL, 41),
            a_test(Outcome.FAIL, 40),
            a_test(Outcome.PASS, 60, mode=Mode.DECISION),
            a_test(Outcome.PASS, 60, mode=Mode.ESTIMATE),
            a_test(Outcome.FAIL, 30, mode=Mode.ESTIMATE),
        ]
    )
    assert found == Sustained(
        passed=1, failed=2, worst_bps=40 * MEGABIT, limit_bps=47_500_000, short_passed=2, short_failed=1
    )


def test_what_was_not_decided_or_not_tested_is_no_sustained_test() -> None:
    dead = a_test(Outcome.FAIL, cause=FailCause.LINE_DOWN)
    dead_short = a_test(Outcome.FAIL, cause=FailCause.LINE_DOWN, mode=Mode.DECISION)
    assert sustained([a_test(Outcome.EXCLUDED, 20), dead, dead_short]) == Sustained()


@pytest.mark.parametrize(
    ("passed", "failed", "short_passed", "short_failed", "is_burst"),
    [
        (0, 1, 10, 0, True),
        (0, 1, 10, 9, True),
        (0, 1, 10, 10, False),  # the first seconds are slow as well
        (0, 1, 0, 0, False),
        (1, 1, 10, 0, False),  # once it kept its rate
        (0, 0, 10, 0, False),
    ],
)
def test_a_burst_is_fast_for_its_first_seconds_only(
    passed: int, failed: int, short_passed: int, short_failed: int, *, is_burst: bool
) -> None:
    found = Sustained(passed=passed, failed=failed, short_passed=short_passed, short_failed=short_failed)
    assert found.is_burst is is_burst
