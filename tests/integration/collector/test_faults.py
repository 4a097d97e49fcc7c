"""Whatever dies in the middle: every record that was acknowledged is there afterwards, exactly once."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from netmon_collector.storage.store import SqlStore
from tests.support.postgres import a_cluster
from tests.support.reporting import Fleet, Reporter, collector_processes, stored
from tests.support.store import a_new_store
from tests.support.waiting import wait_until

AGENTS = 8
BATCHES = 25


def _fleet(store: SqlStore, *ports: int, each_to_all: bool = False) -> Fleet:
    names = [f"agent-{number}" for number in range(AGENTS)]
    return Fleet(store, [Reporter(name, ports, batches=BATCHES, each_to_all=each_to_all) for name in names])


def _nothing_is_lost_or_doubled(store: SqlStore, fleet: Fleet) -> None:
    keys, records, measurements = stored(store)
    assert fleet.acknowledged == keys
    assert records == measurements == len(keys) == AGENTS * BATCHES * 2


@contextmanager
def _store(url: str) -> Iterator[SqlStore]:
    found = a_new_store(url)
    try:
        yield found
    finally:
        found.database.close()


def test_a_collector_that_is_killed_loses_and_doubles_nothing(
    store: SqlStore, database_url: str, tmp_path: Path
) -> None:
    with collector_processes(tmp_path, database_url) as (collector,), _fleet(store, collector.port) as fleet:
        for _ in range(2):
            fleet.wait_for(AGENTS * BATCHES // 4)
            collector.kill()
            collector.start()
        fleet.join()
    assert sum(one.trouble for one in fleet.agents) > 0
    _nothing_is_lost_or_doubled(store, fleet)


@pytest.mark.needs("postgresql")
def test_a_database_server_that_is_killed_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with a_cluster() as cluster:
        url = cluster.new_database()
        with _store(url) as store, collector_processes(tmp_path, url) as (collector,):
            with _fleet(store, collector.port) as fleet:
                for _ in range(2):
                    fleet.wait_for(AGENTS * BATCHES // 4)
                    cluster.kill()
                    cluster.ensure_running()
                fleet.join()
            assert fleet.statuses[503] > 0
            store.database.engine.dispose()
            _nothing_is_lost_or_doubled(store, fleet)


@contextmanager
def _small_disk(megabytes: int) -> Iterator[Path]:
    """A file system that is soon full, where PostgreSQL's own user gets at it."""
    with tempfile.TemporaryDirectory(prefix="netmon-disk-") as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "netmon", name], check=True)
        Path(name).chmod(0o755)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "-l", name], check=True)


def _fill(disk: Path) -> Path:
    """Take all of the disk's room; answers the file to delete."""
    filler = disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"\0" * 65_536):
            pass
    return filler


@contextmanager
def _disk_is_full_meanwhile(disk: Path, fleet: Fleet) -> Iterator[None]:
    """Agents work, the disk is full until each was refused, and they go on after the block."""
    fleet.wait_for(AGENTS)
    filler = _fill(disk)
    wait_until(lambda: fleet.statuses[503] >= AGENTS, within_s=30)
    filler.unlink()
    yield
    fleet.join()


@pytest.mark.needs("root")
def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    with _small_disk(16) as disk:
        url = f"sqlite:///{disk}/netmon.db"
        with _store(url) as store, collector_processes(tmp_path, url) as (collector,):
            with _fleet(store, collector.port) as fleet, _disk_is_full_meanwhile(disk, fleet):
                pass
            _nothing_is_lost_or_doubled(store, fleet)
        assert "the database cannot be used: database or disk is full" in collector.log.read_text(encoding="utf-8")


@pytest.mark.needs("root", "postgresql")
def test_a_full_disk_of_the_database_server_loses_nothing(tmp_path: Path) -> None:
    with _small_disk(128) as disk, a_cluster("max_wal_size=32MB", "min_wal_size=32MB", parent=disk) as cluster:
        url = cluster.new_database()
        with _store(url) as store, collector_processes(tmp_path, url) as (collector,):
            with _fleet(store, collector.port) as fleet, _disk_is_full_meanwhile(disk, fleet):
                cluster.ensure_running()
            store.database.engine.dispose()
            _nothing_is_lost_or_doubled(store, fleet)


def test_two_collectors_that_get_the_same_records_store_each_once(
    store: SqlStore, database_url: str, tmp_path: Path
) -> None:
    with collector_processes(tmp_path, database_url, count=2) as collectors:
        ports = [one.port for one in collectors]
        with _fleet(store, *ports, each_to_all=True) as fleet:
            fleet.join()
    assert fleet.statuses == {200: AGENTS * BATCHES * 2}
    _nothing_is_lost_or_doubled(store, fleet)
    logs = [one.log.read_text(encoding="utf-8") for one in collectors]
    assert sum(log.count("planned ") for log in logs) == 1  # each job ran once, whoever ran it
