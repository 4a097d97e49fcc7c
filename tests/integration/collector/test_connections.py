"""Connections that ask nothing, or slowly, are not kept; nobody takes them all."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from netmon_collector.settings import Limits
from tests.support.collector import RunningCollector, a_running_collector

_LONG_S = 30
_SHORT = Limits(first_request_s=0.3, next_request_s=0.3, body_s=0.3, connections_per_address=3)
_ASK = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[RunningCollector]:
    with a_running_collector(tmp_path, limits=_SHORT) as found:
        yield found


def _connect(collector: RunningCollector) -> socket.socket:
    return socket.create_connection(("127.0.0.1", collector.port), timeout=_LONG_S)


def _is_ended(one: socket.socket) -> bool:
    """Whether the collector ends the connection, without a word, before we lose patience."""
    try:
        return one.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("begun", [b"", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "])
def test_a_connection_without_a_whole_request_is_ended(collector: RunningCollector, begun: bytes) -> None:
    with _connect(collector) as one:
        one.sendall(begun)
        assert _is_ended(one)


def test_a_connection_that_asks_no_more_is_ended(collector: RunningCollector) -> None:
    with _connect(collector) as one:
        one.sendall(_ASK)
        assert one.recv(65536).startswith(b"HTTP/1.1 200")
        one.sendall(b"GET /he")
        while not _is_ended(one):
            pass


def test_a_body_that_does_not_come_is_answered(collector: RunningCollector) -> None:
    with _connect(collector) as one:
        one.sendall(b"POST /api/v1/enrol HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        assert one.recv(65536).startswith(b"HTTP/1.1 408")


def test_an_address_has_so_many_connections_and_gets_a_new_one_when_one_ends(collector: RunningCollector) -> None:
    with ExitStack() as stack:
        held = [stack.enter_context(_connect(collector)) for _ in range(3)]
        for one in held:
            one.sendall(_ASK)
            assert one.recv(65536).startswith(b"HTTP/1.1 200")
        with _connect(collector) as fourth:
            fourth.sendall(_ASK)
            assert _is_ended(fourth)
        assert all(_is_emptied_and_ended(one) for one in held)
        assert collector.get("/healthz").status == 200


def _is_emptied_and_ended(one: socket.socket) -> bool:
    while not _is_ended(one):
        pass
    return True
