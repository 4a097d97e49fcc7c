"""Accepts connections for as long as the server lives: no shortage of descriptors or threads ends it."""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable

from netmon.clock import Clock

_PAUSE_S = 0.1
_SAY_EVERY_S = 60.0

log = logging.getLogger("netmon.server")


class Acceptor:
    """Hands every connection to `handle`, which may fail for want of a thread; only `stop` ends it."""

    def __init__(self, listener: socket.socket, handle: Callable[[socket.socket, str], None], *, clock: Clock) -> None:
        self._listener, self._handle, self._clock = listener, handle, clock
        self._stopping = threading.Event()
        self._said_s: float | None = None
        self.running = False
        self.failures = 0

    def run(self) -> None:
        """Accept until `stop` is called."""
        self.running = True
        try:
            while not self._stopping.is_set():
                self._accept()
        finally:
            self.running = False

    def _accept(self) -> None:
        try:
            connection, address = self._listener.accept()
        except OSError as error:
            self._failed(error)
            return
        try:
            self._handle(connection, address[0])
        except (OSError, RuntimeError, MemoryError) as error:  # RuntimeError: no more threads
            connection.close()
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        """What is short comes back when sessions end; whoever waits in the backlog is served then."""
        if self._stopping.is_set():
            return
        self.failures += 1
        now_s = self._clock.monotonic()
        if self._said_s is None or now_s - self._said_s >= _SAY_EVERY_S:
            self._said_s = now_s
            log.warning("cannot accept a connection, trying on: %s", error)
        self._stopping.wait(_PAUSE_S)

    def stop(self) -> None:
        """Close the listener; `run` returns."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
