"""What the kernel holds for sockets: no process's RSS has it."""

import contextlib
import resource
import threading
from collections.abc import Iterator
from pathlib import Path

_SOCKSTAT = Path("/proc/net/sockstat")
_EVERY_S = 0.01


def socket_bytes() -> int:
    """Of all TCP and UDP sockets of this machine, in whole pages (`mem` of /proc/net/sockstat)."""
    pages = 0
    for row in _SOCKSTAT.read_text("ascii").splitlines():
        words = row.split()
        if words[0] in ("TCP:", "UDP:"):
            pages += int(words[words.index("mem") + 1])
    return pages * resource.getpagesize()


class SocketMemory:
    """The most that was seen above what there was before, in bytes."""

    def __init__(self) -> None:
        self._before = socket_bytes()
        self.most_bytes = 0

    def look(self) -> None:
        self.most_bytes = max(self.most_bytes, socket_bytes() - self._before)


@contextlib.contextmanager
def watched() -> Iterator[SocketMemory]:
    """Looks a hundred times a second for as long as the context lasts."""
    memory, over = SocketMemory(), threading.Event()

    def look() -> None:
        while not over.wait(_EVERY_S):
            memory.look()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield memory
    finally:
        over.set()
        thread.join()
