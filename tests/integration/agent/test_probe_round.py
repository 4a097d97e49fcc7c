"""Probes over real sockets: who answers, who refuses, who is silent."""

import socket
import time

from netmon_agent.latency.round import round_trips

V4 = socket.AF_INET


def test_whoever_answers_or_refuses_is_there_and_whoever_is_silent_is_not() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as live,
        socket.create_server(("127.0.0.1", 0), backlog=0) as silent,
        socket.create_connection(silent.getsockname()),
        socket.socket() as closed,
    ):
        closed.bind(("127.0.0.1", 0))  # and nobody listens
        targets = {
            "live": (V4, live.getsockname()),
            "refusing": (V4, closed.getsockname()),
            "silent": (V4, silent.getsockname()),
        }
        start = time.monotonic()
        found = round_trips(targets, timeout_s=0.3, monotonic=time.monotonic)
        lasted_s = time.monotonic() - start
    assert list(found) == ["live", "refusing", "silent"]
    assert found["live"] is not None
    assert found["refusing"] is not None
    assert 0 < found["live"] < 0.3
    assert found["silent"] is None
    assert 0.25 < lasted_s < 2.0, "all at once, and no longer than the timeout"


def test_when_all_have_answered_nobody_waits() -> None:
    with socket.create_server(("127.0.0.1", 0)) as live:
        start = time.monotonic()
        round_trips({"live": (V4, live.getsockname())}, timeout_s=10.0, monotonic=time.monotonic)
        assert time.monotonic() - start < 5.0


def test_where_no_way_leads_nothing_comes_back() -> None:
    targets = {"broadcast": (V4, ("255.255.255.255", 80))}
    assert round_trips(targets, timeout_s=0.2, monotonic=time.monotonic) == {"broadcast": None}


def test_nobody_to_ask_is_answered_at_once() -> None:
    assert round_trips({}, timeout_s=10.0, monotonic=time.monotonic) == {}
