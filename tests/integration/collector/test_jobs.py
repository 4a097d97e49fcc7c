"""Scheduled work over a real store: planned at once, once for all collectors, again after a failure."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from netmon.domain.identifiers import LineId
from netmon_collector.app import open_services
from netmon_collector.jobs import Jobs
from netmon_collector.services import Services
from netmon_collector.storage.migration import migrate
from tests.support.store import NOW, CollectorFiles, FakeClock

LINE = LineId("line-01")


@contextmanager
def _services(folder: Path, *, budget_mbps: int = 1000) -> Iterator[tuple[Services, FakeClock]]:
    config = CollectorFiles(folder).write()
    written = config.read_text(encoding="utf-8").replace("budget_mbps: 1000", f"budget_mbps: {budget_mbps}")
    config.write_text(written, encoding="utf-8")
    clock = FakeClock()
    with open_services(config, clock) as services:
        yield services, clock


def _last_slot(services: Services) -> object:
    return services.store.issued_until([LINE]).get(LINE)


def test_the_first_plan_is_there_when_the_jobs_have_started(tmp_path: Path) -> None:
    with _services(tmp_path) as (services, _):
        jobs = Jobs(services)
        jobs.start()
        try:
            assert services.store.open_slots(LINE, at=NOW)
        finally:
            jobs.stop()


def test_of_two_collectors_one_plans_each_hour(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with _services(tmp_path) as (services, clock):
        first, second = Jobs(services), Jobs(services)
        for _ in range(3):
            first.plan()
            second.plan()
            clock.go_on(86_400)
    planned = [record.message for record in caplog.records if record.message.startswith("planned ")]
    assert len(planned) == 3


def test_slots_are_issued_so_far_ahead_that_agents_get_them_in_time(tmp_path: Path) -> None:
    with _services(tmp_path) as (services, _):
        Jobs(services).plan()
        first = services.store.first_slot_at([LINE])
        assert first is not None
        assert (first - NOW).total_seconds() >= services.settings.issue_lead_s


def test_a_failed_plan_is_said_and_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with _services(tmp_path) as (services, _):
        with services.store.database.write() as connection:
            connection.execute(text("ALTER TABLE position RENAME TO elsewhere"))
        Jobs(services).plan()
        assert "planning failed and will be tried again" in caplog.text
        with services.store.database.write() as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO position"))
        Jobs(services).plan()
        assert _last_slot(services) is not None


def test_a_line_without_room_on_any_server_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with _services(tmp_path, budget_mbps=10) as (services, _):
        Jobs(services).plan()
    assert "line line-01 has no slots: no measurement server has room for it" in caplog.text


def test_a_store_that_is_current_is_opened_again_without_a_change(tmp_path: Path) -> None:
    with _services(tmp_path) as (services, _):
        Jobs(services).plan()
        before = _last_slot(services)
    with _services(tmp_path) as (services, _):
        assert _last_slot(services) == before
        migrate(services.store.database)
