"""The service as a process: how it starts, what it says, how it ends."""

import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from netmon import __version__
from netmon.wire.canonical import parse_time
from netmon.wire.device import HEADER, DeviceState
from netmon.wire.records import RecordKind
from netmon.wire.timetable import PlannedSlot, ProbeTarget
from netmon_agent.identity import FILE
from netmon_agent.settings import UNKNOWN_HASH
from netmon_agent.timetable import TIMETABLE_PATH
from netmon_agent.uplink import RECORDS_PATH
from tests.support.agent import a_slot, an_offer
from tests.support.agent_process import quick_timetable, running_agent, write_settings
from tests.support.fake_collector import TOKEN, FakeCollector, Fault, running_collector
from tests.support.waiting import wait_until


def run_in_vain(*arguments: str, cwd: Path) -> tuple[int, str]:
    """Exit code and stderr of an agent that does not start."""
    command = [sys.executable, "-m", "netmon_agent", "run", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False, cwd=cwd)
    return done.returncode, done.stderr


def a_slot_that_nobody_serves(start: datetime) -> PlannedSlot:
    offers = (an_offer(host="127.0.0.1", port=1),)
    return a_slot(starts_at=start, ends_at=start + timedelta(seconds=30), offers=offers)


def test_without_settings_it_says_where_it_looked(tmp_path: Path) -> None:
    code, said = run_in_vain(cwd=tmp_path)
    assert code == 2
    assert said.startswith("netmon-agent: no settings: none of netmon.yaml, /etc/netmon/agent.yaml exists;")


def test_a_mistake_in_the_settings_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "netmon.yaml").write_text("state_dir: state\nspeed: 1\n")
    code, said = run_in_vain(cwd=tmp_path)
    assert (code, said.count("\n")) == (2, 1)
    assert said.startswith("netmon-agent: netmon.yaml:2: speed: unknown key 'speed'; known here: ")
    assert not (tmp_path / "state").exists(), "nothing was started"


def test_a_device_that_is_not_enrolled_says_so(tmp_path: Path) -> None:
    (tmp_path / "netmon.yaml").write_text("state_dir: state\n")
    code, said = run_in_vain(cwd=tmp_path)
    assert (code, said.count("\n")) == (3, 1)
    assert "this device is not enrolled" in said


def test_a_second_agent_on_one_state_folder_does_not_start(tmp_path: Path) -> None:
    with running_collector() as collector:
        settings = write_settings(tmp_path, collector.url)
        with running_agent(settings):
            collector.wait_for(lambda: len(collector.asked) > 0)
            code, said = run_in_vain("--config", str(settings), cwd=tmp_path)
    assert (code, said.count("\n")) == (3, 1)
    assert "another netmon-agent runs" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_everything_written_and_uploaded(tmp_path: Path, number: signal.Signals) -> None:
    with running_collector() as collector:
        collector.timetable = quick_timetable(targets=(ProbeTarget(name="s", host="127.0.0.1", port=collector.port),))
        with running_agent(write_settings(tmp_path, collector.url)) as agent:
            collector.wait_for(lambda: len(collector.of_kind(RecordKind.LATENCY)) > 1)
            before = len(collector.records)
            agent.process.send_signal(number)
            assert agent.process.wait(10) == 0
            assert "stopped; 0 records wait for the collector" in agent.said()
    assert len(collector.records) > before, "the window that was open"


def test_it_starts_and_works_by_its_cache_while_the_collector_is_down(tmp_path: Path) -> None:
    with running_collector() as collector:
        port, settings = collector.port, write_settings(tmp_path, collector.url)
        start = collector.now() + timedelta(seconds=4)
        slot = a_slot_that_nobody_serves(start)
        collector.timetable = quick_timetable(slot)
        with running_agent(settings) as agent:
            wait_until((tmp_path / "state" / "timetable.json").exists)
            agent.process.kill()
    with running_agent(settings) as agent:
        wait_until(lambda: "slot slot-1: no figure, server_unreachable by server-1" in agent.said())
        with running_collector(collector, port=port):
            collector.wait_for(lambda: len(collector.of_kind(RecordKind.SLOT)) == 1)
        assert agent.stop() == 0
    assert [one.body["reason"] for one in collector.of_kind(RecordKind.SLOT)] == [None]
    account = collector.of_kind(RecordKind.SLOT)[0]
    assert account.clock_offset_s is not None, "written before the first contact, dated with it"
    assert abs(account.clock_offset_s) < 2


def test_a_refused_token_is_said_once_and_the_service_goes_on(tmp_path: Path) -> None:
    with running_collector() as collector:
        collector.faults = [Fault(status=401)] * 2
        collector.timetable = quick_timetable(targets=(ProbeTarget(name="s", host="127.0.0.1", port=collector.port),))
        with running_agent(write_settings(tmp_path, collector.url)) as agent:
            collector.wait_for(lambda: len(collector.of_kind(RecordKind.LATENCY)) > 0)
            assert agent.said().count("refuses this device's token (HTTP 401)") >= 1
            assert agent.stop() == 0
            assert TOKEN not in agent.said()
            assert all(line.count("Z ") >= 1 for line in agent.said().splitlines())


def test_the_collectors_wish_to_wait_is_kept(tmp_path: Path) -> None:
    with running_collector() as collector:
        collector.faults = [Fault(path=RECORDS_PATH, status=503, headers={"Retry-After": "2"})]
        collector.timetable = quick_timetable(targets=(ProbeTarget(name="s", host="127.0.0.1", port=collector.port),))
        with running_agent(write_settings(tmp_path, collector.url)):
            collector.wait_for(lambda: len(asked(collector, RECORDS_PATH)) >= 2)
            first, second = asked(collector, RECORDS_PATH)[:2]
            assert second - first >= 2.0


def asked(collector: FakeCollector, path: str) -> list[float]:
    """When each request came."""
    return [one.at for one in collector.asked if one.path == path]


def test_a_device_whose_clock_is_wrong_measures_on_time_and_says_by_how_much(tmp_path: Path) -> None:
    with running_collector() as collector:
        collector.clock_ahead = timedelta(days=365)
        start = collector.now() + timedelta(seconds=2)
        slot = a_slot_that_nobody_serves(start)
        collector.timetable = quick_timetable(slot)
        with running_agent(write_settings(tmp_path, collector.url)):
            collector.wait_for(lambda: len(collector.of_kind(RecordKind.SLOT)) == 1)
    (account,) = collector.of_kind(RecordKind.SLOT)
    assert account.clock_offset_s is not None
    at = parse_time(account.body["at"]) + timedelta(seconds=account.clock_offset_s)
    assert start - timedelta(seconds=1) <= at <= start + timedelta(seconds=10)


def test_the_identity_is_not_touched(tmp_path: Path) -> None:
    with running_collector() as collector:
        settings = write_settings(tmp_path, collector.url)
        before = (tmp_path / "state" / FILE).read_bytes()
        with running_agent(settings) as agent:
            collector.wait_for(lambda: len(asked(collector, TIMETABLE_PATH)) > 0)
            agent.stop()
        assert (tmp_path / "state" / FILE).read_bytes() == before


def test_it_says_how_the_device_is_with_each_request_for_the_timetable(tmp_path: Path) -> None:
    with running_collector() as collector:
        collector.timetable = quick_timetable()
        with running_agent(write_settings(tmp_path, collector.url, "traffic: {monthly_gb: 2}\n")):
            collector.wait_for(lambda: sum(HEADER.lower() in one.headers for one in collector.asked) >= 2)
    said = [
        DeviceState.from_header(one.headers[HEADER.lower()]) for one in collector.asked if one.path == TIMETABLE_PATH
    ]
    first, last = said[0], said[-1]
    assert first.software == last.software == f"netmon-agent {__version__}"
    assert first.config_hash == last.config_hash != UNKNOWN_HASH
    assert (first.clock_offset_s, first.traffic.month) == (None, None), "the collector has not answered yet"
    assert last.clock_offset_s is not None
    assert last.traffic.month == f"{collector.now():%Y-%m}"
    assert last.traffic.cap_bytes == 2_000_000_000
    assert last.running_s > first.running_s
