"""The bytes of one session at the server: sent or received, counted, and judged for gaps of our own making."""

import contextlib
import socket
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from netmon.domain.measurement import Direction
from netmon.transfer.options import end_with_reset, pace, prefer_bbr, wake_after
from netmon.transfer.payload import Hole, Payload
from netmon.transfer.tcp_info import TcpInfo, read_tcp_info

_CHUNK = 256 << 10
_WAKE_BYTES = 3 << 20
_AT_PACE = 0.97
# An upload may exceed its grant by this much, and by a quarter second's worth, before it is cut.
_TOLERATED = 1.2
_TOLERATED_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the kernel counted over all connections of a session."""

    bytes: int
    retransmitted_bytes: int
    app_limited_s: float
    window_limited_s: float
    pacing_limited_s: float
    send_gap_s: float
    mss: int


NO_ACCOUNT = Account(
    bytes=0,
    retransmitted_bytes=0,
    app_limited_s=0.0,
    window_limited_s=0.0,
    pacing_limited_s=0.0,
    send_gap_s=0.0,
    mss=0,
)


class Flow(ABC):
    """Data connections under one session's limits; the subclasses move the bytes."""

    def __init__(self, connections: Sequence[socket.socket], *, rate_bps: int, most_bytes: int, now_s: float) -> None:
        self.connections = {connection.fileno(): connection for connection in connections}
        self._all = list(connections)
        self._rate_bps, self._most_bytes = rate_bps, most_bytes
        self._start_s = self._last_s = now_s
        self._start = [read_tcp_info(connection) for connection in connections]
        self._infos = list(self._start)
        self._gap_s = 0.0
        self._pacing_limited_s = 0.0
        self._pace_bps: int | None = None

    @abstractmethod
    def set_pace(self, payload_bps: int | None) -> None:
        """Change how fast we send, as far as that is ours to say."""

    def move(self, descriptor: int) -> None:
        """Move what can be moved on a ready connection; forgets the connection when it is over."""
        try:
            with contextlib.suppress(BlockingIOError):
                self._move(self.connections[descriptor])
        except OSError:
            del self.connections[descriptor]

    @abstractmethod
    def _move(self, connection: socket.socket) -> None: ...

    def tick(self, now_s: float, *, late_s: float) -> None:
        """Read the counters; `late_s` is by how much this process came too late."""
        self._gap_s = max(self._gap_s, late_s)
        for index, connection in enumerate(self._all):
            if connection.fileno() in self.connections:
                with contextlib.suppress(OSError):
                    self._infos[index] = read_tcp_info(connection)
        if self._pace_bps and all(info.pacing_bps >= _AT_PACE * self._pace_bps for info in self._infos):
            self._pacing_limited_s += now_s - self._last_s
        self._last_s = now_s

    @property
    def over(self) -> bool:
        """Whether nothing is left to move."""
        return not self.connections

    @abstractmethod
    def moved(self) -> int:
        """Payload that the far end acknowledged, or that came in, as of the last tick."""

    def _idle_s(self) -> float:
        """How long a connection had nothing to send, or too small a buffer, though it should have had enough."""
        return 0.0

    def account(self) -> Account:
        """The sums as of the last tick."""
        return Account(
            bytes=self.moved(),
            retransmitted_bytes=sum(info.bytes_retransmitted for info in self._infos),
            app_limited_s=self._idle_s(),
            window_limited_s=max(info.window_limited_s for info in self._infos),
            pacing_limited_s=self._pacing_limited_s,
            send_gap_s=self._gap_s,
            mss=min(info.sent_mss for info in self._infos),
        )

    def close(self) -> None:
        """End every connection at once."""
        for connection in self._all:
            end_with_reset(connection)
        self.connections.clear()


class Outgoing(Flow):
    """A download: the server sends, paced, until the ticket's bytes are spent."""

    def __init__(self, connections: Sequence[socket.socket], *, rate_bps: int, most_bytes: int, now_s: float) -> None:
        super().__init__(connections, rate_bps=rate_bps, most_bytes=most_bytes, now_s=now_s)
        self._payload = Payload()
        self._left = most_bytes
        for connection in connections:
            prefer_bbr(connection)

    def set_pace(self, payload_bps: int | None) -> None:
        granted = min(payload_bps or self._rate_bps, self._rate_bps)
        self._pace_bps = granted // len(self._all)
        for connection in self.connections.values():
            pace(connection, self._pace_bps)

    def _move(self, connection: socket.socket) -> None:
        if self._left <= 0:
            connection.shutdown(socket.SHUT_WR)
            del self.connections[connection.fileno()]
            return
        self._left -= self._payload.send(connection, min(_CHUNK, self._left))

    def _idle_s(self) -> float:
        busy = [
            info.busy_s - start.busy_s - info.buffer_limited_s
            for info, start in zip(self._infos, self._start, strict=True)
        ]
        return max(0.0, self._last_s - self._start_s - min(busy))

    def moved(self) -> int:
        return sum(
            info.bytes_acknowledged - start.bytes_acknowledged
            for info, start in zip(self._infos, self._start, strict=True)
        )

    def close(self) -> None:
        super().close()
        self._payload.close()


class Incoming(Flow):
    """An upload: the server discards, and cuts off who exceeds the grant."""

    def __init__(self, connections: Sequence[socket.socket], *, rate_bps: int, most_bytes: int, now_s: float) -> None:
        super().__init__(connections, rate_bps=rate_bps, most_bytes=most_bytes, now_s=now_s)
        self._hole = Hole()
        for connection in connections:
            wake_after(connection, _WAKE_BYTES)

    def set_pace(self, payload_bps: int | None) -> None:
        """The agent paces what it sends."""

    def _move(self, connection: socket.socket) -> None:
        if self._hole.swallow(connection) == 0:
            raise ConnectionResetError("the agent closed")

    def tick(self, now_s: float, *, late_s: float) -> None:
        for descriptor in list(self.connections):
            self.move(descriptor)
        super().tick(now_s, late_s=late_s)
        granted = self._rate_bps / 8 * (_TOLERATED * (now_s - self._start_s) + _TOLERATED_S)
        if self.moved() > min(self._most_bytes * _TOLERATED, granted):
            super().close()

    def moved(self) -> int:
        return sum(
            info.bytes_received - start.bytes_received for info, start in zip(self._infos, self._start, strict=True)
        )

    def close(self) -> None:
        super().close()
        self._hole.close()


def open_flow(
    direction: Direction, connections: Sequence[socket.socket], *, rate_bps: int, most_bytes: int, now_s: float
) -> Flow:
    """The flow of a direction, seen from the school."""
    kind = Outgoing if direction is Direction.DOWN else Incoming
    return kind(connections, rate_bps=rate_bps, most_bytes=most_bytes, now_s=now_s)


def smallest_rtt_s(connection: socket.socket) -> float:
    """The shortest round trip that the kernel saw."""
    info: TcpInfo = read_tcp_info(connection)
    return min(info.min_rtt_s, 60.0)
