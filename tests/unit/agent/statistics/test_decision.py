"""Sequential decisions: looking at every tick costs no confidence."""

import random

from netmon_agent.statistics.decision import Finding, decide

LIMIT = 95_000_000


def sequential(rng: random.Random, mean: float, spread: float) -> Finding | None:
    """What a transfer of at most eight seconds ends with when it is asked after every batch."""
    batches: list[float] = []
    for count in range(1, 81):
        batches.append(rng.gauss(mean, spread * mean))
        finding = decide(batches, limit_bps=LIMIT, elapsed_s=count * 0.1)
        if finding is not None:
            return finding
    return None


def test_wrong_decisions_are_at_most_one_in_a_hundred() -> None:
    """2 % beyond the limit, batches that vary by 3 %, asked up to eighty times."""
    rng = random.Random(7)
    wrong_above = sum(sequential(rng, LIMIT * 1.02, 0.03) is Finding.BELOW for _ in range(500))
    wrong_below = sum(sequential(rng, LIMIT * 0.98, 0.03) is Finding.AT_LEAST for _ in range(500))
    assert wrong_above <= 5
    assert wrong_below <= 5


def test_clear_lines_are_decided() -> None:
    rng = random.Random(8)
    assert {sequential(rng, LIMIT * 1.1, 0.02) for _ in range(100)} == {Finding.AT_LEAST}
    assert {sequential(rng, LIMIT * 0.8, 0.02) for _ in range(100)} == {Finding.BELOW}


def test_below_wants_a_second() -> None:
    slow = [80_000_000.0] * 9
    assert decide(slow, limit_bps=LIMIT, elapsed_s=0.9) is None
    assert decide([*slow, 80_000_000.0], limit_bps=LIMIT, elapsed_s=1.0) is Finding.BELOW


def test_stalls_of_a_host_are_not_below() -> None:
    """Every fifth batch reached the limit: something else than the line was slow in between."""
    assert decide([70e6, 70e6, 70e6, 70e6, 99e6] * 4, limit_bps=LIMIT, elapsed_s=2.0) is None


def test_within_one_percent_after_three_seconds_is_borderline() -> None:
    assert decide([float(LIMIT)] * 30, limit_bps=LIMIT, elapsed_s=2.9) is None
    assert decide([float(LIMIT)] * 30, limit_bps=LIMIT, elapsed_s=3.0) is Finding.BORDERLINE


def test_few_batches_decide_nothing() -> None:
    assert decide([1e9] * 4, limit_bps=LIMIT, elapsed_s=1.0) is None
