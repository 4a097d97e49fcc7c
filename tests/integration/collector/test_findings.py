"""What everybody sees now: computed once, fresh within seconds, never so often that it keeps the machine busy."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from netmon.domain.identifiers import TerritoryId
from netmon_collector.app import open_services
from netmon_collector.errors import NotFoundError
from netmon_collector.services import Services
from netmon_collector.web.findings import FindingsOfNow
from tests.support.store import CollectorFiles, FakeClock

DISTRICT = TerritoryId("district")


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with open_services(CollectorFiles(tmp_path).write(), FakeClock()) as found:
        yield found


def test_within_seconds_everybody_sees_the_same(services: Services) -> None:
    clock = FakeClock()
    found = FindingsOfNow(replace(services, clock=clock))
    first = found.of(DISTRICT)
    clock.go_on(4)
    assert found.of(DISTRICT) is first
    clock.go_on(1)
    assert found.of(DISTRICT) is not first


def test_every_organisation_of_the_registry_has_its_verdict(services: Services) -> None:
    found = FindingsOfNow(services).of(DISTRICT)
    assert found.coverage.denominator == 2
    assert set(found.organisations) == {"school-01", "school-02"}
    assert set(found.lines) == {"line-01", "line-02"}


def test_the_trend_has_every_year_that_is_over(services: Services) -> None:
    years = [one.at.year for one in FindingsOfNow(services).trend(DISTRICT)]
    assert years == list(range(2019, 2026))


def test_an_unknown_territory_is_not_found(services: Services) -> None:
    with pytest.raises(NotFoundError):
        FindingsOfNow(services).of(TerritoryId("nowhere"))
