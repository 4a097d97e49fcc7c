"""Scheduled work over a real store: planned at once, once for all collectors, again after a failure."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from netmon.domain.identifiers import LineId
from netmon_collector.app import open_services
from netmon_collector.jobs import Jobs
from netmon_collector.services import Services
from netmon_collector.storage.database import Database
from netmon_collector.storage.migration import migrate
from tests.support.store import NOW, CollectorFiles, FakeClock

LINE = LineId("line-01")
LEASE = timedelta(minutes=15)


@contextmanager
def _services(
    folder: Path, url: str, *, budget_mbps: int = 1000, clock: FakeClock | None = None
) -> Iterator[tuple[Services, FakeClock]]:
    config = CollectorFiles(folder).write()
    written = config.read_text(encoding="utf-8").replace("budget_mbps: 1000", f"budget_mbps: {budget_mbps}")
    config.write_text(written.replace("sqlite:///netmon.db", url), encoding="utf-8")
    clock = clock or FakeClock()
    database = Database(url)
    migrate(database)
    database.close()
    with open_services(config, clock) as services:
        yield services, clock


def _last_slot(services: Services) -> object:
    return services.store.issued_until([LINE]).get(LINE)


def test_the_first_plan_is_there_when_the_jobs_have_started(database_url: str, tmp_path: Path) -> None:
    with _services(tmp_path, database_url) as (services, _):
        jobs = Jobs(services)
        jobs.start()
        try:
            assert services.store.open_slots(LINE, at=NOW)
        finally:
            jobs.stop()


def test_of_two_collectors_one_plans_each_hour(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with _services(tmp_path, database_url) as (services, clock):
        first, second = Jobs(services), Jobs(services)
        for _ in range(3):
            first.plan()
            second.plan()
            clock.go_on(86_400)
    planned = [record.message for record in caplog.records if record.message.startswith("planned ")]
    assert len(planned) == 3


def test_two_collectors_at_the_same_instant_plan_once(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with (
        _services(tmp_path, database_url) as (services, clock),
        _services(tmp_path, database_url, clock=clock) as (others, _),
        ThreadPoolExecutor() as threads,
    ):
        for hour in range(1, 4):
            start = threading.Barrier(2)

            def run(jobs: Jobs, start: threading.Barrier = start) -> None:
                start.wait(timeout=10)
                jobs.plan()

            list(threads.map(run, [Jobs(services), Jobs(others)]))
            assert len([one for one in caplog.records if one.message.startswith("planned ")]) == hour
            clock.go_on(86_400)


def test_the_plan_of_a_collector_that_died_is_made_by_another(database_url: str, tmp_path: Path) -> None:
    with _services(tmp_path, database_url) as (services, clock):
        living = Jobs(services)
        assert services.store.claim("planning", holder="dead", due="x", at=NOW, until=NOW + LEASE)
        living.plan()
        assert _last_slot(services) is None
        clock.go_on(LEASE.total_seconds())
        living.plan()
        assert _last_slot(services) is not None


def test_hours_that_nobody_was_there_for_are_caught_up_in_one_run(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with _services(tmp_path, database_url) as (services, clock):
        Jobs(services).plan()
        clock.go_on(30 * 86_400)
        caplog.set_level(logging.INFO)
        jobs = Jobs(services)
        jobs.start()
        jobs.stop()
        assert len([one for one in caplog.records if one.message.startswith("planned ")]) == 1
        last = services.store.issued_until([LINE])[LINE]
        assert last > clock.now() + timedelta(days=5)


def test_days_are_aggregated_by_one_of_two_collectors(database_url: str, tmp_path: Path) -> None:
    with _services(tmp_path, database_url) as (services, clock):
        first, second = Jobs(services), Jobs(services)
        first.plan()
        clock.go_on(7 * 86_400)
        with ThreadPoolExecutor() as threads:
            list(threads.map(Jobs.aggregate, [first, second]))
        days = services.store.day_totals([LINE], NOW.date(), clock.now().date())
        assert days[LINE].excluded > 0
        assert services.store.done_for("days") is not None


def test_windows_are_rolled_up_once_a_day_from_where_it_ended(database_url: str, tmp_path: Path) -> None:
    with _services(tmp_path, database_url) as (services, clock):
        jobs = Jobs(services)
        jobs.retain()
        first = services.store.done_for("retention")
        clock.go_on(86_400)
        jobs.retain()
        assert (first, services.store.done_for("retention")) == ("2026-08-25", "2026-08-26")


def test_slots_are_issued_so_far_ahead_that_agents_get_them_in_time(database_url: str, tmp_path: Path) -> None:
    with _services(tmp_path, database_url) as (services, _):
        Jobs(services).plan()
        first = services.store.first_slot_at([LINE])
        assert first is not None
        assert (first - NOW).total_seconds() >= services.settings.issue_lead_s


def test_a_failed_plan_is_said_and_tried_again(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with _services(tmp_path, database_url) as (services, _):
        is_trouble = services.store.database.is_embedded  # for PostgreSQL a missing table is a mistake of ours
        with services.store.database.write() as connection:
            connection.execute(text("ALTER TABLE position RENAME TO elsewhere"))
        with nullcontext() if is_trouble else pytest.raises(ProgrammingError):
            Jobs(services).plan()
        assert ("planning failed and will be tried again" in caplog.text) is is_trouble
        with services.store.database.write() as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO position"))
        Jobs(services).plan()
        assert _last_slot(services) is not None


def test_a_line_without_room_on_any_server_is_said(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with _services(tmp_path, database_url, budget_mbps=10) as (services, _):
        Jobs(services).plan()
    assert "line line-01 has no slots: no measurement server has room for it" in caplog.text


def test_a_store_that_is_current_is_opened_again_without_a_change(database_url: str, tmp_path: Path) -> None:
    with _services(tmp_path, database_url) as (services, _):
        Jobs(services).plan()
        before = _last_slot(services)
    with _services(tmp_path, database_url) as (services, _):
        assert _last_slot(services) == before
        migrate(services.store.database)
