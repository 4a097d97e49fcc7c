"""Samples and the rates between them."""

import pytest

from netmon_agent.statistics.series import Sample, Series
from tests.support.samples import a_series, for_seconds


def test_a_rate_counts_ip_bytes_between_two_samples() -> None:
    series = a_series(for_seconds(1, 8_000_000))
    assert series.own_bps(0, 20) == pytest.approx(8_000_000)
    assert series.goodput_bps(0, 20) == pytest.approx(8_000_000 * 1448 / 1500, rel=1e-4)


def test_the_line_is_our_traffic_and_everybody_elses() -> None:
    series = a_series(for_seconds(1, 60e6), others_bps=40e6)
    assert series.line_bps(0, 20) == pytest.approx(100e6)
    assert series.own_bps(0, 20) == pytest.approx(60e6)


def test_the_exact_count_holds_until_the_first_loss_and_then_the_segments_do_for_all() -> None:
    series = Series()
    series.add(Sample(t_s=1, exact_bytes=900, segment_bytes=1000, goodput_bytes=850))
    assert series.own_bytes(1) == 900
    series.add(Sample(t_s=2, exact_bytes=1300, segment_bytes=2000, goodput_bytes=1200, lost=True))
    assert [series.own_bytes(index) for index in (1, 2)] == [1000, 2000]


def test_batches_are_at_least_as_long_as_asked() -> None:
    series = a_series([*for_seconds(0.2, 10e6), *for_seconds(0.2, 20e6)])
    assert series.batches(0, 0.2) == pytest.approx([10e6, 20e6])


def test_no_time_is_no_rate() -> None:
    assert Series().line_bps(0, 0) == 0.0
