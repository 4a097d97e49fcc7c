"""Trains of packets over the loopback."""

import os
import socket
import struct
from collections.abc import Iterator

import pytest

from netmon.transfer.train import prepare_receiver, receive_train, send_train, windows

RATE, PACKET = 40_000_000, 1500


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as left,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as right,
    ):
        for one in (left, right):
            one.bind(("127.0.0.1", 0))
        left.connect(right.getsockname())
        right.connect(left.getsockname())
        prepare_receiver(right)
        yield left, right


def heard(right: socket.socket, first_within_s: float = 0.2) -> tuple[list[int], int, int]:
    times: list[int] = []
    train = receive_train(right, first_within_s=first_within_s, idle_s=0.05, most_s=1.0, on_packet=times.append)
    assert len(times) == len(train.arrivals)
    return [one.sequence for one in train.arrivals], train.count, train.dropped_here


def test_a_train_keeps_its_pace_and_its_stamps(ends: tuple[socket.socket, socket.socket]) -> None:
    left, right = ends
    count = 300
    taken = send_train(
        left, rate_bps=RATE, packet_bytes=PACKET, header_bytes=28, count=count, payload=os.urandom(PACKET)
    )
    train = receive_train(right, first_within_s=1.0, idle_s=0.1, most_s=2.0, on_packet=lambda _: None)
    assert taken == len(train.arrivals) == train.count == count
    sending_s = (train.arrivals[-1].sent_ns - train.arrivals[0].sent_ns) / 1e9
    assert sending_s >= 0.9 * (count - 1) * PACKET * 8 / RATE
    cut = windows(train.arrivals, length_s=0.01, skip_share=0.4)
    assert sum(window.received for window in cut) <= 0.7 * count


def test_strange_datagrams_are_no_part_of_a_train(ends: tuple[socket.socket, socket.socket]) -> None:
    left, right = ends
    for data in (b"", b"short", b"x" * 100, struct.pack("!4sIIQ", b"nmTR", 7, 9, 0), b"\0" * 20):
        left.send(data)
    assert heard(right) == ([7], 9, 0)


def test_silence_is_an_empty_train(ends: tuple[socket.socket, socket.socket]) -> None:
    _, right = ends
    assert heard(right, first_within_s=0.02) == ([], 0, 0)


def test_what_the_own_buffer_could_not_hold_is_counted(ends: tuple[socket.socket, socket.socket]) -> None:
    left, right = ends
    right.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    for sequence in range(100):
        left.send(struct.pack("!4sIIQ", b"nmTR", sequence, 1000, 0) + b"x" * 1400)
    first = heard(right)
    left.send(struct.pack("!4sIIQ", b"nmTR", 999, 1000, 0))
    _, _, dropped = heard(right)
    assert len(first[0]) + dropped == 100
    assert dropped > 50
