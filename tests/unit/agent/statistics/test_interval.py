"""The robust mean and its interval."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon_agent.statistics.interval import median, quantile, trimmed_interval, variation

batches = st.lists(st.floats(1e5, 1e9), min_size=5, max_size=60)


@given(batches)
def test_the_mean_lies_within_the_values(values: list[float]) -> None:
    assert min(values) * (1 - 1e-9) <= trimmed_interval(values).mean <= max(values) * (1 + 1e-9)


@given(batches, st.floats(0.1, 10))
def test_the_interval_scales_with_the_unit(values: list[float], factor: float) -> None:
    one, other = trimmed_interval(values), trimmed_interval([value * factor for value in values])
    assert other.mean == pytest.approx(one.mean * factor, rel=1e-6)
    assert other.half_width == pytest.approx(one.half_width * factor, rel=1e-3, abs=1e-2)


def test_equal_batches_leave_no_doubt() -> None:
    assert trimmed_interval([5.0] * 8).half_width == 0.0


def test_one_wild_batch_in_eight_does_not_move_the_mean() -> None:
    assert trimmed_interval([100.0] * 7 + [1000.0]).mean == 100.0


def test_95_of_100_intervals_hold_the_truth() -> None:
    rng, held = random.Random(1), 0
    for _ in range(1000):
        interval = trimmed_interval([rng.gauss(100, 5) for _ in range(12)])
        held += abs(interval.mean - 100) <= interval.half_width
    assert held >= 940


def test_wandering_batches_widen_the_interval() -> None:
    walk = [100.0 + step for step in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)]
    shuffled = [100.0 + step for step in (0, 9, 3, 6, 1, 8, 4, 5, 2, 7)]
    assert trimmed_interval(walk).half_width > trimmed_interval(shuffled).half_width


def test_alternating_batches_are_large_segments_and_narrow_it() -> None:
    alternating = trimmed_interval([40.0, 60.0] * 10)
    assert alternating.mean == 50.0
    assert alternating.half_width < 5


def test_order_statistics() -> None:
    assert median([3.0, 1.0, 2.0]) == 2.0
    assert quantile([float(n) for n in range(11)], 0.9) == 9.0
    assert variation([1.0, 3.0]) == 0.5
    assert variation([0.0, 0.0]) == float("inf")
