"""Files with one secret: keys of 64 hex digits, for ticket keys and signing keys alike, and passwords."""

import logging
import os
import re
import stat
from pathlib import Path

from netmon.errors import ConfigError

_KEY = re.compile(r"[0-9a-fA-F]{64}\Z")
_OTHERS_CHANGE = 0o022
_OTHERS_READ = 0o044
_MOST_CHARACTERS = 1024  # a key and what editors leave around it
_NO_KEY = "is no key; write 64 hex digits on one line"
_NO_PASSWORD = "is no password; write it on one line, in letters, digits and signs of ASCII"  # noqa: S105 - a message
_log = logging.getLogger(__name__)


def read_key_file(path: Path) -> bytes:
    """The 32 bytes of a key file; one that others can read is warned of, whoever reads it.

    Raises ConfigError when it cannot be read, is no key, or may be changed by others.
    """
    text = _read_private(path, "key", _NO_KEY)
    if not _KEY.match(text):
        raise ConfigError(f"{path}: {_NO_KEY}")
    return bytes.fromhex(text)


def read_password_file(path: Path) -> str:
    """The password that is the one line of a file, under the same rules. Raises ConfigError."""
    text = _read_private(path, "password", _NO_PASSWORD)
    if not text or not text.isprintable():
        raise ConfigError(f"{path}: {_NO_PASSWORD}")
    return text


def _read_private(path: Path, what: str, otherwise: str) -> str:
    try:
        with path.open(encoding="ascii") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read(_MOST_CHARACTERS)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: {otherwise}") from error
    if mode & _OTHERS_CHANGE:
        raise ConfigError(f"{path}: others may change this {what}; run chmod 600 {path}")
    if mode & _OTHERS_READ:
        _log.warning("others can read %s; run chmod 600 %s", path, path)
    return text.strip()


def write_key_file(path: Path, key: bytes) -> None:
    """Create a key file that only its owner can read. Raises ConfigError when it exists or cannot be written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be created ({error.strerror}); name a new file") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
