"""A backup: every table of one instant as JSON lines in a gzip, the same from every engine and for every engine.

The first line says what it is, then each table names its columns before its rows, the last line counts the rows: a file
that ends before it is no backup.
"""

import base64
import contextlib
import gzip
import json
import os
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import Column, Connection, Date, DateTime, LargeBinary, MetaData, Table, select, text

from netmon_collector.errors import BackupError
from netmon_collector.storage.database import Database, hold
from netmon_collector.storage.migration import (
    SchemaState,
    current_revision,
    ensure_schema,
    known_revisions,
    schema_state,
    upgrade,
)

FORMAT = "netmon-backup"
VERSION = 1
_NOT_OURS = "alembic_version"  # the first line says the revision
_ROWS = 1000
_COMPRESSION = 6
Rows = Mapping[str, int]


def write_backup(database: Database, path: Path, *, at: datetime) -> Rows:
    """Write every table as it is at one instant, while the collector works on; answers the rows of each.

    The file appears under its name when it is complete and on the disk. Raises BackupError, StoreError, OSError.
    """
    ensure_schema(database)
    if path.exists():
        raise BackupError(f"{path} exists; name a new file")
    partial = path.with_name(path.name + ".partial")
    try:
        with _private(partial) as file:
            with gzip.GzipFile(fileobj=file, mode="wb", filename="", compresslevel=_COMPRESSION) as packed:
                rows = _write(database, cast(BinaryIO, packed), at)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return rows


def restore_backup(database: Database, path: Path) -> Rows:
    """Bring an empty database to what a backup holds, and to this program's schema; answers the rows of each table.

    All or nothing. Raises BackupError for a file that is no whole backup and a database that is not empty.
    """
    with path.open("rb") as file, gzip.open(file, "rb") as packed:
        lines = _lines(path, cast(BinaryIO, packed))
        head = next(lines, None)
        if not isinstance(head, dict) or head.get("format") != FORMAT:
            raise BackupError(f"{path} is no backup of netmon")
        if head.get("v") != VERSION or head.get("schema") not in known_revisions():
            raise BackupError(f"{path} is the backup of a newer netmon; install that one first")
        if schema_state(database) is not SchemaState.NEW:
            raise BackupError("the database is not empty; name a new one under 'database' and restore into that")
        with database.write() as connection:
            hold(connection, "schema")
            upgrade(connection, str(head["schema"]))
            rows = _load(connection, path, lines)
            upgrade(connection)
    return rows


@contextlib.contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    """A new file that nobody else may read: it holds hashes of tokens and codes."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _tables(connection: Connection) -> Sequence[Table]:
    found = MetaData()
    found.reflect(connection)
    return [table for name, table in sorted(found.tables.items()) if name != _NOT_OURS]


def _write(database: Database, file: BinaryIO, at: datetime) -> Rows:
    counted: Counter[str] = Counter()

    def line(value: object) -> None:
        file.write(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n")

    with database.read() as connection:
        revision = current_revision(connection)
        line({"format": FORMAT, "v": VERSION, "schema": revision, "at": _encoded(at)})
        for table in _tables(connection):
            line({"table": table.name, "columns": [column.name for column in table.columns]})
            counted[table.name] = 0
            ordered = select(table).order_by(*table.primary_key.columns)
            for row in connection.execution_options(yield_per=_ROWS).execute(ordered):
                line([_encoded(value) for value in row])
                counted[table.name] += 1
        line({"end": True, "rows": dict(counted)})
    return counted


def _encoded(value: object) -> object:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, date) else value


def _lines(path: Path, file: BinaryIO) -> Iterator[Any]:
    try:
        for line in file:
            yield json.loads(line)
    except (ValueError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BackupError(f"{path} is broken or no backup of netmon") from error


def _load(connection: Connection, path: Path, lines: Iterator[Any]) -> Rows:
    tables = {table.name: table for table in _tables(connection)}
    counted: Counter[str] = Counter()
    following = next(lines, None)
    while isinstance(following, dict) and "table" in following:
        table = tables.get(following["table"])
        if table is None or not set(following["columns"]) <= set(table.columns.keys()):
            raise BackupError(f"{path} has a table that its schema does not know")
        columns = [table.columns[name] for name in following["columns"]]
        count, following = _load_rows(connection, table, columns, lines)
        counted[table.name] = count
    if not isinstance(following, dict) or following.get("rows") != counted:
        raise BackupError(f"{path} is not whole: its last line is missing or counts other rows")
    if connection.dialect.name != "sqlite":
        for table in tables.values():
            _count_on(connection, table)
    return counted


def _load_rows(
    connection: Connection, table: Table, columns: Sequence[Column[Any]], lines: Iterator[Any]
) -> tuple[int, object]:
    """The rows up to the next line that is none; answers their number and that line."""
    is_embedded = connection.dialect.name == "sqlite"
    names = [column.name for column in columns]
    count, following = 0, None

    def rows() -> Iterator[dict[str, object]]:
        nonlocal following
        for line in lines:
            if not isinstance(line, list):
                following = line
                return
            values = (_decoded(value, column, is_embedded) for value, column in zip(line, columns, strict=True))
            yield dict(zip(names, values, strict=True))

    wanted = rows()
    while group := list(islice(wanted, _ROWS)):
        connection.execute(table.insert(), group)
        count += len(group)
    return count, following


def _decoded(value: Any, column: Column[Any], is_embedded: bool) -> object:
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        at = datetime.fromisoformat(value)
        return at.replace(tzinfo=None) if is_embedded else at
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value, validate=True)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers rows from a sequence, which must go on after the last one."""
    for column in table.primary_key.columns:
        names = {"table": table.name, "column": column.name}
        sequence = connection.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), names).scalar_one()
        if sequence is not None:
            last = select(column).order_by(column.desc()).limit(1)
            number = connection.execute(last).scalar_one_or_none()
            if number is not None:
                connection.execute(text("SELECT setval(:sequence, :number)"), {"sequence": sequence, "number": number})
