"""Key files: 64 hex digits on one line, for ticket keys and signing keys alike."""

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
_log = logging.getLogger(__name__)


def read_key_file(path: Path) -> bytes:
    """The 32 bytes of a key file; one that others can read is warned of, whoever reads it.

    Raises ConfigError when it cannot be read, is no key, or may be changed by others.
    """
    try:
        with path.open(encoding="ascii") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read(_MOST_CHARACTERS)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is no key; write 64 hex digits on one line") from error
    if mode & _OTHERS_CHANGE:
        raise ConfigError(f"{path}: others may change this key; run chmod 600 {path}")
    if not _KEY.match(text.strip()):
        raise ConfigError(f"{path}: is no key; write 64 hex digits on one line")
    if mode & _OTHERS_READ:
        _log.warning("others can read %s; run chmod 600 %s", path, path)
    return bytes.fromhex(text.strip())


def write_key_file(path: Path, key: bytes) -> None:
    """Create a key file that only its owner can read. Raises ConfigError when it exists or cannot be written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be created ({error.strerror}); name a new file") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
