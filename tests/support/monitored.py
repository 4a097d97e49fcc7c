"""A district that was measured for six weeks, on PostgreSQL: what dashboards are asked about."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from netmon.domain.identifiers import LineId
from netmon.domain.latency import LatencyWindow
from netmon.wire.canonical import format_time
from netmon.wire.records import AnswerResult, RecordKind
from netmon_collector.app import open_services
from netmon_collector.jobs import Jobs
from netmon_collector.services import Services
from netmon_collector.storage.database import Database
from netmon_collector.storage.migration import migrate
from netmon_collector.use_cases.ingest import ingest
from tests.support.evidence import windows_of_day
from tests.support.lived import LINES, agent_of, report
from tests.support.store import CollectorFiles, FakeClock, an_envelope, bind

UNTIL = datetime(2027, 1, 4, 12, tzinfo=UTC)  # December is closed
_FIRST = 100_000  # of the records that are probes
_TURNS = 3  # a turn of the day aggregates takes 31 days
_CONTRACT = 'contracts: [{{provider: "{}", number: "{}", rate_mbps: {}, price_rub_month: {}}}]'
_CHANGES = {
    "providers: []": (
        'providers: [{id: "north", name: {ru: "Север", en: "North"}}, {id: "south", name: {ru: "Юг", en: "South"}}]'
    ),
    "interface: wan0": f"interface: wan0, {_CONTRACT.format('north', 'N-1', 100, 3000)}",
    'id: "line-02", role: main': f'id: "line-02", role: main, {_CONTRACT.format("south", "S-1", 60, 2500)}',
}


@contextmanager
def a_monitored_district(folder: Path, url: str) -> Iterator[Services]:
    """Two schools: one line keeps its contract, the other is below its threshold; November and December are closed."""
    database = Database(url)
    migrate(database)
    database.close()
    clock = FakeClock()
    with open_services(_files(folder, url), clock) as services:
        for line in LINES:
            bind(services.store, line, agent=agent_of(line), token=f"token of {line}", at=clock.now())
        jobs, started = Jobs(services), clock.now()
        while clock.now() < UNTIL:
            jobs.plan()
            clock.go_on(timedelta(days=3).total_seconds())
        for line in LINES:
            report(services, line, started, at=clock.now())
        _probe(services, LINES[0], started, clock.now())
        jobs.close()
        for _ in range(_TURNS):
            jobs.aggregate()
            clock.go_on(900)
        yield services


def _probe(services: Services, line: LineId, since: datetime, until: datetime) -> None:
    """Twelve hours of probes each day; one of thirty is lost."""
    days = (until - since).days
    windows = [one for number in range(days) for one in windows_of_day(line, since.date() + timedelta(days=number))]
    records = [
        an_envelope(
            RecordKind.LATENCY,
            _body(window),
            sequence=_FIRST + number,
            device_at=window.ended_at,
        ).line()
        for number, window in enumerate(windows)
    ]
    store = services.store
    answers = ingest(records, agent=agent_of(line), received_at=until, store=store, verifiers=services.verifiers)
    assert {one.result for one in answers} == {AnswerResult.STORED}


def _body(window: LatencyWindow) -> dict[str, object]:
    names = ("rtt_min_s", "rtt_median_s", "rtt_p95_s", "rtt_max_s", "jitter_s")
    return {
        "started_at": format_time(window.started_at),
        "ended_at": format_time(window.ended_at),
        "target": window.target,
        "sent": window.sent,
        "lost": 1,
        **{name: getattr(window, name) for name in names},
    }


def _files(folder: Path, url: str) -> Path:
    config = CollectorFiles(folder).write()
    config.write_text(config.read_text("utf-8").replace("sqlite:///netmon.db", url), encoding="utf-8")
    registry = folder / "registry.yaml"
    text = registry.read_text("utf-8")
    for before, after in _CHANGES.items():
        assert text.count(before) == 1
        text = text.replace(before, after)
    registry.write_text(text, encoding="utf-8")
    return config
