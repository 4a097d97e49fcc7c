"""What is kept: fresh values for some seconds or as long as they cost, fixed ones for good, few enough of them."""

import threading

import pytest

from netmon_collector.errors import StoreError
from netmon_collector.web.memory import Memory
from tests.support.store import FakeClock
from tests.support.waiting import wait_until


class Counted:
    """Computes another value each time, which takes a while."""

    def __init__(self, clock: FakeClock, *, takes_s: float = 0.0) -> None:
        self._clock, self._takes_s, self.times = clock, takes_s, 0

    def __call__(self) -> int:
        self._clock.go_on(self._takes_s)
        self.times += 1
        return self.times


def test_within_seconds_everybody_gets_the_same() -> None:
    clock = FakeClock()
    memory, compute = Memory(clock), Counted(clock)

    assert memory.fresh("a", compute) == 1
    clock.go_on(4)
    assert memory.fresh("a", compute) == 1
    clock.go_on(1)
    assert memory.fresh("a", compute) == 2


def test_what_took_long_is_kept_for_longer() -> None:
    clock = FakeClock()
    memory, compute = Memory(clock), Counted(clock, takes_s=2)

    assert memory.fresh("a", compute) == 1
    clock.go_on(39)
    assert memory.fresh("a", compute) == 1
    clock.go_on(3 * 40 - 39)  # too old to be shown
    assert memory.fresh("a", compute) == 2


def test_what_took_long_is_computed_anew_while_readers_get_the_value_before() -> None:
    clock, begun, may_end, ended = FakeClock(), threading.Event(), threading.Event(), threading.Event()
    memory, slow = Memory(clock), Counted(clock, takes_s=2)
    assert memory.fresh("a", slow) == 1

    def compute() -> int:
        begun.set()
        assert may_end.wait(10)
        try:
            return slow()
        finally:
            ended.set()

    clock.go_on(41)
    assert memory.fresh("a", compute) == 1
    assert begun.wait(10)
    assert memory.fresh("a", compute) == 1  # and nobody computes it twice
    may_end.set()
    assert ended.wait(10)
    wait_until(lambda: memory.fresh("a", slow) == 2)
    assert slow.times == 2


def test_a_value_that_cannot_be_computed_anew_is_shown_until_it_is_too_old(caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock()
    memory = Memory(clock)
    assert memory.fresh("a", Counted(clock, takes_s=2)) == 1

    def fails() -> int:
        raise StoreError("the database is gone")

    clock.go_on(41)
    assert memory.fresh("a", fails) == 1
    wait_until(lambda: "the database is gone" in caplog.text)
    clock.go_on(80)
    with pytest.raises(StoreError):
        memory.fresh("a", fails)


def test_a_fixed_value_is_computed_once() -> None:
    clock = FakeClock()
    memory, compute = Memory(clock), Counted(clock)

    assert memory.fixed("a", compute) == 1
    clock.go_on(10**9)
    assert memory.fixed("a", compute) == 1


def test_the_value_longest_not_asked_for_is_forgotten() -> None:
    clock = FakeClock()
    memory, compute = Memory(clock), Counted(clock)
    memory.fixed("first", compute)
    memory.fixed("second", compute)
    for number in range(199):
        memory.fixed(number, compute)
        memory.fixed("first", compute)

    before = compute.times
    memory.fixed("first", compute)
    assert compute.times == before
    memory.fixed("second", compute)
    assert compute.times == before + 1


def test_who_asks_for_something_else_does_not_wait() -> None:
    clock = FakeClock()
    memory, started, go_on = Memory(clock), threading.Event(), threading.Event()

    def slow() -> str:
        started.set()
        assert go_on.wait(10)
        return "slow"

    thread = threading.Thread(target=memory.fresh, args=("slow", slow))
    thread.start()
    assert started.wait(10)
    assert memory.fresh("quick", lambda: "quick") == "quick"
    go_on.set()
    thread.join(10)
