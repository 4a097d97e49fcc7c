"""The clock after a start: never earlier than it can be, and no hostage of one wrong setting."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from netmon_agent.boot_clock import FILE, RELEASED, BootClock, LastKnownTime
from netmon_agent.collector_time import CollectorTime
from tests.support.agent import NOON, FakeClock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def a_time(clock: FakeClock, said: datetime) -> CollectorTime:
    time = CollectorTime(clock)
    time.learn(said, monotonic=clock.monotonic())
    return time


def test_a_plausible_clock_is_the_devices_own() -> None:
    system = FakeClock()
    clock = BootClock(system, earliest=NOON - timedelta(days=1))
    assert (clock.is_plausible, clock.now(), clock.monotonic()) == (True, NOON, system.monotonic())


def test_a_clock_from_1970_goes_on_from_the_earliest_time_until_somebody_sets_it() -> None:
    system = FakeClock(EPOCH)
    clock = BootClock(system, earliest=NOON)
    system.advance(60)
    assert (clock.is_plausible, clock.now()) == (False, NOON + timedelta(seconds=60))
    system.set(NOON + timedelta(days=3))
    assert (clock.is_plausible, clock.now()) == (True, NOON + timedelta(days=3))


def test_what_the_collector_said_is_kept_seldom_and_survives_a_restart(tmp_path: Path) -> None:
    system = FakeClock(EPOCH)
    time, kept = a_time(system, NOON), LastKnownTime(tmp_path)
    assert kept.earliest == RELEASED
    kept.keep(time)
    assert LastKnownTime(tmp_path).earliest == NOON
    before = (tmp_path / FILE).stat().st_mtime_ns
    system.advance(3600)
    kept.keep(time)
    assert (tmp_path / FILE).stat().st_mtime_ns == before, "flash wears"
    system.advance(6 * 3600)
    kept.keep(time)
    assert LastKnownTime(tmp_path).earliest == NOON + timedelta(hours=7)


def test_a_device_clock_that_runs_ahead_is_never_kept(tmp_path: Path) -> None:
    system = FakeClock(NOON + timedelta(days=9000))
    LastKnownTime(tmp_path).keep(CollectorTime(system))
    assert not (tmp_path / FILE).exists()


def test_a_collector_that_was_set_back_is_followed(tmp_path: Path) -> None:
    system = FakeClock()
    LastKnownTime(tmp_path).keep(a_time(system, NOON + timedelta(days=400)))
    LastKnownTime(tmp_path).keep(a_time(system, NOON))
    assert LastKnownTime(tmp_path).earliest == NOON


def test_a_damaged_file_and_a_full_disk_are_lived_with(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff\x00 yesterday")
    assert LastKnownTime(tmp_path).earliest == RELEASED
    LastKnownTime(tmp_path / "absent").keep(a_time(FakeClock(), NOON))
