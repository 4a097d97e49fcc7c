"""A train of UDP packets at a fixed rate: sent with its own timestamps, received with the kernel's."""

import contextlib
import math
import socket
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_HEADER = struct.Struct("!4sIIQ")  # mark, sequence, count, sender's monotonic clock in ns
_MARK = b"nmTR"
_BATCH_S = 0.001
_SO_TIMESTAMPNS = 35
_SO_RXQ_OVFL = 40
_SO_RCVBUFFORCE = 33
_BUFFER = 4 << 20
_TIMESPEC = struct.Struct("=qq")
_DROPS = struct.Struct("=I")
_ANCILLARY = socket.CMSG_SPACE(_TIMESPEC.size) + socket.CMSG_SPACE(_DROPS.size)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One packet: when the sender sent it and when our kernel took it in, each by its own clock."""

    sequence: int
    sent_ns: int
    arrived_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of a train: packets after its first one, and how long sending and arriving took."""

    received: int
    sent: int
    sending_s: float
    arriving_s: float


@dataclass(frozen=True, slots=True)
class ReceivedTrain:
    """What arrived of a train, and how many packets this machine itself dropped."""

    arrivals: Sequence[Arrival]
    count: int
    dropped_here: int


def send_train(
    connection: socket.socket,
    *,
    rate_bps: int,
    packet_bytes: int,
    header_bytes: int,
    count: int,
    payload: bytes,
    ends_s: float = math.inf,
) -> int:
    """Send `count` packets of `packet_bytes` (IP) evenly at an IP-layer rate; how many the kernel took.

    Paced in batches of a millisecond. Where this process comes late it catches up, and the timestamps say so; what
    is not sent at `ends_s` of the monotonic clock stays unsent.
    """
    gap_s = packet_bytes * 8 / rate_bps
    filling = payload[: packet_bytes - header_bytes - _HEADER.size]
    start, sent, taken = time.monotonic_ns(), 0, 0
    while sent < count and time.monotonic() < ends_s:
        now = time.monotonic_ns()
        due = min(count, int(((now - start) / 1e9 + _BATCH_S) / gap_s) + 1)
        while sent < due:
            with contextlib.suppress(OSError):
                connection.send(_HEADER.pack(_MARK, sent, count, time.monotonic_ns()) + filling)
                taken += 1
            sent += 1
        time.sleep(max(0.0, sent * gap_s - (time.monotonic_ns() - start) / 1e9))
    return taken


def prepare_receiver(connection: socket.socket) -> None:
    """Large buffer, kernel timestamps, and a count of what the buffer could not hold."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
    except OSError:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    connection.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    connection.setsockopt(socket.SOL_SOCKET, _SO_RXQ_OVFL, 1)


def receive_train(
    connection: socket.socket, *, first_within_s: float, idle_s: float, most_s: float, on_packet: Callable[[int], None]
) -> ReceivedTrain:
    """Receive until the last packet, silence of `idle_s`, or `most_s`; `on_packet` hears each arrival's time in ns."""
    arrivals: list[Arrival] = []
    buffer, count, dropped = bytearray(2048), 0, 0
    deadline = time.monotonic() + most_s
    _wait_at_most(connection, first_within_s)
    with contextlib.suppress(BlockingIOError, ConnectionError):
        while time.monotonic() < deadline:
            size, ancillary, _, _ = connection.recvmsg_into([buffer], _ANCILLARY)
            if size < _HEADER.size:
                continue
            mark, sequence, announced, sent_ns = _HEADER.unpack_from(buffer)
            if mark != _MARK:
                continue
            arrived_ns, drops = _ancillary(ancillary)
            dropped, count = max(dropped, drops), announced
            arrivals.append(Arrival(sequence, sent_ns, arrived_ns))
            on_packet(arrived_ns)
            if sequence >= announced - 1:
                break
            if len(arrivals) == 1:
                _wait_at_most(connection, idle_s)
    return ReceivedTrain(arrivals, count, dropped)


def _wait_at_most(connection: socket.socket, seconds: float) -> None:
    """By the kernel's timeout: Python's own would cost a second system call for every packet."""
    connection.setblocking(True)
    whole = int(seconds)
    timeout = struct.pack("=qq", whole, int((seconds - whole) * 1e6))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, timeout)


def _ancillary(items: Sequence[tuple[int, int, bytes]]) -> tuple[int, int]:
    arrived_ns, drops = 0, 0
    for _, kind, data in items:
        if kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack(data)
            arrived_ns = seconds * 1_000_000_000 + nanoseconds
        elif kind == _SO_RXQ_OVFL:
            (drops,) = _DROPS.unpack(data)
    return arrived_ns or time.time_ns(), drops


def windows(arrivals: Sequence[Arrival], *, length_s: float, skip_share: float) -> list[Window]:
    """Cut the later part of a train into stretches; its beginning only fills buffers and buckets."""
    if len(arrivals) < 2:
        return []
    first, last = arrivals[0].arrived_ns, arrivals[-1].arrived_ns
    kept = [one for one in arrivals if one.arrived_ns >= first + skip_share * (last - first)]
    found, start = [], 0
    for index in range(1, len(kept)):
        arriving_s = (kept[index].arrived_ns - kept[start].arrived_ns) / 1e9
        if arriving_s >= length_s:
            found.append(
                Window(
                    received=index - start,
                    sent=max(kept[index].sequence - kept[start].sequence, 0),
                    sending_s=max(kept[index].sent_ns - kept[start].sent_ns, 0) / 1e9,
                    arriving_s=arriving_s,
                )
            )
            start = index
    return found
