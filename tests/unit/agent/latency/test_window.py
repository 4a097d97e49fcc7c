"""The figures of a window."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.wire.bodies import LatencyBody
from netmon_agent.latency.window import jitter_s, quantile, window_body
from tests.support.agent import NOON

LATER = NOON + timedelta(minutes=5)


def test_the_figures_of_a_window() -> None:
    body = window_body("neighbour", [0.010, None, 0.030, 0.020], started_at=NOON, ended_at=LATER)
    assert body == LatencyBody(
        started_at=NOON,
        ended_at=LATER,
        target="neighbour",
        sent=4,
        lost=1,
        rtt_min_s=0.010,
        rtt_median_s=0.020,
        rtt_p95_s=0.030,
        rtt_max_s=0.030,
        jitter_s=0.015,
    )


def test_a_window_without_an_answer_has_no_figures() -> None:
    body = window_body("neighbour", [None, None], started_at=NOON, ended_at=LATER)
    assert (body.sent, body.lost, body.rtt_median_s, body.jitter_s) == (2, 2, None, None)


@pytest.mark.parametrize(("share", "value"), [(0.5, 10), (0.95, 19), (0.0, 1), (1.0, 20)])
def test_a_quantile_is_a_value_that_was_seen(share: float, value: float) -> None:
    assert quantile(range(1, 21), share) == value


def test_one_probe_has_no_jitter() -> None:
    assert (jitter_s([0.1]), jitter_s([])) == (0.0, 0.0)


@given(st.lists(st.none() | st.floats(0, 60), min_size=1, max_size=50))
def test_every_window_is_what_the_wire_wants(probes: list[float | None]) -> None:
    body = window_body("target", probes, started_at=NOON, ended_at=LATER)
    assert LatencyBody.read(body.document()) == body
