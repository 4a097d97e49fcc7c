"""Inserting what may be there already, alike on both databases."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

Rows = Sequence[Mapping[str, object]]


def insert_new(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows sorted by their key, leaving those alone whose key is taken.

    Concurrent inserts in unsorted order deadlock on PostgreSQL.
    """
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), _sorted(table, rows))


def insert_new_keys(connection: Connection, table: Table, rows: Rows) -> set[tuple[Any, ...]]:
    """The same, answering the keys that were inserted."""
    if not rows:
        return set()
    statement = _insert(connection, table).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return {tuple(row) for row in connection.execute(statement, _sorted(table, rows))}


def put(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows sorted by their key; a row whose key is taken gets the new values."""
    if rows:
        statement = _insert(connection, table)
        keys = [column.name for column in table.primary_key.columns]
        values = [column.name for column in table.columns if not column.primary_key]
        new = {name: statement.excluded[name] for name in values}
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=new), _sorted(table, rows))


def _insert(connection: Connection, table: Table) -> SqliteInsert | PostgresInsert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _sorted(table: Table, rows: Rows) -> list[dict[str, object]]:
    keys = [column.name for column in table.primary_key.columns]
    return sorted((dict(row) for row in rows), key=lambda row: tuple(row[key] for key in keys))
