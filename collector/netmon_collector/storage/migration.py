"""The schema's versions: which one the database has, which one this program needs, and the way there."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from netmon_collector.errors import SchemaError
from netmon_collector.storage.database import Database, first_line, hold


class SchemaState(StrEnum):
    NEW = "new"  # an empty database
    OLD = "old"  # `migrate` brings it to this program's schema
    CURRENT = "current"
    UNKNOWN = "unknown"  # a newer netmon's, or no netmon's at all


def schema_state(database: Database) -> SchemaState:
    """How the database's schema stands to this program's."""
    with database.read() as connection:
        revision = current_revision(connection)
        has_tables = bool(inspect(connection).get_table_names())
    if revision is None:
        return SchemaState.UNKNOWN if has_tables else SchemaState.NEW
    known = known_revisions()
    if revision == known[-1]:
        return SchemaState.CURRENT
    return SchemaState.OLD if revision in known else SchemaState.UNKNOWN


def current_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def known_revisions() -> Sequence[str]:
    """Every revision of this program, the newest last."""
    script = ScriptDirectory.from_config(_config())
    return [one.revision for one in script.walk_revisions()][::-1]


def migrate(database: Database) -> SchemaState:
    """Bring the database to this program's schema; answers what it was before. Raises SchemaError when unknown."""
    before = schema_state(database)
    if before is SchemaState.UNKNOWN:
        raise SchemaError(_UNKNOWN)
    if before is not SchemaState.CURRENT:
        try:
            with database.write() as connection:
                hold(connection, "schema")
                upgrade(connection)
        except DBAPIError as error:
            raise SchemaError(f"the database's schema cannot be changed: {first_line(error)}") from error
    return before


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Within a write: take the schema to a revision."""
    command.upgrade(_config(connection), revision)
    _order_by_bytes(connection)


def _order_by_bytes(connection: Connection) -> None:
    """Make PostgreSQL order texts as SQLite and Python do: hashes of sorted rows must not depend on a locale."""
    if connection.dialect.name == "sqlite":
        return
    found: dict[str, list[str]] = {}
    for row in connection.execute(_TEXTS_BY_LOCALE):
        found.setdefault(row.table_name, []).append(row.column_name)
    quote = connection.dialect.identifier_preparer.quote
    for table, columns in sorted(found.items()):
        changes = ", ".join(f'ALTER COLUMN {quote(column)} TYPE TEXT COLLATE "C"' for column in columns)
        connection.execute(text(f"ALTER TABLE {quote(table)} {changes}"))


_TEXTS_BY_LOCALE = text(
    "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
)


def ensure_schema(database: Database) -> None:
    """Raises SchemaError unless the schema is this program's; an empty embedded database gets it first."""
    state = schema_state(database)
    if state is SchemaState.NEW and database.is_embedded:
        migrate(database)
    elif state is SchemaState.UNKNOWN:
        raise SchemaError(_UNKNOWN)
    elif state is not SchemaState.CURRENT:
        made = "an older netmon made this database" if state is SchemaState.OLD else "the database is empty"
        raise SchemaError(f"{made}; run netmon-collector migrate")


_UNKNOWN = "the database's schema is unknown to this netmon; install the newer one that wrote it, or name another"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
