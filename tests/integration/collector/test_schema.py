"""The schema: migrations lead to exactly the tables that the code uses, and a wrong schema is refused in one line."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    inspect,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from netmon.domain.identifiers import AgentId, LineId
from netmon_collector.errors import SchemaError, StoreError
from netmon_collector.storage.database import Database
from netmon_collector.storage.evidence_tables import agent
from netmon_collector.storage.migration import SchemaState, ensure_schema, migrate, schema_state, upgrade
from netmon_collector.storage.migrations import versions
from netmon_collector.storage.registry_tables import metadata
from netmon_collector.storage.store import SqlStore
from tests.support.store import NOW, bind

REVISIONS = sorted(path.stem[1:5] for path in Path(versions.__path__[0]).glob("v*.py"))
_DROPPED = {("enrolment_code", "attempts")}
_VALUES: Mapping[type[TypeEngine[Any]], object] = {
    Boolean: True,
    DateTime: datetime(2026, 11, 23, 12),  # noqa: DTZ001 - compared below as each engine gives it back
    Date: date(2026, 11, 23),
    Float: 0.5,
    Integer: 1,
    LargeBinary: b"1",
    String: "1",
}


def _fill(connection: Connection) -> dict[str, dict[str, object]]:
    """A row in every table, each referring to the others by the same id; answers the rows as they read back."""
    tables = MetaData()
    tables.reflect(connection)
    ours = [table for table in tables.sorted_tables if table.name != "alembic_version"]
    for table in ours:
        row = {
            column.name: next(value for kind, value in _VALUES.items() if isinstance(column.type, kind))
            for column in table.columns
        }
        connection.execute(table.insert(), row)
    return {table.name: dict(connection.execute(select(table)).mappings().one()) for table in ours}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url)
    yield found
    found.close()


def _set_revision(database: Database, revision: str) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_the_migrations_make_the_tables_that_the_code_uses(database: Database) -> None:
    assert migrate(database) is SchemaState.NEW
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    migrate(database)
    assert migrate(database) is SchemaState.CURRENT


def test_a_new_embedded_database_gets_its_schema_by_itself(database: Database) -> None:
    if not database.is_embedded:
        with pytest.raises(SchemaError, match="run netmon-collector migrate"):
            ensure_schema(database)
        migrate(database)
    ensure_schema(database)
    assert schema_state(database) is SchemaState.CURRENT


def test_nobody_else_reads_the_files_of_the_embedded_database(tmp_path: Path) -> None:
    embedded = Database(f"sqlite:///{tmp_path / 'netmon.db'}")
    before = os.umask(0)
    try:
        with embedded.write() as connection:
            connection.execute(text("CREATE TABLE one (id INTEGER)"))
            modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
        embedded.close()
    assert modes == dict.fromkeys(("netmon.db", "netmon.db-wal", "netmon.db-shm"), 0o600)


@pytest.mark.parametrize("revision", REVISIONS)
def test_data_of_every_schema_survives_the_way_to_this_one(database: Database, revision: str) -> None:
    with database.write() as connection:
        upgrade(connection, revision)
        before = _fill(connection)
    assert before
    migrate(database)
    assert schema_state(database) is SchemaState.CURRENT
    with database.read() as connection:
        after = MetaData()
        after.reflect(connection)
        for name, row in before.items():
            found = connection.execute(select(after.tables[name])).mappings().one()
            kept = {key: value for key, value in row.items() if (name, key) not in _DROPPED}
            assert {key: found[key] for key in kept} == kept, name


def test_texts_are_ordered_alike_on_every_engine(store: SqlStore) -> None:
    names = [AgentId(name) for name in ("b", "B", "ё", "я", "a-1", "a_1", "a1", "А")]
    for name in names:
        bind(store, LineId(f"line {name}"), agent=name, token=name, at=NOW)
    with store.database.read() as connection:
        assert list(connection.execute(select(agent.c.id).order_by(agent.c.id)).scalars()) == sorted(names)


def test_collectors_that_migrate_at_once_do_it_once(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(3)]
    with ThreadPoolExecutor() as threads:
        states = list(threads.map(migrate, databases))
    assert set(states) <= {SchemaState.NEW, SchemaState.OLD, SchemaState.CURRENT}
    assert {schema_state(database) for database in databases} == {SchemaState.CURRENT}
    for database in databases:
        database.close()


def test_processes_that_open_a_new_embedded_database_at_once_are_all_served(tmp_path: Path) -> None:
    """Each switches it to WAL, for which SQLite's own timeout does not wait: one in a hundred was refused."""
    for number in range(20):
        databases = [Database(f"sqlite:///{tmp_path / f'{number}.db'}") for _ in range(8)]
        with ThreadPoolExecutor(len(databases)) as threads:
            assert set(threads.map(schema_state, databases)) == {SchemaState.NEW}
        for database in databases:
            database.close()


def test_an_old_schema_is_refused_with_the_command_that_mends_it(database: Database) -> None:
    migrate(database)
    _set_revision(database, "0001")
    assert schema_state(database) is SchemaState.OLD
    with pytest.raises(SchemaError, match="run netmon-collector migrate"):
        ensure_schema(database)


def test_the_schema_of_a_newer_netmon_is_left_alone(database: Database) -> None:
    migrate(database)
    _set_revision(database, "9999")
    for use in (ensure_schema, migrate):
        with pytest.raises(SchemaError, match="unknown to this netmon"):
            use(database)


def test_a_database_of_somebody_else_is_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
    with pytest.raises(SchemaError, match="unknown to this netmon"):
        ensure_schema(database)


def test_a_migration_that_fails_leaves_nothing_behind(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("CREATE TABLE slot (id INTEGER)"))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
    with pytest.raises(StoreError, match="already exists"):
        migrate(database)
    with database.read() as connection:
        names = set(inspect(connection).get_table_names())
    assert names == {"slot", "alembic_version"}


def test_a_database_that_cannot_be_opened_is_one_line() -> None:
    database = Database("sqlite:////nowhere/netmon.db")
    with pytest.raises(StoreError, match=r"^the database cannot be used: unable to open database file$"):
        schema_state(database)
    database.close()


@pytest.mark.parametrize("url", ["oracle9://x", "not a url"])
def test_a_url_of_no_known_database_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="write sqlite:///FILE or postgresql"):
        Database(url)
