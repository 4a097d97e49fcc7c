"""The job that closes periods, over a real store: once for all collectors, missed periods too."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from netmon.domain.closing import first_broken
from netmon.domain.identifiers import TerritoryId
from netmon.domain.period import Period, PeriodKind
from netmon_collector.app import open_services
from netmon_collector.jobs import Jobs
from netmon_collector.services import Services
from tests.support.store import NOW, CollectorFiles, FakeClock

DISTRICT = TerritoryId("district")
WEEK = Period.parse("2026-W48")


@contextmanager
def _services(folder: Path) -> Iterator[tuple[Services, FakeClock]]:
    """A collector whose slots begin in the week of NOW, which is W48."""
    clock = FakeClock()
    with open_services(CollectorFiles(folder).write(), clock) as services:
        Jobs(services).plan()
        yield services, clock


def _closed(services: Services, kind: PeriodKind) -> list[str]:
    return [f"{link.period.name} {link.revision}" for link, _ in services.store.chain(DISTRICT, kind)]


def test_of_two_collectors_one_closes_a_period_and_closes_it_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with _services(tmp_path) as (services, clock):
        first, second = Jobs(services), Jobs(services)
        clock.at = datetime(2026, 11, 30, 2, 59, tzinfo=UTC)  # Monday, a minute before six
        first.close()
        assert _closed(services, PeriodKind.WEEK) == []
        for _ in range(4):
            clock.go_on(600)
            first.close()
            second.close()
        assert _closed(services, PeriodKind.WEEK) == ["2026-W48 1"]
    assert [record.message for record in caplog.records if record.message.startswith("closed ")] == [
        "closed 2026-W48 of district, revision 1"
    ]


def test_a_collector_that_was_off_catches_up(tmp_path: Path) -> None:
    with _services(tmp_path) as (services, clock):
        clock.at = datetime(2027, 1, 12, 12, tzinfo=UTC)
        Jobs(services).close()
        assert _closed(services, PeriodKind.MONTH) == ["2026-11 1", "2026-12 1"]
        assert _closed(services, PeriodKind.WEEK)[0] == "2026-W48 1"
        assert len(_closed(services, PeriodKind.WEEK)) == 7
        for kind in (PeriodKind.WEEK, PeriodKind.MONTH):
            assert first_broken(services.store.chain(DISTRICT, kind)) is None


def test_the_jobs_close_what_is_due_when_they_start(tmp_path: Path) -> None:
    with _services(tmp_path) as (services, clock):
        clock.at = datetime(2026, 12, 1, tzinfo=UTC)
        jobs = Jobs(services)
        jobs.start()
        jobs.stop()  # lets what runs end
        jobs.close()
        assert _closed(services, PeriodKind.WEEK) == ["2026-W48 1"]


def test_the_indicator_of_a_closed_month_is_kept_with_it(tmp_path: Path) -> None:
    with _services(tmp_path) as (services, clock):
        clock.at = datetime(2026, 12, 3, 4, tzinfo=UTC)
        Jobs(services).close()
        found = services.store.closing(DISTRICT, Period.parse("2026-11"))
        assert found is not None
        indicator = found.summary["indicator"]
        assert isinstance(indicator, dict)
        assert (indicator["at"], indicator["denominator"], indicator["upper_numerator"]) == ("2026-11-30", 2, 2)
        assert [(one.kind.value, one.id) for one in found.verdicts] == [
            (kind, f"{name}-0{number}")
            for kind, name in (("organisation", "school"), ("site", "site"), ("line", "line"))
            for number in (1, 2)
        ]
        assert found.link.closed_at == clock.at
        assert clock.at > NOW
