"""The schema: migrations lead to exactly the tables that the code uses, and a wrong schema is refused in one line."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from netmon_collector.errors import SchemaError, StoreError
from netmon_collector.storage.database import Database
from netmon_collector.storage.migration import SchemaState, ensure_schema, migrate, schema_state
from netmon_collector.storage.registry_tables import metadata


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
    ensure_schema(database)
    assert schema_state(database) is SchemaState.CURRENT


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
        names = {row.name for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))}
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
