"""Lines over a socket, bounded in length and time."""

import socket
import time
from collections.abc import Iterator

import pytest

from netmon.transfer.lines import LineChannel, LineClosedError, LineError


@pytest.fixture
def ends() -> Iterator[tuple[LineChannel, socket.socket]]:
    left, right = socket.socketpair()
    with left, right:
        yield LineChannel(left, monotonic=time.monotonic, most_bytes=20), right


def test_lines_are_read_one_by_one_however_they_arrive(ends: tuple[LineChannel, socket.socket]) -> None:
    channel, peer = ends
    peer.sendall(b"one\ntwo\nth")
    assert channel.read(within_s=1) == b"one"
    assert channel.has_line()
    assert channel.read(within_s=1) == b"two"
    peer.sendall(b"ree\n")
    assert channel.read(within_s=1) == b"three"


def test_a_long_line_is_refused_before_its_end(ends: tuple[LineChannel, socket.socket]) -> None:
    channel, peer = ends
    peer.sendall(b"x" * 21)
    with pytest.raises(LineError, match="longer than 20 bytes"):
        channel.read(within_s=1)


def test_a_long_line_is_refused_with_its_end(ends: tuple[LineChannel, socket.socket]) -> None:
    channel, peer = ends
    peer.sendall(b"x" * 21 + b"\n")
    with pytest.raises(LineError, match="longer than 20 bytes"):
        channel.read(within_s=1)


def test_half_a_line_does_not_hold_anybody_up(ends: tuple[LineChannel, socket.socket]) -> None:
    channel, peer = ends
    peer.sendall(b"half")
    with pytest.raises(TimeoutError):
        channel.read(within_s=0.05)


def test_a_closed_peer_is_told_apart(ends: tuple[LineChannel, socket.socket]) -> None:
    channel, peer = ends
    peer.close()
    with pytest.raises(LineClosedError):
        channel.read(within_s=1)


def test_a_line_is_written(ends: tuple[LineChannel, socket.socket]) -> None:
    channel, peer = ends
    channel.write(b"hello\n", within_s=1)
    assert peer.recv(20) == b"hello\n"
