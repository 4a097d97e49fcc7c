"""The application: every route over one set of services."""

from aiohttp import web

from netmon_collector.services import Services
from netmon_collector.web.access.guard import guard
from netmon_collector.web.access.hashing import hashing
from netmon_collector.web.agents.authority import add_authority_routes
from netmon_collector.web.agents.counters import IngestCounters
from netmon_collector.web.agents.intake import intake
from netmon_collector.web.agents.limits import Limiters
from netmon_collector.web.agents.routes import add_agent_routes
from netmon_collector.web.answers import errors_to_http
from netmon_collector.web.api.devices import add_device_routes
from netmon_collector.web.api.openapi import add_openapi_routes
from netmon_collector.web.api.public import add_public_routes
from netmon_collector.web.api.record import add_record_routes
from netmon_collector.web.connections import without_deadline
from netmon_collector.web.findings import FindingsOfNow
from netmon_collector.web.health import add_health_routes
from netmon_collector.web.judging import judging_threads
from netmon_collector.web.keys import COUNTERS, FINDINGS, LIMITERS, PAGES, SERVICES
from netmon_collector.web.metrics import add_metrics_routes
from netmon_collector.web.pages.routes import add_page_routes
from netmon_collector.web.pages.shell.rendering import Pages


def make_app(services: Services) -> web.Application:
    """The collector's web application."""
    app = web.Application(middlewares=[without_deadline, errors_to_http, guard])
    app[SERVICES] = services
    app[LIMITERS] = Limiters.of(services.settings.limits, services.clock)
    app[COUNTERS] = IngestCounters()
    app[FINDINGS] = FindingsOfNow(services)
    app[PAGES] = Pages()
    app.cleanup_ctx.append(judging_threads)
    app.cleanup_ctx.append(intake)
    app.cleanup_ctx.append(hashing)
    add_agent_routes(app)
    add_authority_routes(app)
    add_health_routes(app)
    add_public_routes(app)
    add_record_routes(app)
    add_device_routes(app)
    add_metrics_routes(app)
    add_openapi_routes(app)
    add_page_routes(app)
    return app
