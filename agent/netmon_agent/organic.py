"""Users' own traffic in place of a test: a line that carries the limit for them need not be loaded once more.

A slot is proven when each of some seconds in a row brings the limit from the line to the users, or the other way. The
first second below it ends the watch, so that an idle line is tested a second later than planned.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from netmon.clock import Clock
from netmon.domain.kinds import Decision, Direction, Flag, Mode, Path, Reason, ResultKind
from netmon.wire.timetable import PlannedSlot
from netmon_agent.line.forwarded import Sides, is_gateway, read_sides
from netmon_agent.line.interface import InterfaceGoneError

if TYPE_CHECKING:
    from netmon.wire.bodies import MeasurementBody

METHOD = "organic"
FRESH_S = 3 * 3600.0  # so old may the test be that proved the counters, and the line


@dataclass(slots=True)
class _Test:
    """The last test of a direction that passed while the counters of the line showed it; it vouches for one slot."""

    interface: str
    at_s: float


class OrganicTraffic:
    """Watches a gateway's counters. Every proof is followed by a test: nobody signs for what users did."""

    def __init__(
        self,
        clock: Clock,
        *,
        emulated_line: bool = False,
        sides: Callable[[str], Sides] = read_sides,
        forwards: Callable[[], bool] = is_gateway,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock, self._is_off = clock, emulated_line  # a relay's line has no counters of its own
        self._sides, self._forwards, self._sleep = sides, forwards, sleep
        self._tests: dict[Direction, _Test] = {}

    def learn(self, slot: PlannedSlot, interface: str | None, found: Mapping[str, object], /) -> None:
        """What a test found: whether the counters showed it, and the line reached the limit."""
        flags = found.get("flags")
        shown = isinstance(flags, list) and Flag.NO_WAN_COUNTERS.value not in flags
        if interface is not None and shown and found.get("decision") == Decision.AT_LEAST.value:
            self._tests[slot.direction] = _Test(interface, self._clock.monotonic())
        else:
            self._tests.pop(slot.direction, None)

    def proof(self, slot: PlannedSlot, interface: str | None, /) -> Mapping[str, object] | None:
        """The slot's measurement as a record's body; None where a test is needed. Blocks for as long as it watches."""
        if self._is_off or interface is None or not slot.offers or not self._may_prove(slot, interface):
            return None
        started_at = self._clock.now()
        try:
            least = self._watch(slot, interface)
        except (InterfaceGoneError, OSError):
            return None
        if least is None:
            return None
        del self._tests[slot.direction]
        return _body(slot, least, started_at).document()

    def _may_prove(self, slot: PlannedSlot, interface: str) -> bool:
        test = self._tests.get(slot.direction)
        return (
            slot.mode is Mode.DECISION
            and slot.organic_s is not None
            and slot.limit_bps is not None
            and test is not None
            and test.interface == interface
            and self._clock.monotonic() - test.at_s <= FRESH_S
            and self._forwards()
        )

    def _watch(self, slot: PlannedSlot, interface: str) -> int | None:
        """The least rate of its seconds; None as soon as one was below the limit."""
        limit, seconds = slot.limit_bps or 0, slot.organic_s or 0
        down, least = slot.direction is Direction.DOWN, None
        before, before_s = self._sides(interface), self._clock.monotonic()
        for _ in range(seconds):
            self._sleep(1.0)
            now, now_s = self._sides(interface), self._clock.monotonic()
            rate = int(now.forwarded_since(before, down=down) * 8 / max(now_s - before_s, 1e-3))
            if rate < limit:
                return None
            least = rate if least is None else min(least, rate)
            before, before_s = now, now_s
        return least


def _body(slot: PlannedSlot, least_bps: int, started_at: datetime) -> "MeasurementBody":
    """No server was asked; the record names the one that would have been."""
    from netmon.wire.bodies import MeasurementBody  # noqa: PLC0415 - seldom, and large

    return MeasurementBody(
        slot=slot.id,
        server=slot.offers[0].server,
        method=METHOD,
        direction=slot.direction,
        mode=slot.mode,
        started_at=started_at,
        duration_s=float(slot.organic_s or 0),
        kind=ResultKind.LOWER_BOUND,
        reason=Reason.ORGANIC,
        rate_bps=least_bps,
        goodput_bps=None,
        background_bps=None,
        censored_at_bps=None,
        decision=Decision.AT_LEAST,
        threshold_bps=slot.threshold_bps,
        limit_bps=slot.limit_bps,
        confidence=None,
        bytes=0,
        path=Path.UNKNOWN,
        flags=frozenset(),
        receipt=None,
    )
