"""The composition root: builds everything from collector.yaml and hands it down."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Thread

from netmon.clock import Clock
from netmon_collector.configuration import Configuration, in_force, read_configuration, sync
from netmon_collector.errors import CollectorError
from netmon_collector.jobs import Jobs
from netmon_collector.services import Services
from netmon_collector.settings import read_settings
from netmon_collector.storage.database import Database
from netmon_collector.storage.migration import ensure_schema
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.accounts import Manager, first_link
from netmon_collector.web.agents.authority import certificates_in
from netmon_collector.web.app import make_app
from netmon_collector.web.keys import FINDINGS
from netmon_collector.web.server import allow_descriptors, handed_sockets, open_socket, run
from netmon_collector.web.tls import TlsFiles

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


def serve(config: Path, clock: Clock) -> None:
    """Run the collector until it is told to stop."""
    with open_updated_services(config, clock) as services:
        settings = services.settings
        tls = None if settings.tls is None else TlsFiles(settings.tls)
        if settings.tls is not None and settings.tls.ca is not None:
            certificates_in(settings.tls.ca)  # said now, not when the first device asks
        sockets = [*handed_sockets(), *(open_socket(host, port) for host, port in settings.listen)]
        if not sockets:
            raise CollectorError("nothing to listen on; name an address under 'listen'")
        allow_descriptors()
        _invite_first_administrator(services)
        jobs = Jobs(services)
        jobs.start()
        try:
            app = make_app(services)
            Thread(target=app[FINDINGS].warm, name="warming", daemon=True).start()
            run(app, sockets, limits=settings.limits, tls=tls, on_listening=_announce)
        finally:
            jobs.stop()


def _invite_first_administrator(services: Services) -> None:
    """While nobody has an account, every start says the one link that makes one; the one before opens nothing then."""
    manager = Manager(actor="netmon", grants=())
    secret = first_link(manager=manager, store=services.store, at=services.clock.now())
    if secret is not None:
        where = f"{services.settings.address}/link/{secret}"
        _log.warning("nobody has an account yet: become the administrator at %s (once, within 24 hours)", where)


def _announce(addresses: object) -> None:
    _log.info("the collector listens on %s", addresses)
