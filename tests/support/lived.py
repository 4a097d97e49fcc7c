"""A collector that has lived for a while: slots planned, measured and reported, so that there is something to judge."""

from datetime import datetime, timedelta

from netmon.domain.identifiers import AgentId, LineId
from netmon.domain.period import Period
from netmon.wire.canonical import canonical_json, format_time
from netmon.wire.plain import plain
from netmon.wire.records import AnswerResult, Envelope, RecordKind
from netmon_collector.jobs import Jobs
from netmon_collector.services import Services
from netmon_collector.use_cases.indicator import indicator_at, indicator_document
from netmon_collector.use_cases.ingest import ingest
from netmon_collector.use_cases.judging import judge_period
from tests.support.domain import MEGABIT
from tests.support.store import FakeClock, a_measurement_record, an_envelope, bind

LINES = (LineId("line-01"), LineId("line-02"))
RATES = {LINES[0]: 140 * MEGABIT, LINES[1]: 40 * MEGABIT}


def agent_of(line: LineId) -> AgentId:
    return AgentId(f"agent of {line}")


def live(services: Services, clock: FakeClock) -> None:
    """Both lines get agents and a plan; at its end they have measured every slot, and one of them had an outage."""
    for line in LINES:
        bind(services.store, line, agent=agent_of(line), token=f"token of {line}", at=clock.now())
    Jobs(services).plan()
    started = clock.now()
    clock.go_on(14 * 86_400)
    for line in LINES:
        report(services, line, started, at=clock.now())


def report(services: Services, line: LineId, since: datetime, *, at: datetime) -> None:
    """The line's agent sends a measurement of every slot since a time, an outage, and a line that is no record."""
    slots = [one for one in services.store.open_slots(line, at=since) if one.ends_at < at]
    records = [
        a_measurement_record(slot, sequence=number, rate_bps=RATES[line]) for number, slot in enumerate(slots, 1)
    ]
    lines = [one.line() for one in [*records, _outage(slots[0].starts_at, len(records) + 1)]]
    store = services.store
    answers = ingest(
        [*lines, b"nonsense"], agent=agent_of(line), received_at=at, store=store, verifiers=services.verifiers
    )
    assert [one.result for one in answers[:-1]] == [AnswerResult.STORED] * len(lines)


def _outage(at: datetime, sequence: int) -> Envelope:
    end = at + timedelta(minutes=3)
    body: dict[str, object] = {
        "started_at": format_time(at),
        "ended_at": format_time(end),
        "since": format_time(at),
        "cause": "provider",
    }
    return an_envelope(RecordKind.OUTAGE, body, sequence=sequence, device_at=end)


def figures(services: Services) -> bytes:
    """Every verdict of two weeks and a month and the indicator, as one text to compare."""
    territory = services.registry.territories[0].id
    now = services.clock.now()
    judged = [
        judge_period(
            territory,
            Period.parse(name),
            evidence=services.store,
            registry=services.registry,
            policy=services.policy,
            calendars=services.calendars,
            as_of=now,
        )
        for name in ("2026-W48", "2026-W49", "2026-11")
    ]
    inputs = services.indicator_inputs(territory, now=now)
    found = indicator_document(indicator_at(now.date(), inputs))
    return canonical_json({"verdicts": [plain(one.all()) for one in judged], "indicator": found})
