"""The start of a transfer says nothing about the line."""

from netmon_agent.statistics.ramp import RampDetector
from netmon_agent.statistics.series import Series
from tests.support.samples import a_series, for_seconds


def ramp_end_s(rates: list[float]) -> float | None:
    whole, detector, seen = a_series(rates), RampDetector(0.1), Series()
    for sample in whole.samples[1:]:
        seen.add(sample)
        end = detector.ends_at(seen)
        if end is not None:
            return seen.samples[end].t_s
    return None


def test_growth_is_no_steady_transfer() -> None:
    assert ramp_end_s([10e6 * 1.2**tick for tick in range(40)]) is None


def test_the_ramp_ends_after_two_blocks_without_growth() -> None:
    end = ramp_end_s([*for_seconds(0.1, 20e6), *for_seconds(0.1, 60e6), *for_seconds(1, 100e6)])
    assert end is not None
    assert 0.45 < end < 0.55


def test_silence_is_no_steady_transfer() -> None:
    assert ramp_end_s(for_seconds(2, 0.0)) is None
