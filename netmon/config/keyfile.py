"""Key files: 64 hex digits on one line, for ticket keys and signing keys alike."""

import os
import re
import stat
from pathlib import Path

from netmon.errors import ConfigError

_KEY = re.compile(r"[0-9a-fA-F]{64}\Z")


def read_key_file(path: Path) -> bytes:
    """The 32 bytes of a key file.

    Raises ConfigError when it cannot be read, is no key, or may be changed by others.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is no key; write 64 hex digits on one line") from error
    if stat.S_IMODE(mode) & 0o022:
        raise ConfigError(f"{path}: others may change this key; run chmod 600 {path}")
    if not _KEY.match(text.strip()):
        raise ConfigError(f"{path}: is no key; write 64 hex digits on one line")
    return bytes.fromhex(text.strip())


def is_private(path: Path) -> bool:
    """Whether only the owner can read the key."""
    return not stat.S_IMODE(path.stat().st_mode) & 0o044


def write_key_file(path: Path, key: bytes) -> None:
    """Create a key file that only its owner can read. Raises ConfigError when it exists or cannot be written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be created ({error.strerror}); name a new file") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
