"""A real database for every test of the store; another one is another parameter."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from netmon_collector.storage.store import SqlStore
from tests.support.store import a_new_store


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    assert request.param == "sqlite"
    return f"sqlite:///{tmp_path / 'netmon.db'}"


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStore]:
    """A store with this program's schema and nothing in it."""
    found = a_new_store(database_url)
    yield found
    found.database.close()
