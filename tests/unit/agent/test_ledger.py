"""The ledger of own traffic: what was spent is kept, months end, and few writes wear the flash."""

from datetime import timedelta
from pathlib import Path

import pytest

from netmon_agent.collector_time import CollectorTime
from netmon_agent.ledger import FILE, PROBES, MonthlyPurse, TrafficLedger, cap_for
from tests.support.agent import NOON, FakeClock, FixedTimetable, a_slot, a_timetable


def known(clock: FakeClock) -> CollectorTime:
    time = CollectorTime(clock)
    time.learn(clock.now(), monotonic=clock.monotonic())
    return time


def test_a_measurement_is_written_at_once_and_probes_when_enough_has_come_together(tmp_path: Path) -> None:
    time = known(FakeClock())
    ledger = TrafficLedger(tmp_path, time)
    ledger.spend(PROBES, 19_000_000)
    assert not (tmp_path / FILE).exists()
    ledger.spend("native", 5)
    assert TrafficLedger(tmp_path, time).spent() == {PROBES: 19_000_000, "native": 5}
    ledger.spend(PROBES, 1_000)
    ledger.save()
    assert TrafficLedger(tmp_path, time).spent() == {PROBES: 19_001_000, "native": 5}


def test_a_month_ends_by_the_collectors_time(tmp_path: Path) -> None:
    clock = FakeClock()
    ledger = TrafficLedger(tmp_path, known(clock))
    ledger.spend("native", 5)
    clock.advance(timedelta(days=7).total_seconds())
    assert ledger.spent() == {"native": 5}
    clock.advance(timedelta(days=1).total_seconds())
    assert ledger.spent() == {}


def test_a_device_that_wakes_in_1970_forgets_nothing(tmp_path: Path) -> None:
    clock = FakeClock()
    TrafficLedger(tmp_path, known(clock)).spend("native", 5)
    asleep = FakeClock(NOON - timedelta(days=20_000))
    time = CollectorTime(asleep)
    ledger = TrafficLedger(tmp_path, time)
    ledger.spend("native", 1)
    time.learn(NOON, monotonic=asleep.monotonic())
    assert ledger.spent() == {"native": 6}


def test_what_is_spent_before_the_first_contact_counts(tmp_path: Path) -> None:
    clock = FakeClock()
    time = CollectorTime(clock)
    ledger = TrafficLedger(tmp_path, time)
    ledger.spend("native", 7)
    time.learn(NOON, monotonic=clock.monotonic())
    assert ledger.spent() == {"native": 7}


@pytest.mark.parametrize("content", [b"", b"{", b'{"month":"2026-11","bytes":{"native":-1,"x":true,"y":"z"}}', b"[]"])
def test_a_damaged_ledger_begins_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert TrafficLedger(tmp_path, known(FakeClock())).spent() == {}


def test_a_full_disk_goes_on_counting(tmp_path: Path) -> None:
    ledger = TrafficLedger(tmp_path / "absent", known(FakeClock()))
    ledger.spend("native", 5)
    ledger.save()
    assert ledger.spent() == {"native": 5}


@pytest.mark.parametrize(
    ("threshold_mbps", "setting", "gigabytes"), [(100, None, 5), (50, None, 3), (None, None, 3), (100, 7 * 10**9, 7)]
)
def test_the_cap_follows_the_line_unless_the_device_says_otherwise(
    threshold_mbps: int | None, setting: int | None, gigabytes: int
) -> None:
    timetable = a_timetable(a_slot(threshold_bps=None if threshold_mbps is None else threshold_mbps * 10**6))
    assert cap_for(timetable, setting) == gigabytes * 10**9
    assert cap_for(None, None) == 3 * 10**9


def test_a_purse_is_empty_at_the_cap(tmp_path: Path) -> None:
    ledger = TrafficLedger(tmp_path, known(FakeClock()))
    purse = MonthlyPurse(ledger, FixedTimetable(a_timetable(a_slot())), 1000)
    purse.pay({"method": "native", "bytes": 900})
    ledger.spend(PROBES, 99)
    assert not purse.is_empty()
    ledger.spend(PROBES, 1)
    assert purse.is_empty()
