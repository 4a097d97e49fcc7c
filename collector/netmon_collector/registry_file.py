"""The registry's file: replaced as a whole when a table is imported, the one before kept beside it."""

import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from netmon.config.defaults import default_file
from netmon.config.registry import read_registry
from netmon.config.registry_writing import registry_yaml
from netmon.domain.registry import Registry
from netmon.errors import ConfigError, NetmonError
from netmon_collector.errors import TableError
from netmon_collector.settings import Settings

_FILE = "registry.yaml"


def own_registry_file(settings: Settings, config: Path | str) -> Path:
    """The file that an import writes. Raises ConfigError where it is the one that netmon ships."""
    target = settings.registry
    if target == default_file(_FILE):
        raise ConfigError(f"{config}: has no registry of its own; write 'registry: FILE' and copy {target} there")
    return target


def put_in_place(target: Path, registry: Registry, *, at: datetime, bring_into_force: Callable[[], object]) -> Path:
    """Write a registry to its file and bring it into force, both or neither; answers where the old file is kept.

    Raises what bringing it into force raises, TableError, OSError.
    """
    kept = _replace(target, registry, at=at)
    try:
        bring_into_force()
    except NetmonError:
        shutil.copyfile(kept, target)  # the store refuses it: nothing was imported
        raise
    return kept


def _replace(target: Path, registry: Registry, *, at: datetime) -> Path:
    """Put the new file in the place of the old one at once, and keep the old one; answers where."""
    kept = target.with_name(f"{target.name}.{at:%Y%m%dT%H%M%SZ}.bak")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=target.parent, delete=False) as file:
        written = Path(file.name)
        try:
            file.write(registry_yaml(registry))
            file.flush()
            os.fsync(file.fileno())
            if read_registry(written) != registry:
                raise TableError("cannot be written as a registry file that reads back alike")
            shutil.copy2(target, kept)
            shutil.copymode(target, written)
            written.replace(target)
        except BaseException:
            written.unlink(missing_ok=True)
            raise
    return kept
