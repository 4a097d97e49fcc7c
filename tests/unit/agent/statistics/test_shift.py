"""Token buckets are told from lines that wander."""

import random

import pytest

from netmon_agent.statistics.shift import find_shift
from tests.support.samples import a_series, for_seconds


def test_a_bucket_is_named_with_both_rates_and_its_size() -> None:
    series = a_series([*for_seconds(2, 200e6), *for_seconds(3, 40e6)])
    shift = find_shift(series, 0)
    assert shift is not None
    assert shift.burst_bps == pytest.approx(200e6, rel=0.01)
    assert shift.sustained_bps == pytest.approx(40e6, rel=0.01)
    assert shift.bucket_bytes == pytest.approx(160e6 * 2 / 8, rel=0.01)
    assert shift.burst_s == pytest.approx(2, abs=0.3)
    assert shift.after_s == pytest.approx(3, abs=0.3)


def test_a_flat_line_has_none() -> None:
    rng = random.Random(3)
    assert find_shift(a_series([rng.gauss(100e6, 1e6) for _ in range(200)]), 0) is None


def test_a_perfectly_flat_line_has_none() -> None:
    assert find_shift(a_series(for_seconds(10, 100e6)), 0) is None


def test_a_wandering_line_is_no_bucket() -> None:
    rng, rate, rates = random.Random(5), 100e6, []
    for _ in range(300):
        rate = min(max(rate * (1 + rng.gauss(0, 0.03)), 40e6), 160e6)
        rates.append(rate)
    assert find_shift(a_series(rates), 0) is None


def test_a_rise_is_no_bucket() -> None:
    assert find_shift(a_series([*for_seconds(2, 40e6), *for_seconds(3, 200e6)]), 0) is None


def test_a_short_series_has_none() -> None:
    assert find_shift(a_series([*for_seconds(1, 200e6), *for_seconds(1, 40e6)]), 0) is None
