"""Running the collector: sockets, jobs and the web around what app.py builds.

Only who serves imports this: the other commands start in half the time without it.
"""

import logging
from pathlib import Path
from threading import Thread

from netmon.clock import Clock
from netmon_collector.app import open_updated_services
from netmon_collector.errors import CollectorError
from netmon_collector.jobs import Jobs
from netmon_collector.services import Services
from netmon_collector.use_cases.accounts import Manager, first_link
from netmon_collector.web.agents.authority import certificates_in
from netmon_collector.web.app import make_app
from netmon_collector.web.keys import FINDINGS
from netmon_collector.web.server import allow_descriptors, handed_sockets, open_socket, run
from netmon_collector.web.tls import TlsFiles

_log = logging.getLogger(__name__)


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
