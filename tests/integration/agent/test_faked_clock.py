"""A real `netmon-agent run` whose clock is fifty years behind, or a day ahead: the collector learns the right times."""

from datetime import timedelta
from pathlib import Path

import pytest

from netmon.wire.bodies import LatencyBody
from netmon.wire.records import RecordKind
from netmon.wire.timetable import ProbeTarget
from tests.support.agent_process import quick_timetable, running_agent, write_settings
from tests.support.fake_collector import running_collector

pytestmark = pytest.mark.needs("faketime")
LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), Path("absent"))


@pytest.mark.parametrize("shift", ["-18250d", "+1d"])
def test_a_clock_that_is_far_off_is_no_reason_to_drop_or_to_misplace_anything(tmp_path: Path, shift: str) -> None:
    faked = ("env", f"LD_PRELOAD={LIBRARY}", f"FAKETIME={shift}", "FAKETIME_DONT_FAKE_MONOTONIC=1")
    with running_collector() as collector:
        target = ProbeTarget(name="server-1", host="127.0.0.1", port=collector.port)
        collector.timetable = quick_timetable(targets=(target,))
        with running_agent(write_settings(tmp_path, collector.url), *faked) as agent:
            collector.wait_for(lambda: len(collector.of_kind(RecordKind.LATENCY)) >= 3)
            assert agent.stop() == 0
        now = collector.now()
    for one in collector.of_kind(RecordKind.LATENCY):
        assert one.clock_offset_s is not None
        ended_at = LatencyBody.read(one.body).ended_at + timedelta(seconds=one.clock_offset_s)
        assert abs(ended_at - now) < timedelta(seconds=60)
        assert abs(LatencyBody.read(one.body).ended_at - now) > timedelta(hours=20), "the clock was not faked"
