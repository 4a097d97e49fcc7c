"""One simulated district for every test of evidence packs: two weeks, the first of which is closed."""

from collections.abc import Iterator

import pytest

from netmon_collector.app import open_services
from netmon_collector.services import Services
from netmon_collector.verifier.keys import PublicKeys
from tests.support.packs import a_pack, keys_of
from tests.support.simulated import UNTIL, a_simulated_district
from tests.support.store import FakeClock

CLOSED_WEEK = "2026-W46"


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    config = a_simulated_district(tmp_path_factory.mktemp("evidence"), weeks=2)
    with open_services(config, FakeClock(UNTIL)) as found:
        yield found


@pytest.fixture(scope="session")
def keys(services: Services) -> PublicKeys:
    return keys_of(services)


@pytest.fixture(scope="session")
def failing(services: Services) -> bytes:
    """The closed week of a line that fails, by what the server delivered to others."""
    return a_pack(services, "line-16", CLOSED_WEEK)


@pytest.fixture(scope="session")
def small(services: Services) -> bytes:
    """One day of the same line, not closed: quick to check."""
    return a_pack(services, "line-16", "2026-11-18")
