"""When enough was seen of a line."""

from netmon_agent.statistics.estimate import estimate


def test_few_batches_or_little_time_say_nothing() -> None:
    assert estimate([100e6] * 4, elapsed_s=1.0) is None
    assert estimate([100e6] * 5, elapsed_s=0.5) is None


def test_even_batches_converge() -> None:
    found = estimate([100e6, 100.1e6, 99.9e6, 100e6, 100.05e6, 99.95e6], elapsed_s=0.7)
    assert found is not None
    assert found.converged
    assert found.usable


def test_a_trend_between_the_halves_keeps_going() -> None:
    found = estimate([98e6] * 5 + [100e6] * 5, elapsed_s=1.0)
    assert found is not None
    assert not found.converged


def test_what_is_good_enough_widens_with_what_was_spent() -> None:
    batches = [99e6, 99.3e6, 100.7e6, 101e6, 100.7e6, 99.3e6] * 2
    early, late = estimate(batches, elapsed_s=1.0), estimate(batches, elapsed_s=3.0)
    assert early is not None
    assert late is not None
    assert (early.converged, late.converged) == (False, True)
    assert early.half_width_bps == late.half_width_bps


def test_wild_batches_are_not_usable() -> None:
    found = estimate([50e6, 150e6, 80e6, 120e6, 20e6, 180e6], elapsed_s=1.0)
    assert found is not None
    assert not found.usable


def test_a_dead_line_does_not_divide_by_zero() -> None:
    found = estimate([0.0] * 6, elapsed_s=1.0)
    assert found is not None
    assert found.rate_bps == 0.0
    assert not found.converged
