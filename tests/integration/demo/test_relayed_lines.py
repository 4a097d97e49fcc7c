"""A line that a relay emulates, with real bytes through real sockets."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from netmon.domain.identifiers import LineId
from netmon_collector.demo.draw import DrawnLine, Part
from netmon_collector.demo.relayed_lines import RelayedLines

MEGABIT = 1_000_000


@contextmanager
def a_source() -> Iterator[tuple[str, int]]:
    """A server that sends as fast as it may to whoever connects."""
    listener = socket.create_server(("127.0.0.1", 0))

    def send(peer: socket.socket) -> None:
        with closing(peer):
            try:
                while True:
                    peer.sendall(bytes(65536))
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=send, args=(peer,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def a_drawn_line(mbps: int, part: Part = Part.ABOVE) -> DrawnLine:
    return DrawnLine(line=LineId("line"), part=part, line_bps=mbps * MEGABIT, background_bps=0)


@contextmanager
def relayed(line: DrawnLine) -> Iterator[RelayedLines]:
    with a_source() as source:
        lines = RelayedLines([line], source)
        lines.build()
        try:
            yield lines
        finally:
            lines.close()


@pytest.mark.parametrize("mbps", [20, 100])
def test_a_relayed_line_carries_what_was_drawn(mbps: int) -> None:
    with (
        relayed(a_drawn_line(mbps)) as lines,
        closing(socket.create_connection(("127.0.0.1", lines.port("line")))) as agent,
    ):
        agent.settimeout(10)
        _receive(agent, mbps * MEGABIT // 8 // 2)  # what the sockets hold at the start is faster
        started = time.monotonic()
        received = _receive(agent, mbps * MEGABIT // 8)
        rate = received * 8 / (time.monotonic() - started)
    assert rate == pytest.approx(mbps * MEGABIT, rel=0.03)


def test_a_dead_line_answers_nothing_until_it_is_mended() -> None:
    with relayed(a_drawn_line(0, Part.DEAD)) as lines:
        address = ("127.0.0.1", lines.port("line"))
        with pytest.raises(TimeoutError):
            socket.create_connection(address, timeout=0.5)
        lines.restore()
        with closing(socket.create_connection(address, timeout=10)) as agent:
            agent.settimeout(10)
            assert agent.recv(1)


def _receive(agent: socket.socket, number: int) -> int:
    received = 0
    while received < number:
        data = agent.recv(65536)
        assert data, "the relay closed the connection"
        received += len(data)
    return received
