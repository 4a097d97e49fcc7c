"""What is wrong with an agent: each trouble has its state, the worst one stands first, and a remedy is named."""

from dataclasses import replace
from datetime import timedelta

import pytest

from netmon.domain.identifiers import AgentId, LineId
from netmon.domain.path_diagnosis import PathReadiness
from netmon.wire.device import DeviceState, OutboxState, TrafficState
from netmon.wire.records import Note
from netmon_collector.ports import SeenDevice
from netmon_collector.use_cases.line_facts import AgentBinding, LatestRecord, Refused
from netmon_collector.web.pages.fleet.health import AgentFacts, State, health_view, states_of
from netmon_collector.wording import Language
from tests.support.domain import MOSCOW
from tests.support.store import NOW

AGENT, LINE_ID = AgentId("agent-1"), LineId("line-01")
BINDING = AgentBinding(
    agent=AGENT,
    line=LINE_ID,
    software="netmon-agent 0.1.0",
    enrolled_at=NOW - timedelta(days=30),
    revoked_at=None,
    since=NOW - timedelta(days=30),
    until=None,
    last_seen_at=NOW - timedelta(minutes=5),
)
LATEST = LatestRecord(agent=AGENT, received_at=NOW, at=NOW, clock_offset_s=0.4, notes=(), gaps=0, looked_at=200)
DEVICE = SeenDevice(
    agent=AGENT,
    line=LINE_ID,
    at=NOW,
    state=DeviceState(
        software="netmon-agent 0.2.0",
        config_hash="ab" * 32,
        running_s=90_000,
        clock_offset_s=0.4,
        outbox=OutboxState(waiting=12, bytes=9_000, aside=1, dropped=0),
        traffic=TrafficState(month="2026-11", cap_bytes=5_000_000_000, bytes={"native": 1_200_000_000, "probes": 90}),
        path_diagnosis=PathReadiness.READY,
    ),
)
WELL = AgentFacts(line=LINE_ID, binding=BINDING, latest=LATEST, device=DEVICE)


def states(facts: AgentFacts) -> tuple[State, ...]:
    return states_of(facts, NOW, poll_s=900)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (WELL, State.WELL),
        (AgentFacts(line=LINE_ID, binding=None, latest=None), State.NEVER),
        (replace(WELL, binding=replace(BINDING, last_seen_at=NOW - timedelta(minutes=61))), State.SILENT),
        (replace(WELL, binding=replace(BINDING, last_seen_at=None)), State.SILENT),
        (replace(WELL, refused=Refused(conflicts=2, last_conflict_at=NOW)), State.CONFLICT),
        (replace(WELL, refused=Refused(rejected=1, last_rejected_at=NOW, last_reason="not JSON")), State.REJECTED),
        (replace(WELL, device=None, latest=replace(LATEST, clock_offset_s=-61.0)), State.CLOCK),
        (replace(WELL, device=None, latest=replace(LATEST, clock_offset_s=None)), State.CLOCK),
        (replace(WELL, latest=replace(LATEST, notes=(Note.FROM_THE_FUTURE,))), State.CLOCK),
        (replace(WELL, latest=replace(LATEST, gaps=3)), State.GAPS),
    ],
)
def test_each_trouble_has_its_state_and_its_remedy(facts: AgentFacts, state: State) -> None:
    for language in Language:
        view = health_view(facts, NOW, MOSCOW, language, poll_s=900)
        assert view.state is state
        assert len(view.problems) == (0 if state is State.WELL else 1)
        assert all(one.endswith(".") for one in view.problems)


def test_what_was_refused_long_ago_is_history() -> None:
    old = Refused(conflicts=2, last_conflict_at=NOW - timedelta(days=8))

    assert states(replace(WELL, refused=old)) == (State.WELL,)


def test_the_worst_stands_first() -> None:
    silent = replace(BINDING, last_seen_at=None)
    facts = replace(WELL, binding=silent, latest=replace(LATEST, gaps=1))

    assert states(facts) == (State.SILENT, State.GAPS)


def test_an_outbox_that_gave_records_up_is_told() -> None:
    lossy = replace(DEVICE, state=replace(DEVICE.state, outbox=OutboxState(waiting=0, bytes=0, aside=0, dropped=5)))
    view = health_view(replace(WELL, device=lossy), NOW, MOSCOW, Language.RU, poll_s=900)

    assert view.state is State.DROPPED
    assert view.problems[0].startswith("Очередь переполнилась, потеряно 5 записей")


def test_what_the_device_says_of_itself_is_shown() -> None:
    view = health_view(WELL, NOW, MOSCOW, Language.EN, poll_s=900)

    assert view.software == "netmon-agent 0.2.0"
    assert (view.outbox or "").replace("\u00a0", " ") == "waiting 12 (0 MB), put aside 1, given up 0"
    assert view.traffic.replace("\u00a0", " ") == "1.2 GB of 5 GB this month"
    assert [one.replace("\u00a0", " ") for one in view.traffic_by] == ["native – 1.2 GB", "probes – 0 MB"]


def test_without_its_word_only_measurements_are_counted() -> None:
    view = health_view(replace(WELL, device=None, measured_bytes=300_000_000), NOW, MOSCOW, Language.EN, poll_s=900)

    assert view.outbox is None
    assert view.traffic.replace("\u00a0", " ") == "0.3 GB of measurements this month"
