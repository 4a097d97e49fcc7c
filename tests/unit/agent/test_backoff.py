"""Waits double up to a ceiling, with full jitter."""

import random

from netmon_agent.backoff import Backoff, BackoffRule

RULE = BackoffRule(first_s=2.0, most_s=60.0)


def test_the_ceiling_doubles_and_stops() -> None:
    backoff = Backoff(lambda: 1.0, RULE)
    assert [backoff.failed() for _ in range(7)] == [2, 4, 8, 16, 32, 60, 60]


def test_success_starts_anew() -> None:
    backoff = Backoff(lambda: 1.0, RULE)
    backoff.failed()
    backoff.failed()
    backoff.succeeded()
    assert backoff.failed() == 2.0


def test_every_wait_between_zero_and_the_ceiling_is_as_likely() -> None:
    draw = random.Random(1)
    waits = [Backoff(draw.random, RULE).failed() for _ in range(2000)]
    assert 0 <= min(waits) < 0.05
    assert 1.95 < max(waits) < 2.0
    assert 0.95 < sum(waits) / len(waits) < 1.05


def test_nobody_comes_before_the_collector_wants_it_nor_all_at_once_after() -> None:
    draw = random.Random(1)
    waits = [Backoff(draw.random, RULE).failed(retry_after_s=30.0) for _ in range(100)]
    assert min(waits) >= 30.0
    assert len(set(waits)) == 100


def test_when_the_trouble_seems_over_nobody_sits_out_the_old_wait() -> None:
    backoff = Backoff(lambda: 0.5, RULE)
    for _ in range(6):
        backoff.failed()
    assert backoff.soon(5.0) == 2.5
    assert backoff.failed() == 1.0


def test_a_year_of_failures_is_still_a_number() -> None:
    backoff = Backoff(lambda: 1.0, RULE)
    assert {backoff.failed() for _ in range(5000)} == {2, 4, 8, 16, 32, 60}
