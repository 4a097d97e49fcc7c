"""What agents say of their devices and paths: stored on each engine, shown over the API, deciding nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from netmon.domain.identifiers import AgentId, LineId
from netmon.wire.device import HEADER, OutboxState
from netmon.wire.records import AnswerResult
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.ingest import ingest
from tests.support.collector import RunningCollector, a_running_collector
from tests.support.devices import a_device, a_path, a_trace, an_absence, header
from tests.support.domain import LINE
from tests.support.store import AGENT, NOW, a_measurement_record, bind

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[RunningCollector]:
    with a_running_collector(tmp_path) as found:
        yield found


def test_the_latest_state_stays_and_every_change_of_program_or_settings(store: SqlStore) -> None:
    bind(store, at=NOW)
    store.saw_device(AGENT, a_device(), at=NOW)
    fuller = a_device(outbox=OutboxState(waiting=9, bytes=9000, aside=0, dropped=2), clock_offset_s=None)
    store.saw_device(AGENT, fuller, at=NOW + MINUTE)
    newer = a_device(software="netmon-agent 2.0")
    store.saw_device(AGENT, newer, at=NOW + 2 * MINUTE)
    drifted = a_device(software="netmon-agent 2.0", config_hash="b" * 64)
    store.saw_device(AGENT, drifted, at=NOW + 3 * MINUTE)
    seen = store.devices([LINE, LineId("another")])
    assert {line: (one.agent, one.at, one.state) for line, one in seen.items()} == {
        LINE: (AGENT, NOW + 3 * MINUTE, drifted)
    }
    assert [(one.at, one.software, one.config_hash[0]) for one in store.device_changes(LINE)] == [
        (NOW, "netmon-agent 1.0", "a"),
        (NOW + 2 * MINUTE, "netmon-agent 2.0", "a"),
        (NOW + 3 * MINUTE, "netmon-agent 2.0", "b"),
    ]


def test_a_replaced_device_is_no_longer_the_lines_and_its_changes_stay(store: SqlStore) -> None:
    bind(store, at=NOW)
    store.saw_device(AGENT, a_device(), at=NOW)
    bind(store, agent=AgentId("agent-2"), token="token-2", at=NOW + MINUTE)
    assert store.devices([LINE]) == {}
    assert [one.agent for one in store.device_changes(LINE)] == [AGENT]


def test_absences_and_paths_are_kept_at_the_collectors_time(store: SqlStore) -> None:
    bind(store, at=NOW - HOUR)
    years = -50.0 * 365 * 86_400
    records = [an_absence(clock_offset_s=-years), a_path(clock_offset_s=-years)]
    answers = ingest([one.line() for one in records], agent=AGENT, received_at=NOW, store=store, verifiers={})
    assert [one.result for one in answers] == [AnswerResult.STORED] * 2
    (absence,) = store.absences(LINE, NOW - HOUR, NOW)
    assert (absence.since, absence.ended_at) == (NOW - 9 * MINUTE, NOW - MINUTE)
    (path,) = store.path_diagnoses(LINE, NOW - HOUR, NOW)
    assert path.started_at == NOW - 2 * MINUTE
    assert (path.mtu_bytes, path.traces) == (1492, (a_trace(10, 0, 7, 8),))
    assert list(store.absences(LINE, NOW, NOW + HOUR)) == []
    assert list(store.path_diagnoses(LINE, NOW, NOW + HOUR)) == []


def test_what_decides_nothing_makes_no_day_due_again(store: SqlStore) -> None:
    bind(store, at=NOW - HOUR)
    late = {"agent": AGENT, "received_at": NOW + timedelta(days=9), "store": store, "verifiers": {}}
    ingest([an_absence().line(), a_path().line()], **late)  # type: ignore[arg-type]
    assert store.days_due() == []
    ingest([a_measurement_record(sequence=7).line()], **late)  # type: ignore[arg-type]
    assert len(store.days_due()) > 0


def test_a_beginning_that_lies_after_the_end_is_none(store: SqlStore) -> None:
    bind(store, at=NOW - HOUR)
    ingest([an_absence(since=NOW).line()], agent=AGENT, received_at=NOW, store=store, verifiers={})
    assert [one.since for one in store.absences(LINE, NOW - HOUR, NOW)] == [None]


def test_a_request_for_the_timetable_says_how_the_device_is(collector: RunningCollector) -> None:
    agent = collector.an_agent()
    assert collector.get("/api/v1/lines/line-01/device").document["device"] is None
    assert agent.timetable(**header(a_device())).status == 200
    found = collector.get("/api/v1/lines/line-01/device").document
    device, changes = found["device"], found["changes"]
    assert isinstance(device, dict)
    assert isinstance(changes, list)
    assert device == {**a_device().document(), "agent": agent.name, "at": device["at"]}
    assert [one["software"] for one in changes] == ["netmon-agent 1.0"]


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"v": 2}', "x" * 5000])
def test_what_cannot_be_read_of_a_device_costs_it_nothing(collector: RunningCollector, text: str) -> None:
    agent = collector.an_agent()
    assert agent.timetable(**{HEADER: text}).status == 200
    assert collector.get("/api/v1/lines/line-01/device").document["device"] is None


def test_a_path_shows_where_losses_begin(collector: RunningCollector) -> None:
    collector.clock.go_on(-3600)
    agent = collector.an_agent()
    collector.clock.go_on(3600)
    agent.send(a_path(), an_absence())
    paths: Any = collector.get("/api/v1/lines/line-01/paths").document["paths"]
    assert [one["traces"][0]["loss_begins"] for one in paths] == [{"ttl": 3, "address": "192.0.2.3"}]
    absences: Any = collector.get("/api/v1/lines/line-01/absences").document["absences"]
    assert [one["cause"] for one in absences] == ["power_loss"]
