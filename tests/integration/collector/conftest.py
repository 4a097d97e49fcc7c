"""A real database for every test of the store, on each engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from netmon_collector.storage.store import SqlStore
from tests.support.postgres import FAST, Cluster, a_cluster
from tests.support.store import a_new_store

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL for the session."""
    with a_cluster(*FAST) as found:
        yield found


@pytest.fixture
def postgresql_url(cluster: Cluster) -> Iterator[str]:
    """An empty database of PostgreSQL."""
    url = cluster.new_database()
    yield url
    cluster.drop(url)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path / 'netmon.db'}"


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStore]:
    """A store with this program's schema and nothing in it."""
    found = a_new_store(database_url)
    yield found
    found.database.close()
