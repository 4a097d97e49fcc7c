"""The state folder: files that are there whole or not at all, and one process at a time."""

import contextlib
import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from netmon_agent.errors import StateError

_LOCK = "lock"


def prepare_folder(folder: Path) -> None:
    """Make the state folder, readable by its owner only. Raises StateError."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StateError(f"the state folder {folder} cannot be made: {error.strerror}") from error


def write_atomically(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Replace a file: after a power cut it holds the old bytes or the new ones. Raises StateError."""
    draft = path.with_name(path.name + ".new")
    try:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()  # left by a power cut, with whatever permissions
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise StateError(f"{path} cannot be written: {error.strerror}") from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class StateLock:
    """Held while an agent runs: two on one state folder would write one outbox under one identity."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _LOCK
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._release()
            raise StateError(f"another netmon-agent runs on {self._path.parent}; stop it first") from error
        except OSError as error:
            self._release()
            raise StateError(f"the state folder {self._path.parent} cannot be used: {error.strerror}") from error
        return self

    def _release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()
