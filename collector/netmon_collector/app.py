"""The composition root: builds everything from collector.yaml and hands it down."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netmon.clock import Clock
from netmon_collector.configuration import read_configuration, sync
from netmon_collector.errors import CollectorError
from netmon_collector.jobs import Jobs
from netmon_collector.services import Services
from netmon_collector.settings import read_settings
from netmon_collector.storage.database import Database
from netmon_collector.storage.migration import ensure_schema
from netmon_collector.storage.store import SqlStore
from netmon_collector.web.app import make_app
from netmon_collector.web.server import handed_sockets, open_socket, run, tls_context

_log = logging.getLogger(__name__)


@contextmanager
def open_services(config: Path, clock: Clock) -> Iterator[Services]:
    """A collector over its store, brought to what the files say; closed at the end of the block.

    Raises ConfigError, and CollectorError when the store cannot be used.
    """
    settings = read_settings(config)
    configuration = read_configuration(settings)
    database = Database(settings.database)
    try:
        ensure_schema(database)
        store = SqlStore(database)
        sync(configuration, store, at=clock.now())
        yield Services(
            settings=settings,
            store=store,
            registry=configuration.registry,
            policy=configuration.policy,
            calendars=configuration.calendars,
            roadmap=configuration.roadmap,
            clock=clock,
        )
    finally:
        database.close()


def serve(config: Path, clock: Clock) -> None:
    """Run the collector until it is told to stop."""
    with open_services(config, clock) as services:
        settings = services.settings
        tls = None if settings.tls is None else tls_context(settings.tls.certificate, settings.tls.key)
        sockets = [*handed_sockets(), *(open_socket(host, port) for host, port in settings.listen)]
        if not sockets:
            raise CollectorError("nothing to listen on; name an address under 'listen'")
        jobs = Jobs(services)
        jobs.start()
        try:
            run(make_app(services), sockets, tls=tls, on_listening=_announce)
        finally:
            jobs.stop()


def _announce(addresses: object) -> None:
    _log.info("the collector listens on %s", addresses)
