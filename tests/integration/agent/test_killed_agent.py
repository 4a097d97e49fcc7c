"""A real `netmon-agent run` process that is killed without warning: nothing is lost, nothing comes twice."""

import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from netmon.wire.bodies import LatencyBody, MeasurementBody, OutageBody, SlotBody
from netmon.wire.records import AnswerResult, RecordKind
from netmon.wire.timetable import PlannedSlot, ProbePlan, ProbeTarget, Timetable
from tests.support.agent import a_slot, a_timetable, an_identity, an_offer
from tests.support.fake_collector import FakeCollector, Fault, running_collector

KILLS = 6
RECORDS = "/api/v1/agent/records"
READERS = {
    RecordKind.MEASUREMENT: MeasurementBody.read,
    RecordKind.SLOT: SlotBody.read,
    RecordKind.LATENCY: LatencyBody.read,
    RecordKind.OUTAGE: OutageBody.read,
}


def write_settings(folder: Path, url: str, extra: str = "") -> Path:
    path = folder / "agent.yaml"
    path.write_text(f"state_dir: state\ncollector: {url}\nallow_plain_http: true\n{extra}")
    (folder / "state").mkdir(exist_ok=True)
    an_identity(url).save(folder / "state")
    return path


@contextmanager
def running_agent(settings: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "netmon_agent", "run", "--config", str(settings)]
    with (settings.parent / "agent.log").open("ab") as log:
        process = subprocess.Popen(command, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def unreachable_slots(count: int, now: datetime, port: int) -> tuple[PlannedSlot, ...]:
    """Slots a second apart whose server refuses connections."""
    return tuple(
        a_slot(
            f"slot-{number}",
            starts_at=now + timedelta(seconds=number * 0.5),
            ends_at=now + timedelta(seconds=number * 0.5 + 3),
            offers=(an_offer(host="127.0.0.1", port=port),),
        )
        for number in range(count)
    )


def quick_timetable(collector: FakeCollector, slots: tuple[PlannedSlot, ...] = ()) -> Timetable:
    targets = (
        ProbeTarget(name="server-1", host="127.0.0.1", port=collector.port),
        ProbeTarget(name="server-2", host="127.0.0.1", port=collector.port),
    )
    probes = ProbePlan(interval_s=0.5, window_s=1.0, targets=targets)
    return a_timetable(*slots, probes=probes, poll_s=1.0, issued_at=datetime.now(UTC))


def test_a_killed_agent_loses_nothing_and_reports_nothing_twice(tmp_path: Path) -> None:
    draw = random.Random(7)
    with running_collector() as collector:
        slots = unreachable_slots(24, collector.now() + timedelta(seconds=1), port=1)
        collector.timetable = quick_timetable(collector, slots)
        settings = write_settings(tmp_path, collector.url)
        for _ in range(KILLS):
            collector.faults += [Fault(path=RECORDS, truncate=True), Fault(path=RECORDS, status=503)]
            with running_agent(settings) as process:
                seen = len(collector.asked)
                collector.wait_for(lambda seen=seen: len(collector.asked) > seen + draw.randint(3, 9))  # type: ignore[misc]
                process.send_signal(signal.SIGKILL)
        collector.faults.clear()
        with running_agent(settings) as process:
            seen = len(collector.asked)
            collector.wait_for(
                lambda: len(collector.of_kind(RecordKind.SLOT)) == len(slots) and len(collector.asked) > seen + 2
            )
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
    assert AnswerResult.CONFLICT not in collector.results
    assert AnswerResult.DUPLICATE in collector.results, "no answer was lost: the test did not test"
    streams = {stream for stream, _ in collector.records}
    assert len(streams) == 1
    numbers = sorted(number for _, number in collector.records)
    assert numbers == list(range(1, len(numbers) + 1)), "a record is missing"
    accounts = Counter(envelope.body["slot"] for envelope in collector.of_kind(RecordKind.SLOT))
    assert accounts == Counter(slot.id for slot in slots)
    measured = [one.body["slot"] for one in collector.of_kind(RecordKind.SLOT) if one.body["end"] == "measured"]
    attempts = Counter(envelope.body["slot"] for envelope in collector.of_kind(RecordKind.MEASUREMENT))
    assert attempts == Counter(measured), "one record an attempt"
    for envelope in collector.records.values():
        READERS[envelope.kind](envelope.body)
