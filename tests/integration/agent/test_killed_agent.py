"""A real `netmon-agent run` process that is killed without warning: nothing is lost, nothing comes twice."""

import random
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from netmon.domain.absence import AbsenceCause
from netmon.wire.agent_bodies import AbsenceBody
from netmon.wire.bodies import LatencyBody, MeasurementBody, OutageBody, SlotBody
from netmon.wire.records import AnswerResult, RecordKind
from netmon.wire.timetable import PlannedSlot, ProbeTarget
from netmon_agent.uplink import RECORDS_PATH
from tests.support.agent import a_slot, an_offer
from tests.support.agent_process import quick_timetable, running_agent, write_settings
from tests.support.fake_collector import Fault, running_collector

KILLS = 5
SLOTS = 20
READERS = {
    RecordKind.MEASUREMENT: MeasurementBody.read,
    RecordKind.SLOT: SlotBody.read,
    RecordKind.LATENCY: LatencyBody.read,
    RecordKind.OUTAGE: OutageBody.read,
    RecordKind.ABSENCE: AbsenceBody.read,
}


def unreachable_slots(now: datetime) -> tuple[PlannedSlot, ...]:
    """Overlapping slots whose server refuses connections."""
    return tuple(
        a_slot(
            f"slot-{number}",
            starts_at=now + timedelta(seconds=number * 0.4),
            ends_at=now + timedelta(seconds=number * 0.4 + 3),
            offers=(an_offer(host="127.0.0.1", port=1),),
        )
        for number in range(SLOTS)
    )


def test_a_killed_agent_loses_nothing_and_reports_nothing_twice(tmp_path: Path) -> None:
    draw = random.Random(7)
    with running_collector() as collector:
        slots = unreachable_slots(collector.now() + timedelta(seconds=1))
        target = ProbeTarget(name="server-1", host="127.0.0.1", port=collector.port)
        collector.timetable = quick_timetable(*slots, targets=(target,))
        settings = write_settings(tmp_path, collector.url)
        for _ in range(KILLS):
            collector.faults += [Fault(path=RECORDS_PATH, truncate=True), Fault(path=RECORDS_PATH, status=503)]
            enough = len(collector.asked) + draw.randint(4, 7)
            with running_agent(settings):
                collector.wait_for(lambda enough=enough: len(collector.asked) > enough)  # type: ignore[misc]
        collector.faults.clear()
        with running_agent(settings) as agent:
            enough = len(collector.asked) + 2
            collector.wait_for(
                lambda: len(collector.of_kind(RecordKind.SLOT)) == SLOTS and len(collector.asked) > enough
            )
            assert agent.stop() == 0, agent.said()
    assert AnswerResult.CONFLICT not in collector.results
    assert AnswerResult.DUPLICATE in collector.results, "no answer was lost: the test tested nothing"
    assert len({stream for stream, _ in collector.records}) == 1
    numbers = sorted(number for _, number in collector.records)
    assert numbers == list(range(1, len(numbers) + 1)), "a record is missing"
    accounts = Counter(envelope.body["slot"] for envelope in collector.of_kind(RecordKind.SLOT))
    assert accounts == Counter(slot.id for slot in slots)
    measured = [one.body["slot"] for one in collector.of_kind(RecordKind.SLOT) if one.body["end"] == "measured"]
    attempts = Counter(envelope.body["slot"] for envelope in collector.of_kind(RecordKind.MEASUREMENT))
    assert attempts == Counter(measured), "one record an attempt"
    absences = [AbsenceBody.read(one.body) for one in collector.of_kind(RecordKind.ABSENCE)]
    assert {one.cause for one in absences} == {AbsenceCause.KILLED}
    for envelope in collector.records.values():
        READERS[envelope.kind](envelope.body)
