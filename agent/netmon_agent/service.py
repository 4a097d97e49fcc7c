"""The service: one thread a task, started together, stopped together, and loud when one of them breaks."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from netmon_agent.ports import Say

LONGEST_WAIT_S = 3600.0
HELD_S = 1.0
STUCK_S = 300.0  # beyond the longest measurement and the slowest answer
HURRY_S = 5.0  # a whole district may come back at once


class Worker:
    """A thread that takes step after step, sleeping in between as long as a step says, or until it is woken."""

    def __init__(self, name: str, *, broke: Callable[[str], None]) -> None:
        self.name = name
        self._step: Callable[[], float] = lambda: LONGEST_WAIT_S
        self._broke = broke
        self._wake = threading.Event()
        self._stopping = False
        self._began: float | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def does(self, step: Callable[[], float]) -> None:
        """What it does, once started: tasks wake each other's workers, so these exist first."""
        self._step = step

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def ask_to_stop(self) -> None:
        self._stopping = True
        self._wake.set()

    def is_stuck(self, after_s: float) -> bool:
        """Whether its step has lasted longer than any should."""
        began = self._began
        return began is not None and time.monotonic() - began > after_s

    def join(self, within_s: float) -> bool:
        """Whether the thread has ended."""
        if self._thread.ident is None:
            return True
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._wake.clear()
                self._began = time.monotonic()
                wait_s = self._step()
                self._began = None
                if wait_s > 0 and not self._stopping:
                    self._wake.wait(min(wait_s, LONGEST_WAIT_S))
        except Exception as error:  # noqa: BLE001 - a mistake of ours must end the service, not one thread in silence
            self._broke(f"{self.name} broke: {error!r} at {_place(error)}")


def _place(error: Exception) -> str:
    """Where it was raised; without traceback, which brings half a megabyte of other modules."""
    found = error.__traceback__
    while found is not None and found.tb_next is not None:
        found = found.tb_next
    return "?" if found is None else f"{found.tb_frame.f_code.co_name}, line {found.tb_lineno}"


class Feed(Protocol):
    """What Link asks of the timetable's feed (netmon_agent.timetable.TimetableFeed)."""

    @property
    def has_heard(self) -> bool: ...
    def step(self) -> float: ...
    def hurry(self, within_s: float, /) -> None: ...


class Sender(Protocol):
    """What Link asks of the uplink (netmon_agent.uplink.Uplink)."""

    def step(self) -> float: ...
    def hurry(self, within_s: float, /) -> None: ...
    def last_try(self, within_s: float, /) -> None: ...


class Link:
    """Everything that is said to the collector, in one thread, and not while a measurement runs."""

    def __init__(self, feed: Feed, uplink: Sender) -> None:
        self._feed, self._uplink = feed, uplink
        self._held = False

    @contextmanager
    def hold(self) -> Iterator[None]:
        self._held = True
        try:
            yield
        finally:
            self._held = False

    def step(self) -> float:
        """Answers the seconds until there is something to say."""
        if self._held:
            return HELD_S
        wait_s = self._feed.step()
        # The first answer tells the collector's time, which records that waited for it are to carry.
        return min(wait_s, self._uplink.step()) if self._feed.has_heard else wait_s

    def hurry(self) -> None:
        """The line is back."""
        self._feed.hurry(HURRY_S)
        self._uplink.hurry(HURRY_S)

    def last_try(self, within_s: float) -> None:
        if self._feed.has_heard:
            self._uplink.last_try(within_s)


class Manager(Protocol):
    """Whoever started the service and wants to know how it is (netmon_agent.notify.ServiceManager)."""

    @property
    def beat_s(self) -> float | None: ...
    def ready(self) -> None: ...
    def beat(self) -> None: ...
    def stopping(self) -> None: ...


class Service:
    """Runs workers until it is told to stop or one of them breaks."""

    def __init__(self, say: Say, *, stuck_s: float = STUCK_S) -> None:
        self._say, self._stuck_s = say, stuck_s
        self._workers: list[Worker] = []
        self._ends: queue.SimpleQueue[None] = queue.SimpleQueue()  # reentrant, so signal handlers may use it
        self.broken: str | None = None

    def worker(self, name: str) -> Worker:
        """One more worker, idle until it is told what it does."""
        worker = Worker(name, broke=self._worker_broke)
        self._workers.append(worker)
        return worker

    def _worker_broke(self, message: str) -> None:
        self.broken = message
        self._say(message)
        self._ends.put(None)

    def stop(self) -> None:
        """Ask the service to end; may be called by a signal handler."""
        self._ends.put(None)

    def run(self, manager: Manager) -> None:
        """Start every worker and return when the service is to end; the workers have been asked to stop by then."""
        for worker in self._workers:
            worker.start()
        manager.ready()
        self._await_end(manager)
        manager.stopping()
        for worker in self._workers:
            worker.ask_to_stop()

    def _await_end(self, manager: Manager) -> None:
        """The manager hears from us only while no worker is stuck, and restarts us otherwise."""
        while True:
            try:
                return self._ends.get(timeout=manager.beat_s)
            except queue.Empty:
                stuck = [worker.name for worker in self._workers if worker.is_stuck(self._stuck_s)]
            if stuck:
                self._say(f"{', '.join(stuck)}: stuck; the service manager is told nothing more")
            else:
                manager.beat()

    def join(self, workers: Sequence[Worker], within_s: float) -> None:
        """Wait for some workers; one that is in the middle of something long is left behind."""
        for worker in workers:
            if not worker.join(within_s):
                self._say(f"{worker.name} is left in the middle of its work")
