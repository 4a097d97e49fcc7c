"""The ledger of the agent's own traffic: bytes by method in this month, and the cap that ends measuring."""

import contextlib
import threading
from collections.abc import Mapping
from pathlib import Path

from netmon.errors import WireError
from netmon.wire.canonical import canonical_json, parse_object
from netmon.wire.timetable import Timetable
from netmon_agent.collector_time import CollectorTime
from netmon_agent.errors import StateError
from netmon_agent.ports import TimetableSource
from netmon_agent.state import write_atomically

FILE = "traffic.json"
PROBES = "probes"
PROBE_BYTES = 330  # a handshake and its end at the IP layer: three packets there, three back, with their options
_FAST_BPS = 50_000_000
_CAP_FAST_BYTES, _CAP_SLOW_BYTES = 5_000_000_000, 3_000_000_000
_WORTH_A_WRITE = 20_000_000
_MOST_FILE_BYTES = 64 * 1024


def cap_for(timetable: Timetable | None, setting: int | None) -> int:
    """What a month may cost: what the device says, else by the threshold of its line."""
    if setting is not None:
        return setting
    thresholds = [slot.threshold_bps or 0 for slot in timetable.slots] if timetable is not None else []
    return _CAP_FAST_BYTES if max(thresholds, default=0) > _FAST_BPS else _CAP_SLOW_BYTES


class TrafficLedger:
    """Months are those of the collector's time, in UTC. Safe to use from several threads.

    A measurement is written at once; probes, which are small and many, when enough has come together, so a power cut
    forgets less than that.
    """

    def __init__(self, folder: Path, time: CollectorTime) -> None:
        self._path, self._time = folder / FILE, time
        self._lock = threading.Lock()
        self._month, self._spent = self._load()
        self._unwritten = 0

    def _load(self) -> tuple[str, dict[str, int]]:
        with contextlib.suppress(OSError, WireError):  # absent or damaged: the month begins anew
            document = parse_object(self._path.read_bytes(), limit=_MOST_FILE_BYTES)
            month, spent = document.get("month"), document.get("bytes")
            if isinstance(month, str) and isinstance(spent, dict):
                counts = {str(name): count for name, count in spent.items() if type(count) is int and count >= 0}
                return month, counts
        return "", {}

    def spend(self, what: str, count: int) -> None:
        """Count bytes that were sent or received."""
        with self._lock:
            self._turn_page()
            self._spent[what] = self._spent.get(what, 0) + count
            self._unwritten += count
            if self._unwritten >= _WORTH_A_WRITE or (what != PROBES and count > 0):
                self._write()

    def spent(self) -> Mapping[str, int]:
        """Bytes of this month by what they were for."""
        return self.page()[1]

    def page(self) -> tuple[str, Mapping[str, int]]:
        """The month, empty while none is known, and what was spent in it."""
        with self._lock:
            self._turn_page()
            return self._month, dict(self._spent)

    def save(self) -> None:
        """Nobody counts from here on."""
        with self._lock:
            if self._unwritten:
                self._write()

    def _turn_page(self) -> None:
        """Until the collector has told the time nothing is forgotten: the device's clock may be anywhere."""
        if not self._time.is_known:
            return
        month = f"{self._time.now():%Y-%m}"
        if self._month and month != self._month:
            self._spent = {}
        self._month = month

    def _write(self) -> None:
        """What cannot be written goes on to be counted in memory."""
        with contextlib.suppress(StateError):
            document = {"month": self._month, "bytes": dict(self._spent)}
            write_atomically(self._path, canonical_json(document) + b"\n")
            self._unwritten = 0


class MonthlyPurse:
    """What the runner may still spend; a cap of the device's own settings goes before the timetable's."""

    def __init__(self, ledger: TrafficLedger, source: TimetableSource, setting: int | None) -> None:
        self._ledger, self._source, self._setting = ledger, source, setting

    def is_empty(self) -> bool:
        return sum(self._ledger.spent().values()) >= cap_for(self._source.current(), self._setting)

    def pay(self, found: Mapping[str, object], /) -> None:
        count = found.get("bytes")
        if isinstance(count, int):
            self._ledger.spend(str(found.get("method")), count)
