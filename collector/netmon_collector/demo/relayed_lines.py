"""Lines emulated by a relay, where the kernel does not let us shape: a token bucket in front of the server.

The relay ends TCP on both sides, so such a line is marked `emulated` wherever it shows. Its rate is that of TCP
payload, which on the loopback interface is within 0.1 % of the IP-layer rate.
"""

import selectors
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from netmon_collector.demo.draw import DrawnLine, Part

_TICK_S = 0.004
_BURST_S = 0.012
_CHUNK_BYTES = 64 * 1024
_BUFFER_BYTES = 128 * 1024
_BACKLOG = 32


class _Bucket:
    """The tokens of one direction of one line, in bytes."""

    def __init__(self, rate_bps: int) -> None:
        self._rate = rate_bps / 8
        self._most = max(_CHUNK_BYTES, self._rate * _BURST_S)
        self._tokens = 0.0

    def fill(self, elapsed_s: float) -> None:
        self._tokens = min(self._most, self._tokens + self._rate * elapsed_s)

    @property
    def available(self) -> int:
        return int(self._tokens)

    def take(self, number: int) -> None:
        self._tokens -= number


class _Pump:
    """One direction of one connection."""

    def __init__(self, source: socket.socket, sink: socket.socket, bucket: _Bucket) -> None:
        self.source, self.sink, self._bucket = source, sink, bucket
        self._pending = b""
        self.is_over = False

    def step(self) -> bool:
        """Move what the bucket allows; whether anything moved. Raises OSError when either side is gone."""
        if self.is_over:
            return False
        if not self._pending:
            size = min(_CHUNK_BYTES, self._bucket.available)
            if size <= 0:
                return False
            with suppress(BlockingIOError):
                self._pending = self.source.recv(size)
                if not self._pending:
                    self.sink.shutdown(socket.SHUT_WR)
                    self.is_over = True
            self._bucket.take(len(self._pending))
        if not self._pending:
            return False
        with suppress(BlockingIOError):
            sent = self.sink.send(self._pending)
            self._pending = self._pending[sent:]
            return True
        return False


class _RelayedLine:
    def __init__(self, line: DrawnLine) -> None:
        self.is_dead = line.part is Part.DEAD
        self.down, self.up = (_Bucket(line.line_bps or 1_000_000) for _ in range(2))
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=0 if self.is_dead else _BACKLOG)
        self.listener.setblocking(False)
        self.pumps: list[_Pump] = []
        # A full queue makes the kernel drop what comes, as a dead line does; a closed port would answer.
        self._plug = socket.create_connection(self.listener.getsockname()) if self.is_dead else None

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def restore(self) -> None:
        if self._plug is not None:
            self._plug.close()
            self._plug = None
            self.listener.listen(_BACKLOG)
            self.is_dead = False

    def close(self) -> None:
        if self._plug is not None:
            self._plug.close()
        self.listener.close()
        for pump in self.pumps:
            pump.source.close()
            pump.sink.close()


class RelayedLines:
    """A relay for every line, all in one thread."""

    def __init__(self, lines: Sequence[DrawnLine], server: tuple[str, int]) -> None:
        self._server = server
        self._lines = {str(line.line): _RelayedLine(line) for line in lines}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="relay", daemon=True)

    def build(self) -> None:
        self._thread.start()

    def port(self, line: str) -> int:
        """Where the line's agent finds the measurement server."""
        return self._lines[line].port

    def cut(self) -> None:
        """The dead lines are dead from the start: nothing but the tests goes through the relay."""

    def restore(self) -> None:
        """Mend the dead lines."""
        for line in self._lines.values():
            line.restore()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)
        for line in self._lines.values():
            line.close()

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            for line in self._lines.values():
                selector.register(line.listener, selectors.EVENT_READ, line)
            last = time.monotonic()
            while not self._stop.is_set():
                for key, _ in selector.select(timeout=0):
                    if not key.data.is_dead:
                        self._accept(key.data)
                now = time.monotonic()
                for line in self._lines.values():
                    self._move(line, now - last)
                last = now
                time.sleep(_TICK_S)

    def _accept(self, line: _RelayedLine) -> None:
        try:
            client, _ = line.listener.accept()
        except OSError:
            return
        try:
            upstream = socket.create_connection(self._server, timeout=5)
        except OSError:
            client.close()
            return
        for one in (client, upstream):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
            one.setblocking(False)
        line.pumps += [_Pump(upstream, client, line.down), _Pump(client, upstream, line.up)]

    def _move(self, line: _RelayedLine, elapsed_s: float) -> None:
        line.down.fill(elapsed_s)
        line.up.fill(elapsed_s)
        moving = list(line.pumps)
        while moving:
            moving = [pump for pump in moving if self._step(line, pump)]

    @staticmethod
    def _step(line: _RelayedLine, pump: _Pump) -> bool:
        try:
            moved = pump.step()
        except OSError:
            _drop(line, pump)
            return False
        if pump.is_over and all(other.is_over for other in _both(line, pump)):
            _drop(line, pump)
        return moved and not pump.is_over


def _both(line: _RelayedLine, pump: _Pump) -> list[_Pump]:
    """The two directions of the pump's connection."""
    return [one for one in line.pumps if {one.source, one.sink} == {pump.source, pump.sink}]


def _drop(line: _RelayedLine, pump: _Pump) -> None:
    for one in _both(line, pump):
        line.pumps.remove(one)
    pump.source.close()
    pump.sink.close()
