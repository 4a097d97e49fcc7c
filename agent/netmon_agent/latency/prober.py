"""The prober: rounds of probes at their interval, latency windows and outages into the journal."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from netmon.clock import Clock
from netmon.domain.kinds import GATEWAY_TARGET, AbsenceCause
from netmon.wire.agent_bodies import OutageBody
from netmon.wire.records import RecordKind
from netmon.wire.timetable import Timetable
from netmon_agent.address import Address
from netmon_agent.errors import OutboxError
from netmon_agent.latency.outage import OutageDetector, Round, Stretch
from netmon_agent.latency.resolve import SocketAddress
from netmon_agent.latency.targets import Targets
from netmon_agent.latency.window import window_body
from netmon_agent.life import absence
from netmon_agent.ports import Draft, Journal, Say, TimetableSource

IDLE_S = 60.0
MOST_UNWRITTEN = 500
_UNWATCHED_AFTER_S = 30.0  # beyond the interval: the process was stopped, or the machine slept


class Probe(Protocol):
    """Probes every target once over the timetable's line; None where nothing came back."""

    def __call__(self, targets: Mapping[str, SocketAddress], timetable: Timetable, /) -> Mapping[str, float | None]: ...


class Addresses(Protocol):
    """Socket addresses of targets (netmon_agent.latency.resolve.Resolver)."""

    def wanted(self, addresses: list[Address], /) -> None: ...
    def get(self, address: Address, /) -> SocketAddress | None: ...
    def is_pending(self, address: Address, /) -> bool: ...


class Router(Protocol):
    """The first router (netmon_agent.latency.router.FirstRouter)."""

    def place(self, timetable: Timetable, /) -> SocketAddress | None: ...
    def is_there(self, place: SocketAddress, rtt_s: float | None, /) -> bool | None: ...


class Prober:
    """Watches the line. Times are kept by the monotonic clock and written by the device's as it is at that moment.

    So a clock that is set in the middle of an outage neither stretches nor shrinks it.
    """

    def __init__(
        self,
        *,
        source: TimetableSource,
        targets: Callable[[Timetable], Targets],
        addresses: Addresses,
        probe: Probe,
        has_link: Callable[[Timetable], bool],
        detector: OutageDetector,
        journal: Journal,
        clock: Clock,
        say: Say,
        recovered: Callable[[], None] = lambda: None,
        router: Router | None = None,
        collector_at: Callable[[float], datetime | None] = lambda _: None,
        asleep_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """`recovered` is called when an outage is over; `router` is probed beside the targets.

        `collector_at` is the collector's time at a reading of the monotonic clock, `asleep_s` how long the machine has
        slept since its boot.
        """
        self._source, self._targets_of, self._addresses = source, targets, addresses
        self._probe, self._has_link, self._detector = probe, has_link, detector
        self._journal, self._clock, self._say, self._recovered = journal, clock, say, recovered
        self._router, self._collector_at, self._asleep_s = router, collector_at, asleep_s
        self._slept = asleep_s()
        self._lock = threading.Lock()
        self._paused = False
        self._timetable: Timetable | None = None
        self._targets = Targets(addresses={}, servers=frozenset())
        self._next = self._watched = self._window_started = clock.monotonic()
        self._window: dict[str, list[float | None]] = {}
        self._unwritten: list[Draft] = []
        self._waiting = False  # for a journal that takes nothing

    def step(self) -> float:
        """Make a round if it is time; answers the seconds until the next one."""
        with self._lock:
            timetable = self._current()
            if timetable is None:
                return IDLE_S
            self._note_absence(timetable)
            interval_s = timetable.probes.interval_s
            if self._paused:
                return interval_s
            if self._clock.monotonic() >= self._next:
                self._next = self._clock.monotonic() + interval_s
                self._round(timetable)
            return max(self._next - self._clock.monotonic(), 0.0)

    @contextlib.contextmanager
    def measuring(self) -> Iterator[None]:
        """Stay quiet while a measurement uses the line.

        A round right before it says what the line was like when the measurement began; the next one follows it at
        once, and reports an outage that is going on: it may explain what the measurement found.
        """
        with self._lock:
            timetable = self._current()
            if timetable is not None:
                self._round(timetable)
            self._paused = True
        try:
            yield
        finally:
            with self._lock:
                self._paused = False
                self._next = self._clock.monotonic()
                self._detector.cut_soon()

    def finish(self) -> None:
        """Write what is known so far: nobody watches from here on."""
        with self._lock:
            now = self._clock.monotonic()
            self._end(now)
            self._write()

    def _current(self) -> Timetable | None:
        """The timetable, or None while there is nothing to probe for."""
        timetable = self._source.current()
        if timetable is None or timetable.line is None:
            if self._timetable is not None:
                self._end(self._clock.monotonic())
                self._write()
            self._timetable = None
            return None
        if timetable is not self._timetable:
            if self._timetable is None:
                self._watched = self._window_started = self._clock.monotonic()
            self._timetable, self._targets = timetable, self._targets_of(timetable)
            self._addresses.wanted(list(self._targets.addresses.values()))
        return timetable

    def _note_absence(self, timetable: Timetable) -> None:
        """What nobody watched is neither an outage nor a quiet window."""
        now, watched, slept = self._clock.monotonic(), self._watched, self._asleep_s()
        self._watched, slept_now_s = now, slept - self._slept
        self._slept = slept
        if now - watched > timetable.probes.interval_s + _UNWATCHED_AFTER_S:
            cause = AbsenceCause.SLEEP if slept_now_s > (now - watched) / 2 else AbsenceCause.PAUSED
            self._say(f"nothing was watched for {now - watched:.0f} s: {cause}")
            self._end(watched)
            self._unwritten.append(absence(self._collector_at(watched), self._clock.now(), cause))
            self._window_started = now

    def _round(self, timetable: Timetable) -> None:
        at = self._clock.monotonic()
        self._watched = at
        if at - self._window_started >= timetable.probes.window_s:
            self._close_window(at)
        places = {name: self._addresses.get(address) for name, address in self._targets.addresses.items()}
        router = None if self._router is None else self._router.place(timetable)
        if router is not None:
            places.setdefault(GATEWAY_TARGET, router)
        found = self._probe({name: place for name, place in places.items() if place is not None}, timetable)
        rtts = {
            name: found.get(name)
            for name, place in places.items()
            if place is not None or not self._addresses.is_pending(self._targets.addresses[name])
        }
        for name, rtt in rtts.items():
            self._window.setdefault(name, []).append(rtt)
        was_certain = self._detector.is_certain
        self._report(self._detector.observe(self._seen(at, rtts, timetable, router)))
        self._write()
        self._tell(was_certain)

    def _seen(
        self, at: float, rtts: Mapping[str, float | None], timetable: Timetable, router: SocketAddress | None
    ) -> Round:
        servers = {name for name in rtts if name in self._targets.servers}
        others = rtts.keys() - servers - {GATEWAY_TARGET}
        answered = {name for name, rtt in rtts.items() if rtt is not None}
        is_there = None
        if self._router is not None and router is not None:
            is_there = self._router.is_there(router, rtts.get(GATEWAY_TARGET))
        return Round(
            at=at,
            link=bool(answered) or self._has_link(timetable),
            servers=len(servers),
            servers_answered=len(servers & answered),
            others=len(others),
            others_answered=len(answered & others),
            router=is_there,
        )

    def _tell(self, was_certain: bool) -> None:
        if self._detector.is_certain and not was_certain:
            self._say(f"outage: {self._detector.cause}")
        elif was_certain and not self._detector.is_certain:
            self._say("the outage is over")
            self._recovered()

    def _end(self, at: float) -> None:
        self._close_window(at)
        self._report(self._detector.end(at))

    def _close_window(self, at: float) -> None:
        if at > self._window_started:
            started_at, ended_at = self._device_times(self._window_started, at)
            for target, probes in self._window.items():
                body = window_body(target, probes, started_at=started_at, ended_at=ended_at)
                self._unwritten.append(Draft(RecordKind.LATENCY, body.document()))
        self._window, self._window_started = {}, at

    def _report(self, stretches: list[Stretch]) -> None:
        for stretch in stretches:
            # One reading of the clocks for all three: two would not agree to the microsecond.
            started_at, ended_at, since = self._device_times(stretch.started, stretch.ended, stretch.since)
            body = OutageBody(started_at=started_at, ended_at=ended_at, since=since, cause=stretch.cause)
            self._unwritten.append(Draft(RecordKind.OUTAGE, body.document()))

    def _device_times(self, *readings: float) -> list[datetime]:
        """Readings of the monotonic clock as times of the device."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        return [now - timedelta(seconds=monotonic - reading) for reading in readings]

    def _write(self) -> None:
        """What the journal does not take waits in memory, as much as is reasonable."""
        if not self._unwritten:
            return
        try:
            self._journal.append(self._unwritten)
        except OutboxError as error:
            if not self._waiting:
                self._say(f"probes wait: {error}")
            self._waiting = True
            self._unwritten = self._unwritten[-MOST_UNWRITTEN:]
        else:
            self._unwritten, self._waiting = [], False
