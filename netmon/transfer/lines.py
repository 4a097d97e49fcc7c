"""Lines of text over a socket, each bounded in length and in time."""

import socket
from collections.abc import Callable

from netmon.errors import NetmonError


class LineError(NetmonError):
    """The peer's line is too long or not complete."""


class LineClosedError(LineError):
    """The peer closed where a line was expected."""


class LineChannel:
    """Reads and writes lines on a blocking socket without ever waiting beyond a deadline."""

    def __init__(self, connection: socket.socket, *, monotonic: Callable[[], float], most_bytes: int) -> None:
        self.socket = connection
        self._monotonic = monotonic
        self._most = most_bytes
        self._pending = b""

    def fileno(self) -> int:
        return self.socket.fileno()

    def has_line(self) -> bool:
        """Whether a complete line was received already."""
        return b"\n" in self._pending

    def read(self, *, within_s: float) -> bytes:
        """The next line without its end.

        Raises TimeoutError, LineClosedError, LineError or OSError.
        """
        deadline = self._monotonic() + within_s
        while not self.has_line():
            if len(self._pending) >= self._most:
                raise LineError(f"a line is longer than {self._most} bytes")
            left = deadline - self._monotonic()
            if left <= 0:
                raise TimeoutError("no line in time")
            self.socket.settimeout(left)
            self._receive()
        line, _, self._pending = self._pending.partition(b"\n")
        if len(line) > self._most:
            raise LineError(f"a line is longer than {self._most} bytes")
        return line

    def _receive(self) -> None:
        data = self.socket.recv(4096)
        if not data:
            raise LineClosedError("the connection was closed")
        self._pending += data

    def write(self, line: bytes, *, within_s: float) -> None:
        """Send a line that ends itself. Raises OSError."""
        self.socket.settimeout(within_s)
        self.socket.sendall(line)
