"""Accepting goes on whatever is short."""

import errno
import logging
import socket
from typing import cast

import pytest

from netmon.clock import SystemClock
from netmon_collector.measurement_server.acceptor import Acceptor


class Listener:
    """Fails as a listening socket can, then hands out one connection."""

    def __init__(self, *failures: int) -> None:
        self.failures = list(failures)
        self.near, self.far = socket.socketpair()
        self.closed = False

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        if self.failures:
            number = self.failures.pop(0)
            raise OSError(number, errno.errorcode[number])
        return self.near, ("192.0.2.1", 1)

    def shutdown(self, _how: int) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def run(listener: Listener, *, threads_missing: int = 0) -> Acceptor:
    """Accept until one connection was handled; so many times no thread can be started."""
    missing = [RuntimeError("can't start new thread")] * threads_missing

    def handle(connection: socket.socket, _client: str) -> None:
        if missing:
            raise missing.pop()
        connection.close()
        acceptor.stop()

    acceptor = Acceptor(cast("socket.socket", listener), handle, clock=SystemClock())
    acceptor.run()
    listener.far.close()
    return acceptor


def test_a_shortage_ends_nothing_and_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "netmon.server"):
        acceptor = run(Listener(errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ECONNABORTED))
    assert acceptor.failures == 4
    assert len(caplog.records) == 1
    assert "EMFILE" in caplog.text


def test_a_thread_that_cannot_start_costs_one_connection() -> None:
    listener = Listener()
    assert run(listener, threads_missing=1).failures == 1
    assert listener.closed


def test_it_runs_until_it_is_stopped() -> None:
    assert not run(Listener()).running
