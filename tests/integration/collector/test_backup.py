"""Backup and restore: from each engine into each, while the collector works, every figure as it was."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from netmon.domain.identifiers import AgentId, LineId
from netmon_collector.app import open_services
from netmon_collector.cli.run import run
from netmon_collector.errors import BackupError
from netmon_collector.services import Services
from netmon_collector.storage.backup import restore_backup, write_backup
from netmon_collector.storage.database import Database
from netmon_collector.storage.migration import SchemaState, migrate, schema_state
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.ingest import ingest
from tests.support.lived import figures, live
from tests.support.postgres import Cluster
from tests.support.store import AGENT, NOW, CollectorFiles, FakeClock, a_measurement_record, a_new_store, bind

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]


@contextmanager
def _services(folder: Path, url: str, clock: FakeClock) -> Iterator[Services]:
    folder.mkdir(exist_ok=True)
    config = CollectorFiles(folder).write()
    config.write_text(config.read_text("utf-8").replace("sqlite:///netmon.db", url), encoding="utf-8")
    with open_services(config, clock) as services:
        yield services


@contextmanager
def _open(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


@pytest.fixture(params=ENGINES)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Another empty database, to restore into."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'restored.db'}"
        return
    cluster = request.getfixturevalue("cluster")
    assert isinstance(cluster, Cluster)
    url = cluster.new_database()
    yield url
    cluster.drop(url)


def test_a_restored_collector_answers_every_figure_as_before(database_url: str, new_url: str, tmp_path: Path) -> None:
    clock, file = FakeClock(), tmp_path / "backup.gz"
    with _open(database_url) as database:
        migrate(database)
    with _services(tmp_path / "old", database_url, clock) as services:
        live(services, clock)
        before = figures(services)
        written = write_backup(services.store.database, file, at=NOW)
    assert file.stat().st_mode & 0o777 == 0o600
    with _open(new_url) as database:
        assert restore_backup(database, file) == written
        assert schema_state(database) is SchemaState.CURRENT
    with _services(tmp_path / "new", new_url, clock) as services:
        assert figures(services) == before
        again = tmp_path / "again.gz"
        write_backup(services.store.database, again, at=NOW)
        assert gzip.decompress(again.read_bytes()) == gzip.decompress(file.read_bytes())
        bad = ingest([b"more nonsense"], agent=AGENT, received_at=NOW, store=services.store, verifiers={})
        assert len(bad) == 1  # numbered after the ones that were restored


def test_a_backup_is_of_one_instant_while_records_come_in(store: SqlStore, new_url: str, tmp_path: Path) -> None:
    bind(store, at=NOW - timedelta(days=9))
    stop = threading.Event()
    started = threading.Event()

    def report() -> None:
        sequence = 0
        while not stop.is_set():
            sequence += 1
            lines = [a_measurement_record(sequence=sequence).line()]
            ingest(lines, agent=AGENT, received_at=NOW, store=store, verifiers={})
            started.set()

    reporting = threading.Thread(target=report)
    reporting.start()
    assert started.wait(timeout=20)
    file = tmp_path / "backup.gz"
    try:
        write_backup(store.database, file, at=NOW)
    finally:
        stop.set()
        reporting.join(timeout=20)
    with _open(new_url) as database:
        rows = restore_backup(database, file)
    assert rows["record"] == rows["measurement"] >= 1


def test_a_backup_of_an_older_schema_becomes_this_ones(store: SqlStore, new_url: str, tmp_path: Path) -> None:
    file = tmp_path / "backup.gz"
    lines = [
        {"format": "netmon-backup", "v": 1, "schema": "0002", "at": "2026-11-23T12:00:00+00:00"},
        {"table": "provider", "columns": ["id", "ordinal", "name_ru", "name_en"]},
        ["p1", 1, "Связь", "Link"],
        {"end": True, "rows": {"provider": 1}},
    ]
    file.write_bytes(gzip.compress(b"".join(json.dumps(line).encode() + b"\n" for line in lines)))
    with _open(new_url) as database:
        assert restore_backup(database, file) == {"provider": 1}
        assert schema_state(database) is SchemaState.CURRENT


def test_nothing_is_restored_over_something(store: SqlStore, tmp_path: Path) -> None:
    file = tmp_path / "backup.gz"
    write_backup(store.database, file, at=NOW)
    with pytest.raises(BackupError, match="the database is not empty"):
        restore_backup(store.database, file)


def test_a_backup_never_replaces_a_file(store: SqlStore, tmp_path: Path) -> None:
    file = tmp_path / "backup.gz"
    file.write_text("theirs")
    with pytest.raises(BackupError, match="exists; name a new file"):
        write_backup(store.database, file, at=NOW)
    assert file.read_text() == "theirs"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "is no backup of netmon"),
        (['{"format": "other"}'], "is no backup of netmon"),
        (["nonsense"], "is broken or no backup"),
        (['{"format": "netmon-backup", "v": 1, "schema": "9999"}'], "backup of a newer netmon"),
        (['{"format": "netmon-backup", "v": 1, "schema": "0002"}'], "is not whole"),
        (['{"format": "netmon-backup", "v": 1, "schema": "0002"}', '{"table": "x", "columns": []}'], "does not know"),
    ],
)
def test_a_file_that_is_no_whole_backup_leaves_nothing_behind(
    database_url: str, tmp_path: Path, lines: list[str], why: str
) -> None:
    file = tmp_path / "backup.gz"
    file.write_bytes(gzip.compress("".join(line + "\n" for line in lines).encode()))
    with _open(database_url) as database:
        with pytest.raises(BackupError, match=why):
            restore_backup(database, file)
        assert schema_state(database) is SchemaState.NEW


def test_a_backup_that_was_cut_off_is_refused(store: SqlStore, new_url: str, tmp_path: Path) -> None:
    file = tmp_path / "backup.gz"
    for number in range(5):
        bind(store, LineId(f"line-{number}"), agent=AgentId(f"agent-{number}"), token=f"{number}", at=NOW)
    write_backup(store.database, file, at=NOW)
    file.write_bytes(file.read_bytes()[:-40])
    with _open(new_url) as database:
        with pytest.raises(BackupError, match="is broken"):
            restore_backup(database, file)
        assert schema_state(database) is SchemaState.NEW


def test_a_store_is_used_after_a_restore_like_any_other(new_url: str, tmp_path: Path) -> None:
    file = tmp_path / "backup.gz"
    old = a_new_store(f"sqlite:///{tmp_path / 'old.db'}")
    ingest([b"one", b"two"], agent=AGENT, received_at=NOW, store=old, verifiers={})
    write_backup(old.database, file, at=NOW)
    old.database.close()
    with _open(new_url) as database:
        restore_backup(database, file)
        ingest([b"three"], agent=AGENT, received_at=NOW, store=SqlStore(database), verifiers={})


def test_the_commands_say_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = CollectorFiles(tmp_path).write()
    file = tmp_path / "backup.gz"
    with open_services(config, FakeClock()) as services:
        bind(services.store, at=NOW)
    assert run(["backup", str(file), "--config", str(config)]) == 0
    assert run(["backup", str(file), "--config", str(config)]) == 3
    assert run(["restore", str(file), "--config", str(config)]) == 3
    (tmp_path / "netmon.db").rename(tmp_path / "lost.db")
    assert run(["restore", str(file), "--config", str(config)]) == 0
    said = capsys.readouterr()
    assert f"{file}: " in said.out
    assert "restored " in said.out
    assert said.err.splitlines() == [
        f"netmon-collector: {file} exists; name a new file",
        "netmon-collector: the database is not empty; name a new one under 'database' and restore into that",
    ]
