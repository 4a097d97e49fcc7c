"""Looking into the outbox of an agent that runs: it keeps the file for itself, so a copy is read."""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from netmon_agent.outbox_schema import FILE

_ATTEMPTS = 5
_WAL = f"{FILE}-wal"
_WAL_HEADER_BYTES = 32  # with the salts, which change when SQLite begins the file anew


@contextlib.contextmanager
def copied(folder: Path) -> Iterator[sqlite3.Connection]:
    """The outbox in a state folder as it was at one moment, whoever writes it meanwhile.

    Raises OSError when it cannot be copied, sqlite3.Error when it is damaged.
    """
    with tempfile.TemporaryDirectory() as temporary:
        _copy(folder, Path(temporary))
        with contextlib.closing(sqlite3.connect(Path(temporary) / FILE)) as database:
            yield database


def _copy(folder: Path, to: Path) -> None:
    """The two files belong together if no checkpoint came between: it writes the first, and the second begins anew."""
    for _ in range(_ATTEMPTS):
        before = _version(folder)
        (to / _WAL).unlink(missing_ok=True)  # of the attempt before: there may be none any more
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(folder / _WAL, to / _WAL)
        shutil.copyfile(folder / FILE, to / FILE)
        if _version(folder) == before:
            return
    raise OSError(f"{folder / FILE} is written too busily to be read")


def _version(folder: Path) -> tuple[int, int, bytes]:
    status, header = (folder / FILE).stat(), b""
    with contextlib.suppress(FileNotFoundError), (folder / _WAL).open("rb") as wal:
        header = wal.read(_WAL_HEADER_BYTES)
    return status.st_mtime_ns, status.st_size, header
