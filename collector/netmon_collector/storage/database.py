"""One engine, many readers; on SQLite one writer at a time, on PostgreSQL as many as it likes."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from threading import Lock
from time import monotonic, sleep

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from netmon_collector.errors import StoreError

_BUSY_TIMEOUT_MS = 10_000
_WAL_RETRY_S = 0.01
_PRIMARY_CODE = 0xFF  # of an extended error code of SQLite
_WRITES = "netmon_writes"
_POSTGRESQL = "postgresql+psycopg"
# A write waits this long for another's lock before it fails, so that nobody hangs behind a collector that hangs.
_LOCK_TIMEOUT_MS = 10_000
_CONNECT_TIMEOUT_S = 10
_CONNECTIONS = 8
_OUR_MISTAKES = (DataError, IntegrityError, NotSupportedError, ProgrammingError)


class Database:
    """A database by its URL. Every access is a `read` or a `write`, which is one transaction.

    Raises StoreError, here and in every access, when the database cannot be used.
    """

    def __init__(self, url: str) -> None:
        try:
            self.engine = _engine(make_url(url))
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise StoreError("the database's URL cannot be used; write sqlite:///FILE or postgresql://...") from error
        self.is_embedded = self.engine.dialect.name == "sqlite"
        # Writers that wait here never see SQLITE_BUSY, which SQLite answers at once to a reader that turns writer.
        self._writing = Lock() if self.is_embedded else nullcontext()
        if self.is_embedded:
            _prepare_sqlite(self.engine)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and changes nothing."""
        with _translated(), self.engine.connect() as connection:
            if not self.is_embedded:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is committed at the end of the block and rolled back when it raises."""
        with _translated(), self._writing, self.engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    def close(self) -> None:
        self.engine.dispose()


def hold(connection: Connection, *names: str) -> None:
    """Within a write: wait until nobody else holds one of these names, and hold them to the end of the transaction.

    Where one writer works at a time there is nothing to wait for.
    """
    if connection.dialect.name != "sqlite":
        for name in sorted(set(names)):
            connection.execute(_HOLD, {"name": name})


_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        return create_engine(url)
    if url.drivername == "postgresql":
        url = url.set(drivername=_POSTGRESQL)
    return create_engine(
        url,
        pool_pre_ping=True,  # a database that came back is used again at once
        pool_size=_CONNECTIONS,
        max_overflow=_CONNECTIONS,
        pool_timeout=_CONNECT_TIMEOUT_S,
        connect_args={
            "connect_timeout": _CONNECT_TIMEOUT_S,
            "options": f"-c lock_timeout={_LOCK_TIMEOUT_MS} -c timezone=UTC",
        },
    )


@contextmanager
def _translated() -> Iterator[None]:
    """Trouble with the database becomes a StoreError; a wrong statement of ours stays what it is."""
    try:
        yield
    except _OUR_MISTAKES:
        raise
    except DBAPIError as error:
        raise StoreError(f"the database cannot be used: {first_line(error)}") from error
    except PoolTimeoutError as error:
        raise StoreError("the database cannot be used: every connection is busy") from error


def first_line(error: DBAPIError) -> str:
    """What the database said, in one line."""
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "do_connect")
    def create_private(_dialect: object, _record: object, arguments: Sequence[object], _options: object) -> None:
        """SQLite gives its files (-wal, -shm) the mode of the database: nobody else reads token hashes and plans."""
        name = str(arguments[0])
        with suppress(OSError):  # it exists, or SQLite will say why it cannot
            if name != ":memory:":
                os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin below, not when the driver thinks so
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        _switch_to_wal(connection)
        for pragma in (
            "synchronous = FULL",  # an agent forgets a record that was answered: it must be on the disk
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """The busy timeout does not hold for this: of several that open a new database at once some are refused."""
    deadline = monotonic() + _BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            sleep(_WAL_RETRY_S)
        else:
            return
