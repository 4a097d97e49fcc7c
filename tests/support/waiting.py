"""Waiting for what happens in another process, where nothing can tell us."""

import threading
import time
from collections.abc import Callable


def wait_until(condition: Callable[[], bool], within_s: float = 20.0) -> None:
    """Look until it is so, or fail."""
    deadline, waiting = time.monotonic() + within_s, threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        waiting.wait(0.02)
