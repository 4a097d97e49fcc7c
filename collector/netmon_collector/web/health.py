"""Whether the process lives, and whether it can do its work."""

import asyncio

from aiohttp import web

from netmon_collector.services import Services
from netmon_collector.storage.migration import SchemaState, schema_state
from netmon_collector.web.answers import json_answer
from netmon_collector.web.keys import SERVICES


def add_health_routes(app: web.Application) -> None:
    app.router.add_get("/healthz", get_healthz)
    app.router.add_get("/readyz", get_readyz)


async def get_healthz(_request: web.Request) -> web.Response:
    return json_answer({"status": "alive"})


async def get_readyz(request: web.Request) -> web.Response:
    missing = await asyncio.to_thread(_missing, request.app[SERVICES])
    if missing is None:
        return json_answer({"status": "ready"})
    return json_answer({"status": "not ready", "missing": missing}, status=503)


def _missing(services: Services) -> str | None:
    """What is missing for the work. Raises StoreError."""
    if schema_state(services.store.database) is not SchemaState.CURRENT:
        return "the database's schema"
    if services.registry.lines and services.settings.servers and not services.store.positions():
        return "the timetable"
    return None
