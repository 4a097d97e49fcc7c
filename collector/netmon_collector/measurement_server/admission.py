"""The server's promise: running tests never exceed its budget."""

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Reservation:
    rate_bps: int
    ends_s: float


class Budget:
    """Megabits per second handed out to running sessions; safe to use from many threads."""

    def __init__(self, total_bps: int) -> None:
        self.total_bps = total_bps
        self._lock = threading.Lock()
        self._running: dict[str, _Reservation] = {}

    def reserve(self, session: str, *, rate_bps: int, now_s: float, duration_s: float) -> float | None:
        """Admit a session; None, or in how many seconds there may be room.

        A session that wants more than the whole budget gets the whole budget when nobody else runs. What nobody
        released in time has lapsed.
        """
        wanted = min(rate_bps, self.total_bps)
        with self._lock:
            self._running = {name: one for name, one in self._running.items() if one.ends_s > now_s}
            free = self.total_bps - sum(one.rate_bps for one in self._running.values())
            if wanted <= free:
                self._running[session] = _Reservation(wanted, now_s + duration_s)
                return None
            return max(self._wait(wanted - free, now_s), 0.5)

    def _wait(self, missing: int, now_s: float) -> float:
        wait_s = 0.0
        for one in sorted(self._running.values(), key=lambda reservation: reservation.ends_s):
            wait_s = one.ends_s - now_s
            missing -= one.rate_bps
            if missing <= 0:
                break
        return wait_s

    def release(self, session: str) -> None:
        """The session is over; releasing twice is harmless."""
        with self._lock:
            self._running.pop(session, None)

    @property
    def in_use_bps(self) -> int:
        with self._lock:
            return sum(one.rate_bps for one in self._running.values())

    @property
    def sessions(self) -> int:
        with self._lock:
            return len(self._running)
