"""The collector's time, learnt once and carried on by the monotonic clock."""

from datetime import UTC, datetime, timedelta

from netmon_agent.collector_time import CollectorTime
from tests.support.agent import NOON, FakeClock


def test_before_the_first_answer_nothing_is_known_and_the_devices_time_serves() -> None:
    time = CollectorTime(FakeClock())
    assert (time.is_known, time.offset_s(), time.at(0.0), time.now()) == (False, None, None, NOON)


def test_the_offset_is_what_to_add_to_the_devices_clock() -> None:
    clock = FakeClock(datetime(1970, 1, 1, tzinfo=UTC))
    time = CollectorTime(clock)
    time.learn(NOON, monotonic=clock.monotonic())
    offset_s = time.offset_s()
    assert offset_s is not None
    assert clock.now() + timedelta(seconds=offset_s) == NOON
    clock.advance(3600)
    assert (time.now(), time.offset_s()) == (NOON + timedelta(hours=1), offset_s)


def test_a_clock_that_is_set_meanwhile_changes_the_offset_and_not_the_time() -> None:
    clock = FakeClock()
    time = CollectorTime(clock)
    time.learn(NOON, monotonic=clock.monotonic())
    clock.set(NOON + timedelta(days=1))
    assert time.now() == NOON
    assert time.offset_s() == -86400.0


def test_a_moment_before_the_first_answer_can_be_dated_afterwards() -> None:
    clock = FakeClock()
    time = CollectorTime(clock)
    earlier = clock.monotonic()
    clock.advance(60)
    time.learn(NOON, monotonic=clock.monotonic())
    assert time.at(earlier) == NOON - timedelta(minutes=1)
