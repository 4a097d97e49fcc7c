"""The device's clock after a start: never before this release, nor before what the collector said last."""

import contextlib
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from netmon.clock import Clock
from netmon.errors import WireError
from netmon.wire.canonical import format_time, parse_time
from netmon_agent.collector_time import CollectorTime
from netmon_agent.errors import StateError
from netmon_agent.state import write_atomically

FILE = "clock"
RELEASED = datetime(2025, 1, 1, tzinfo=UTC)  # older than any release of this program
_KEEP_EVERY = timedelta(hours=6)


class DeviceClock:
    """The clocks of this machine; the monotonic one goes on while the machine sleeps."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)


def asleep_s() -> float:
    """For how many seconds the machine has slept since its boot."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)


class BootClock:
    """The system's clock while it is plausible, else the earliest time that it can be, carried on.

    A router without a battery starts in 1970. Safe to use from several threads.
    """

    def __init__(self, system: Clock, *, earliest: datetime = RELEASED) -> None:
        self._system = system
        self._started = system.monotonic()
        self.earliest = earliest

    @property
    def is_plausible(self) -> bool:
        return self._system.now() >= self.earliest

    def now(self) -> datetime:
        carried_on = self.earliest + timedelta(seconds=self._system.monotonic() - self._started)
        found = self._system.now()
        return found if found >= self.earliest else carried_on

    def monotonic(self) -> float:
        return self._system.monotonic()


class LastKnownTime:
    """The collector's time on disk, a few writes a day.

    Only the collector's: a clock that was once set too far ahead must not make every later one implausible.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._kept = self._load()

    def _load(self) -> datetime | None:
        with contextlib.suppress(OSError, ValueError, WireError):  # absent or damaged: it will be written anew
            return parse_time(self._path.read_text(encoding="ascii").strip())
        return None

    @property
    def earliest(self) -> datetime:
        return RELEASED if self._kept is None else max(self._kept, RELEASED)

    def keep(self, collector: CollectorTime) -> None:
        """Write down what the collector says, if that is worth a write; a full disk is no reason to stop."""
        if not collector.is_known or (self._kept is not None and abs(collector.now() - self._kept) < _KEEP_EVERY):
            return
        self._kept = collector.now()
        with contextlib.suppress(StateError):
            write_atomically(self._path, format_time(self._kept).encode("ascii") + b"\n")
