"""Payload without copies: random bytes in kernel memory to send, and a hole to receive into."""

import mmap
import os
import socket
from types import TracebackType
from typing import Self

_SIZE = 1 << 20
_HOLE = 16 << 20


class Payload:
    """One megabyte of random bytes in a memfd: `sendfile` moves it without passing user space.

    Random, so that no compressing middlebox makes a line look faster than it is.
    """

    def __init__(self) -> None:
        self._fd = os.memfd_create("netmon-payload")
        os.write(self._fd, os.urandom(_SIZE))

    def send(self, connection: socket.socket, most: int) -> int:
        """Hand at most `most` bytes to the kernel; how many it took. Raises BlockingIOError when it is full."""
        return os.sendfile(connection.fileno(), self._fd, 0, min(most, _SIZE))

    def close(self) -> None:
        os.close(self._fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Hole:
    """Receives and forgets: with MSG_TRUNC the kernel discards, so the buffer's pages are never touched."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _HOLE)
        self._view = memoryview(self._memory)

    def swallow(self, connection: socket.socket) -> int:
        """Discard what waits; its size, 0 at the end of the stream. Raises BlockingIOError when nothing waits."""
        return connection.recv_into(self._view, _HOLE, socket.MSG_TRUNC)

    def close(self) -> None:
        self._view.release()
        self._memory.close()
