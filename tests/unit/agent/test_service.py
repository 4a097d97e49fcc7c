"""Workers, and the service that runs them."""

import threading
from collections.abc import Callable

from netmon_agent.notify import ServiceManager
from netmon_agent.service import HELD_S, HURRY_S, Link, Service, Worker
from tests.support.agent import Log

SOON_S = 10.0


def a_worker(step: Callable[[], float], broke: Callable[[str], None] = lambda _: None) -> Worker:
    worker = Worker("the worker", broke=broke)
    worker.does(step)
    return worker


def test_a_worker_sleeps_until_it_is_woken() -> None:
    steps: list[int] = []
    stepped = threading.Semaphore(0)

    def step() -> float:
        steps.append(1)
        stepped.release()
        return 3600.0

    worker = a_worker(step)
    worker.start()
    for count in (1, 2, 3):
        assert stepped.acquire(timeout=SOON_S)
        assert len(steps) == count
        worker.wake()
    worker.ask_to_stop()
    assert worker.join(SOON_S)


def test_a_wake_during_a_step_is_not_lost() -> None:
    twice = threading.Event()
    steps: list[int] = []

    def step() -> float:
        steps.append(1)
        if len(steps) == 1:
            worker.wake()
        else:
            twice.set()
        return 3600.0

    worker = a_worker(step)
    worker.start()
    assert twice.wait(SOON_S)
    worker.ask_to_stop()
    assert worker.join(SOON_S)


def test_a_worker_that_never_started_has_ended() -> None:
    assert a_worker(lambda: 0.0).join(0.0)


def test_a_worker_that_breaks_ends_the_service_and_says_where() -> None:
    log = Log()
    service = Service(log)

    def misstep() -> float:
        raise ZeroDivisionError("a mistake of ours")

    idle, breaking = service.worker("the idle one"), service.worker("the broken one")
    breaking.does(misstep)
    service.run(ServiceManager({}))
    service.join([idle, breaking], SOON_S)
    assert service.broken is not None
    assert "the broken one broke: ZeroDivisionError('a mistake of ours') at misstep, line " in log


def test_a_service_that_is_told_to_stop_stops_its_workers() -> None:
    log = Log()
    service = Service(log)
    started = threading.Event()
    hanging = threading.Event()

    def hang() -> float:
        started.set()
        hanging.wait(SOON_S)
        return 0.0

    worker = service.worker("the hanging one")
    worker.does(hang)

    def stop() -> None:
        started.wait(SOON_S)
        service.stop()

    stopper = threading.Thread(target=stop)
    stopper.start()
    service.run(ServiceManager({}))
    service.join([worker], 0.01)
    assert log.lines == ["the hanging one is left in the middle of its work"]
    hanging.set()
    assert worker.join(SOON_S)
    assert service.broken is None
    stopper.join()


class Part:
    """A feed or an uplink that counts."""

    def __init__(self, has_heard: bool = True) -> None:
        self.steps, self.tries, self.has_heard = 0, 0, has_heard
        self.hurries: list[float] = []

    def step(self) -> float:
        self.steps += 1
        return float(self.steps)

    def hurry(self, within_s: float) -> None:
        self.hurries.append(within_s)

    def last_try(self, within_s: float) -> None:
        self.tries += 1


def test_nothing_is_said_to_the_collector_while_a_measurement_runs() -> None:
    feed, uplink = Part(), Part()
    link = Link(feed, uplink)
    with link.hold():
        assert link.step() == HELD_S
    assert (feed.steps, uplink.steps) == (0, 0)
    assert link.step() == 1.0
    assert (feed.steps, uplink.steps) == (1, 1)


def test_no_record_is_sent_before_the_collectors_time_could_be_learnt() -> None:
    feed, uplink = Part(has_heard=False), Part()
    link = Link(feed, uplink)
    link.step()
    link.last_try(1.0)
    assert (feed.steps, uplink.steps, uplink.tries) == (1, 0, 0)
    feed.has_heard = True
    link.step()
    link.last_try(1.0)
    assert (uplink.steps, uplink.tries) == (1, 1)


def test_a_line_that_is_back_hurries_both() -> None:
    feed, uplink = Part(), Part()
    Link(feed, uplink).hurry()
    assert feed.hurries == uplink.hurries == [HURRY_S]


class Listener:
    """A service manager that ends the service after some beats."""

    beat_s = 0.02

    def __init__(self, service: Service, beats: int) -> None:
        self.service, self.left = service, beats
        self.heard: list[str] = []

    def ready(self) -> None:
        self.heard.append("ready")

    def beat(self) -> None:
        self.heard.append("beat")
        self.left -= 1
        if self.left == 0:
            self.service.stop()

    def stopping(self) -> None:
        self.heard.append("stopping")


def test_the_service_manager_hears_of_start_life_and_end() -> None:
    service = Service(Log())
    service.worker("the idle one")
    manager = Listener(service, beats=2)
    service.run(manager)
    assert manager.heard == ["ready", "beat", "beat", "stopping"]


def test_while_a_worker_is_stuck_the_service_manager_hears_nothing() -> None:
    hanging, stuck_seen = threading.Event(), threading.Event()

    def hang() -> float:
        hanging.wait(SOON_S)
        return 3600.0

    def say(message: str, /) -> None:
        assert message.startswith("the hanging one: stuck")
        assert manager.heard == ["ready"]
        stuck_seen.set()
        hanging.set()

    service = Service(say, stuck_s=0.0)
    service.worker("the hanging one").does(hang)
    manager = Listener(service, beats=1)
    service.run(manager)
    assert stuck_seen.is_set()
    assert manager.heard == ["ready", "beat", "stopping"], "and when it goes on, all is well again"
