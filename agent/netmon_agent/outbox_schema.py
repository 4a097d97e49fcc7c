"""The outbox's file: its tables, how it is opened, and what happens to one that is damaged."""

import contextlib
import os
import sqlite3
from datetime import datetime
from pathlib import Path

from netmon.wire.canonical import format_time
from netmon_agent.errors import OutboxError
from netmon_agent.ports import Say

FILE = "outbox.db"
VERSION = 2
_DAMAGED_KEPT = 2
_SIDE_FILES = ("-wal", "-shm", "-journal")
_CHECKPOINT_PAGES = 500
_MOST_WAL_BYTES = 1 << 20

_LIFE = """
CREATE TABLE life (
    device_at TEXT NOT NULL,
    clock_offset_s REAL,
    boot TEXT NOT NULL,
    ended INTEGER NOT NULL
);
"""
_TABLES = (
    """
CREATE TABLE meta (
    stream TEXT NOT NULL,
    since TEXT NOT NULL
);
CREATE TABLE records (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    device_at TEXT NOT NULL,
    clock_offset_s REAL,
    monotonic REAL NOT NULL,
    boot TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE TABLE aside (
    sequence INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    result TEXT NOT NULL,
    detail TEXT
);
CREATE TABLE dropped (
    kind TEXT PRIMARY KEY,
    records INTEGER NOT NULL
);
CREATE TABLE slots (
    id TEXT PRIMARY KEY,
    tried INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    done INTEGER NOT NULL
) WITHOUT ROWID;
"""
    + _LIFE
)


def open_database(folder: Path, *, now: datetime, say: Say) -> sqlite3.Connection:
    """The outbox's database; a damaged one is put aside and a new one, with a new stream, begun.

    Raises OutboxError when the folder cannot be used, which is no damage: a full disk may be empty tomorrow.
    """
    path = folder / FILE
    try:
        return _open(path, now)
    except sqlite3.OperationalError as error:
        raise OutboxError(f"the outbox {path} cannot be used: {error}") from error
    except sqlite3.DatabaseError as error:
        aside = _put_aside(path)
        say(f"the outbox {path} is damaged ({error}); it is kept as {aside.name}, and a new stream begins")
    try:
        return _open(path, now)
    except sqlite3.Error as error:
        raise OutboxError(f"the outbox {path} cannot be used: {error}") from error


def _open(path: Path, now: datetime) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, now)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, now: datetime) -> None:
    """What costs flash: a commit writes whole pages; the index that processes share (-shm) is written back with each; a
    log that is cut has its blocks allocated anew."""
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
        connection.execute("PRAGMA page_size = 512")
        connection.execute("PRAGMA journal_mode = WAL")
    # FULL: a commit returns when the kernel says that its bytes are on the medium, so a power cut takes nothing back.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit = {_MOST_WAL_BYTES}")
    connection.execute("PRAGMA cache_size = -128")
    if version == 0:
        _create(connection, now)
    elif version == 1:
        connection.executescript(f"BEGIN IMMEDIATE; {_LIFE} PRAGMA user_version = {VERSION}; COMMIT;")
    elif version != VERSION:
        raise sqlite3.DatabaseError(f"its version is {version}, not {VERSION}")
    problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if problem != "ok":
        raise sqlite3.DatabaseError(problem)


def _create(connection: sqlite3.Connection, now: datetime) -> None:
    """All tables or none: a power cut in the middle leaves an empty file."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in _TABLES.split(";"):
        if statement.strip():
            connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES (?, ?)", (os.urandom(16).hex(), format_time(now)))
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _put_aside(path: Path) -> Path:
    """Rename the damaged database and what belongs to it; older damaged ones make room."""
    older = sorted(path.parent.glob(f"{path.name}.damaged-*"), key=_number)
    aside = path.with_name(f"{path.name}.damaged-{_number(older[-1]) + 1 if older else 1}")
    try:
        for old in older[: max(len(older) + 1 - _DAMAGED_KEPT, 0)]:
            old.unlink()
        path.replace(aside)
        for suffix in _SIDE_FILES:
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + suffix).unlink()
    except OSError as error:
        raise OutboxError(f"the damaged outbox {path} cannot be put aside: {error.strerror}") from error
    return aside


def _number(path: Path) -> int:
    number = path.name.rpartition("-")[2]
    return int(number) if number.isdigit() else 0
