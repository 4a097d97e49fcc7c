"""The ZIP of an evidence pack: written so that the same members are the same bytes, read within limits.

Members are stored, not compressed: nothing can be larger inside than outside, and the bytes do not depend on a
library's compression, so a reader can write the archive again and compare.
"""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import NoReturn

from netmon_collector.errors import PackError
from netmon_collector.verifier.members import ALL

MOST_BYTES = 64 * 1024 * 1024
_TIME = (1980, 1, 1, 0, 0, 0)
_FILE = 0o100644 << 16
_UNIX = 3


def write_archive(members: Mapping[str, bytes], *, compression: int = zipfile.ZIP_STORED) -> bytes:
    """The members in the order of their names, without times of their own."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type, entry.external_attr, entry.create_system = compression, _FILE, _UNIX
            archive.writestr(entry, members[name])
    return written.getvalue()


def read_archive(data: bytes) -> Mapping[str, bytes]:
    """The members by their names, exactly those that a pack has. Raises PackError in one line for anything else."""
    if len(data) > MOST_BYTES:
        _refuse(f"is longer than {MOST_BYTES // 1024**2} MiB, which no evidence pack is")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            _check(entries, len(data))
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise PackError(f"is no whole ZIP archive ({error})") from error


def _check(entries: list[zipfile.ZipInfo], most: int) -> None:
    if len(entries) > len(ALL):
        _refuse(f"has {len(entries)} members, an evidence pack has {len(ALL)}")
    names = [entry.filename for entry in entries]
    for entry in entries:
        name = entry.filename
        if names.count(name) > 1:
            _refuse(f"has the member {_shown(name)} twice")
        if name not in ALL:
            _refuse(f"has the member {_shown(name)}, which belongs to no evidence pack")
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
            _refuse(f"has the member {_shown(name)} compressed; netmon writes packs without compression")
        if entry.file_size > most:
            _refuse(f"has the member {_shown(name)} larger than itself")
    missing = sorted(set(ALL) - set(names))
    if missing:
        _refuse(f"lacks the member {missing[0]}")


def _shown(name: str) -> str:
    return repr(name[:60])


def _refuse(reason: str) -> NoReturn:
    raise PackError(reason)
