"""Day aggregates: whatever comes however late, they are what judging everything anew would say."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from netmon.domain.identifiers import LineId
from netmon.domain.period import Period
from netmon.domain.policy import Policy
from netmon.domain.slot import Outcome
from netmon.wire.canonical import format_time
from netmon.wire.records import Envelope, RecordKind
from netmon_collector.app import open_services
from netmon_collector.jobs import Jobs
from netmon_collector.services import Services
from netmon_collector.storage.database import Database
from netmon_collector.storage.day_tables import line_day
from netmon_collector.storage.evidence_tables import latency_window, record
from netmon_collector.storage.migration import migrate
from netmon_collector.use_cases.day_values import DayTotals
from netmon_collector.use_cases.days import DayInputs, keep_days
from netmon_collector.use_cases.ingest import ingest
from netmon_collector.use_cases.judging import judge_period
from netmon_collector.use_cases.retention import roll_up
from tests.support.domain import MOSCOW
from tests.support.lived import LINES, agent_of, report
from tests.support.store import NOW, CollectorFiles, FakeClock, an_envelope, bind

FIRST, LAST = date(2026, 11, 23), date(2026, 12, 6)


@pytest.fixture
def lived(database_url: str, tmp_path: Path) -> Iterator[tuple[Services, FakeClock]]:
    with _services(tmp_path, database_url) as found:
        yield found


@contextmanager
def _services(folder: Path, url: str) -> Iterator[tuple[Services, FakeClock]]:
    config = CollectorFiles(folder).write()
    config.write_text(config.read_text("utf-8").replace("sqlite:///netmon.db", url), encoding="utf-8")
    database = Database(url)
    migrate(database)
    database.close()
    clock = FakeClock()
    with open_services(config, clock) as services:
        for line in LINES:
            bind(services.store, line, agent=agent_of(line), token=f"token of {line}", at=clock.now())
        Jobs(services).plan()
        yield services, clock


def _keep(services: Services, *, basis: str = "1", policy: Policy | None = None) -> int:
    inputs = DayInputs(
        registry=services.registry,
        policy=policy or services.policy,
        calendars=services.calendars,
        basis=basis,
        now=services.clock.now(),
    )
    return keep_days(store=services.store, inputs=inputs)


def _totals(services: Services) -> Mapping[LineId, DayTotals]:
    return services.store.day_totals(LINES, FIRST, LAST)


def _anew(services: Services) -> Mapping[LineId, tuple[int, ...]]:
    """What judging the whole time at once counts."""
    territory = services.registry.territories[0].id
    found: dict[LineId, tuple[int, ...]] = {}
    for name in ("2026-W48", "2026-W49"):
        judged = judge_period(
            territory,
            Period.parse(name),
            evidence=services.store,
            registry=services.registry,
            policy=services.policy,
            calendars=services.calendars,
            as_of=services.clock.now(),
        )
        for line, verdict in judged.lines.items():
            assert verdict.figures is not None
            counts = verdict.figures.counts
            new = (counts.passed, counts.failed, counts.strict_passed, counts.line_down, counts.excluded_total)
            found[line] = tuple(map(sum, zip(found.get(line, (0,) * 5), new, strict=True)))
    return found


def _kept(services: Services) -> Mapping[LineId, tuple[int, ...]]:
    return {
        line: (one.passed, one.failed, one.strict_passed, one.line_down, one.excluded)
        for line, one in _totals(services).items()
    }


def test_silence_is_counted_day_by_day(lived: tuple[Services, FakeClock]) -> None:
    services, clock = lived
    for _ in range(14):
        clock.go_on(86_400)
        _keep(services)
    assert _kept(services) == _anew(services)
    assert all(one.passed == 0 and one.excluded > 0 for one in _totals(services).values())


def test_late_data_makes_the_days_what_they_would_have_been(lived: tuple[Services, FakeClock]) -> None:
    services, clock = lived
    started = clock.now()
    clock.go_on(14 * 86_400)
    _keep(services)
    silent = _kept(services)
    report(services, LINES[0], started, at=clock.now())
    _keep(services)
    assert _kept(services) == _anew(services) != silent
    # The second line's fails are proven by what the first one got; its days change with its own late data.
    report(services, LINES[1], started, at=clock.now())
    _keep(services)
    assert _kept(services) == _anew(services)
    assert services.store.days_due() == []


def test_only_what_is_due_is_computed(lived: tuple[Services, FakeClock]) -> None:
    services, clock = lived
    started = clock.now()
    clock.go_on(14 * 86_400)
    first = _keep(services)
    assert _keep(services) <= 2 < first
    report(services, LINES[0], started, at=started + timedelta(days=2))
    assert 1 <= _keep(services) <= 7


def test_other_rules_compute_every_day_anew(lived: tuple[Services, FakeClock]) -> None:
    services, clock = lived
    clock.go_on(14 * 86_400)
    first = _keep(services)
    assert _keep(services, basis="2") == first


def test_what_comes_while_days_are_computed_keeps_its_mark(lived: tuple[Services, FakeClock]) -> None:
    services, clock = lived
    started = clock.now()
    clock.go_on(14 * 86_400)
    report(services, LINES[0], started, at=started + timedelta(days=2))
    seen = services.store.days_due()
    assert seen
    ingest(
        [_latency(started, 999)], agent=agent_of(LINES[0]), received_at=clock.now(), store=services.store, verifiers={}
    )
    services.store.clear_due(seen)
    assert {(one.line, one.day) for one in services.store.days_due()} == {(LINES[0], started.date())}


def test_a_changed_input_changes_the_hash_of_its_day_alone(lived: tuple[Services, FakeClock]) -> None:
    services, clock = lived
    started = clock.now()
    clock.go_on(14 * 86_400)
    _keep(services)
    before = services.store.day_hashes(LINES[0], FIRST, LAST)
    report(services, LINES[0], started, at=started + timedelta(days=1))
    _keep(services)
    after = services.store.day_hashes(LINES[0], FIRST, LAST)
    changed = {day for day in before if before[day] != after[day]}
    assert changed
    assert changed <= {FIRST, FIRST + timedelta(days=1)}


def test_excluded_slots_keep_their_reasons(lived: tuple[Services, FakeClock]) -> None:
    services, clock = lived
    clock.go_on(7 * 86_400)
    _keep(services)
    with services.store.database.read() as connection:
        rows = connection.execute(select(line_day.c.excluded, line_day.c.excluded_by_reason)).all()
    assert any(row.excluded for row in rows)
    assert all(sum(json.loads(row.excluded_by_reason).values()) == row.excluded for row in rows)


def _latency(at: datetime, sequence: int, *, lost: int = 0) -> bytes:
    end = at + timedelta(minutes=5)
    rtts = {f"rtt_{name}_s": 0.01 for name in ("min", "median", "p95", "max")} | {"jitter_s": 0.0}
    body: dict[str, object] = {
        "started_at": format_time(at),
        "ended_at": format_time(end),
        "target": "server-1",
        "sent": 30,
        "lost": lost,
        **({} if lost == 30 else rtts),
    }
    envelope: Envelope = an_envelope(RecordKind.LATENCY, body, sequence=sequence, device_at=end)
    return envelope.line()


def test_windows_of_long_ago_become_hours_and_say_the_same(lived: tuple[Services, FakeClock]) -> None:
    services, clock = lived
    start = datetime(2026, 11, 24, 6, tzinfo=NOW.tzinfo)
    lines = [_latency(start + timedelta(minutes=5 * number), number + 1) for number in range(72) if number % 30 != 7]
    lines.append(_latency(start + timedelta(days=60), 1000))
    clock.go_on(61 * 86_400)
    ingest(lines, agent=agent_of(LINES[0]), received_at=clock.now(), store=services.store, verifiers={})
    period = Period.parse("2026-11-24")

    def availability() -> object:
        judged = judge_period(
            services.registry.territories[0].id,
            period,
            evidence=services.store,
            registry=services.registry,
            policy=services.policy,
            calendars=services.calendars,
            as_of=clock.now(),
        )
        figures = judged.lines[LINES[0]].figures
        assert figures is not None
        return figures.availability

    before = availability()
    clock.go_on(60 * 86_400)
    assert roll_up(store=services.store, registry=services.registry, since=None, now=clock.now()) == 69 - 9
    assert availability() == before
    with services.store.database.read() as connection:
        windows = connection.execute(select(func.count()).select_from(latency_window)).scalar_one()
        records = connection.execute(select(record.c.kind, record.c.sequence)).all()
    assert windows == 9 + 1
    assert [(row.kind, row.sequence) for row in records] == [(RecordKind.LATENCY, 1000)]
    assert roll_up(store=services.store, registry=services.registry, since=FIRST, now=clock.now()) == 0


def test_a_day_keeps_how_each_slot_ended_and_what_its_probes_found(lived: tuple[Services, FakeClock]) -> None:
    services, clock = lived
    started = clock.now()
    clock.go_on(2 * 86_400)
    for line in LINES:
        report(services, line, started, at=clock.now())
    at = datetime(2026, 11, 24, 6, tzinfo=NOW.tzinfo)
    lines = [_latency(at + timedelta(minutes=5 * number), 900 + number, lost=15 * number) for number in range(3)]
    ingest(lines, agent=agent_of(LINES[0]), received_at=clock.now(), store=services.store, verifiers={})
    _keep(services)
    (day,) = services.store.line_days(LINES[0], date(2026, 11, 24), date(2026, 11, 24))
    judged = judge_period(
        services.registry.territories[0].id,
        Period.day(day.day),
        evidence=services.store,
        registry=services.registry,
        policy=services.policy,
        calendars=services.calendars,
        as_of=clock.now(),
    ).slots[LINES[0]]
    assert [(one.slot, one.outcome) for one in day.slots] == [(one.slot.id, one.outcome) for one in judged]
    assert day.passed == sum(one.outcome is Outcome.PASS for one in day.slots) > 0
    assert day.traffic.measured_bytes == sum(
        one.bytes for one in services.store.measurements([LINES[0]], *Period.day(day.day).bounds(MOSCOW))
    )
    assert (day.traffic.probes_sent, day.traffic.probes_lost) == (90, 45)
    assert day.traffic.rtt_s == pytest.approx(0.01)
    assert day.traffic.rtt_p95_s == 0.01
