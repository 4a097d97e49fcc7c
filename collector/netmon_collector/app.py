"""The composition root: builds everything from collector.yaml and hands it down; `serving` puts a server around it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from netmon.clock import Clock
from netmon_collector.configuration import Configuration, in_force, read_configuration, sync
from netmon_collector.services import Services
from netmon_collector.settings import read_settings
from netmon_collector.storage.database import Database
from netmon_collector.storage.migration import ensure_schema
from netmon_collector.storage.store import SqlStore

_log = logging.getLogger(__name__)


@contextmanager
def open_services(config: Path, clock: Clock) -> Iterator[Services]:
    """A collector by what is in force in its store, closed at the end of the block; says when the files differ.

    Only a store in which nothing was ever decided takes what the files say. Raises ConfigError, and CollectorError when
    the store cannot be used.
    """
    with _opened(config, clock, _held) as services:
        yield services


@contextmanager
def open_updated_services(config: Path, clock: Clock) -> Iterator[Services]:
    """The same, the store first brought to what the files say. Raises RegistryError besides."""
    with _opened(config, clock, _updated) as services:
        yield services


def _held(written: Configuration, store: SqlStore, at: datetime) -> Configuration:
    found = in_force(written, store)
    if found is None:
        return _updated(written, store, at)
    if found.differing:
        _log.warning(
            "not in force yet: what the files say about %s; run netmon-collector migrate or restart the collector",
            ", ".join(found.differing),
        )
    return found.configuration


def _updated(written: Configuration, store: SqlStore, at: datetime) -> Configuration:
    sync(written, store, at=at)
    return written


@contextmanager
def _opened(
    config: Path, clock: Clock, decide: Callable[[Configuration, SqlStore, datetime], Configuration]
) -> Iterator[Services]:
    settings = read_settings(config)
    written = read_configuration(settings)
    database = Database(settings.database)
    try:
        ensure_schema(database)
        store = SqlStore(database)
        configuration = decide(written, store, clock.now())
        services = Services(settings=settings, store=store, files=configuration, clock=clock)
        services.refresh()
        yield services
    finally:
        database.close()
