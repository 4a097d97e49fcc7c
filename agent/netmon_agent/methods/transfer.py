"""The thin shell around the sockets of a transfer: move bytes, and every tick read what the kernel counted."""

import contextlib
import select
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from netmon.domain.kinds import Direction, Reason
from netmon.transfer.options import wake_after
from netmon.transfer.payload import Hole, Payload
from netmon.transfer.tcp_info import TcpInfo, header_bytes, read_tcp_info
from netmon_agent.line.interface import InterfaceCounters
from netmon_agent.methods.base import MeasurementError
from netmon_agent.statistics.series import Sample, Series

TICK_S = 0.05
_WAKE_BYTES = 3 << 20
_CHUNK = 1 << 20
# Above this the segments are a loopback's or a proxy's: of any size, and not worth counting.
_LARGEST_COUNTED_MSS = 9000


class Pump(Protocol):
    """Moves payload until a moment; raises MeasurementError when the server went away."""

    def until(self, moment: float) -> None: ...

    def close(self) -> None: ...


class Receiver:
    """Discards what arrives; woken by megabytes, not by packets."""

    def __init__(self, connections: Sequence[socket.socket], monotonic: Callable[[], float]) -> None:
        self._by_descriptor = {connection.fileno(): connection for connection in connections}
        self._monotonic = monotonic
        self._hole = Hole()
        self._poll = select.poll()
        for connection in connections:
            wake_after(connection, _WAKE_BYTES)
            self._poll.register(connection, select.POLLIN)

    def until(self, moment: float) -> None:
        while (left := moment - self._monotonic()) > 0:
            for descriptor, _ in self._poll.poll(left * 1000):
                self._swallow(self._by_descriptor[descriptor])
        for connection in list(self._by_descriptor.values()):
            self._swallow(connection)

    def _swallow(self, connection: socket.socket) -> None:
        try:
            if self._hole.swallow(connection) > 0:
                return
        except BlockingIOError:
            return
        except OSError as error:
            raise MeasurementError(Reason.CONNECTION_LOST, f"the transfer broke: {error}") from error
        self._poll.unregister(connection)
        del self._by_descriptor[connection.fileno()]
        if not self._by_descriptor:
            raise MeasurementError(Reason.CONNECTION_LOST, "the server ended the transfer")

    def close(self) -> None:
        self._hole.close()


class Sender:
    """Keeps every connection's send buffer filled."""

    def __init__(self, connections: Sequence[socket.socket], monotonic: Callable[[], float]) -> None:
        self._by_descriptor = {connection.fileno(): connection for connection in connections}
        self._monotonic = monotonic
        self._payload = Payload()
        self._poll = select.poll()
        for connection in connections:
            self._poll.register(connection, select.POLLOUT)

    def until(self, moment: float) -> None:
        while (left := moment - self._monotonic()) > 0:
            for descriptor, _ in self._poll.poll(left * 1000):
                self._fill(self._by_descriptor[descriptor])

    def _fill(self, connection: socket.socket) -> None:
        try:
            with contextlib.suppress(BlockingIOError):
                self._payload.send(connection, _CHUNK)
        except OSError as error:
            raise MeasurementError(Reason.CONNECTION_LOST, f"the transfer broke: {error}") from error

    def close(self) -> None:
        self._payload.close()


@dataclass(frozen=True, slots=True)
class Count:
    """What one connection delivered since the transfer began, in IP-layer bytes and in payload."""

    exact_bytes: int
    segment_bytes: int
    goodput_bytes: int
    wire_bytes: int
    lost: bool


class Meter:
    """Turns the kernel's counters of one connection into what it carried, in one direction, since the start."""

    def __init__(self, connection: socket.socket, direction: Direction) -> None:
        self._connection = connection
        self._down = direction is Direction.DOWN
        self._start = self.info = read_tcp_info(connection)
        self._header = header_bytes(connection.family, self._start)

    def read(self) -> Count:
        try:
            self.info = info = read_tcp_info(self._connection)
        except OSError as error:
            raise MeasurementError(Reason.CONNECTION_LOST, f"the transfer broke: {error}") from error
        start, header = self._start, self._header
        if self._down:
            segments = info.data_segments_in - start.data_segments_in
            goodput = info.bytes_received - start.bytes_received
            mss = info.received_mss
            wire = goodput + segments * header
            lost = info.out_of_order_segments is None or info.out_of_order_segments > 0
        else:
            segments = info.segments_delivered - start.segments_delivered
            goodput = info.bytes_acknowledged - start.bytes_acknowledged
            mss = info.sent_mss
            wire = info.bytes_sent - start.bytes_sent
            wire += (info.data_segments_out - start.data_segments_out) * header
            lost = info.retransmitted_segments > 0
        return Count(
            exact_bytes=goodput + segments * header,
            segment_bytes=segments * (mss + header),
            goodput_bytes=goodput,
            wire_bytes=wire,
            lost=lost and mss <= _LARGEST_COUNTED_MSS,
        )


class Sampler:
    """One sample of the whole transfer: all connections, and the interface beside them."""

    def __init__(
        self, connections: Sequence[socket.socket], direction: Direction, counters: InterfaceCounters | None
    ) -> None:
        self.meters = [Meter(connection, direction) for connection in connections]
        self._down = direction is Direction.DOWN
        self._counters = counters
        self._interface_start = self._interface_bytes()
        self.interface_bytes = 0
        self.wire_bytes = 0

    def _interface_bytes(self) -> int:
        if self._counters is None:
            return 0
        traffic = self._counters.read()
        return traffic.received_bytes if self._down else traffic.sent_bytes

    def read(self, t_s: float) -> Sample:
        counts = [meter.read() for meter in self.meters]
        self.interface_bytes = self._interface_bytes() - self._interface_start
        lost = any(count.lost for count in counts)
        segment_bytes = sum(count.segment_bytes for count in counts)
        exact_bytes = sum(count.exact_bytes for count in counts)
        # Received under loss, the segments counted are what crossed the line; sent, what left the card.
        self.wire_bytes = segment_bytes if self._down and lost else sum(count.wire_bytes for count in counts)
        return Sample(
            t_s=t_s,
            exact_bytes=exact_bytes,
            segment_bytes=segment_bytes,
            goodput_bytes=sum(count.goodput_bytes for count in counts),
            others_bytes=self.interface_bytes - self.wire_bytes if self._counters else 0,
            lost=lost,
        )

    @property
    def infos(self) -> list[TcpInfo]:
        """The newest counters of every connection."""
        return [meter.info for meter in self.meters]


def pump_for(connections: Sequence[socket.socket], direction: Direction, monotonic: Callable[[], float]) -> Pump:
    """The mover of bytes for a direction."""
    return (Receiver if direction is Direction.DOWN else Sender)(connections, monotonic)


class Transfer:
    """A running transfer: its samples so far and by how much each tick came late."""

    def __init__(self, pump: Pump, sampler: Sampler, monotonic: Callable[[], float], *, stall_s: float) -> None:
        self.series = Series()
        self.late_s: list[float] = []
        self._pump, self._sampler, self._monotonic, self._stall_s = pump, sampler, monotonic, stall_s
        self._start = monotonic()
        self._next = self._start + TICK_S
        self._moved = (0, self._start)

    def tick(self) -> None:
        """Move bytes until the next tick and take a sample.

        Raises MeasurementError when the server went away or nothing moved for too long, InterfaceGoneError.
        """
        try:
            self._pump.until(self._next)
        except MeasurementError:
            self.series.add(self._sampler.read(self._monotonic() - self._start))
            raise
        now = self._monotonic()
        self.late_s.append(max(now - self._next, 0.0))
        self._next = max(self._next + TICK_S, now + TICK_S / 2)
        sample = self._sampler.read(now - self._start)
        self.series.add(sample)
        if sample.segment_bytes > self._moved[0]:
            self._moved = (sample.segment_bytes, now)
        elif now - self._moved[1] >= self._stall_s:
            raise MeasurementError(Reason.SERVER_STALLED, f"nothing moved for {self._stall_s:g} s")
