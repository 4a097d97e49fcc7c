"""What is known of a line's device and its path: none of it decides, all of it helps to find a fault."""

import asyncio
from collections.abc import Mapping

from aiohttp import web

from netmon.domain.absence import Absence
from netmon.domain.path_diagnosis import PathDiagnosis, Trace
from netmon.wire.canonical import format_time
from netmon.wire.path_body import trace_document
from netmon.wire.plain import plain
from netmon_collector.ports import DeviceChange, SeenDevice
from netmon_collector.web.answers import json_answer
from netmon_collector.web.api.queries import line_of, span_of
from netmon_collector.web.keys import SERVICES

_MOST = 500


def add_device_routes(app: web.Application) -> None:
    app.router.add_get("/api/v1/lines/{line}/device", get_device)
    app.router.add_get("/api/v1/lines/{line}/absences", get_absences)
    app.router.add_get("/api/v1/lines/{line}/paths", get_paths)


async def get_device(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    line = line_of(request, services).id
    seen = await asyncio.to_thread(services.store.devices, [line])
    changes = await asyncio.to_thread(services.store.device_changes, line)
    document = {
        "v": 1,
        "line": line,
        "device": None if line not in seen else device_document(seen[line]),
        "changes": [_change(one) for one in changes[-_MOST:]],
    }
    return json_answer(document)


def device_document(seen: SeenDevice) -> Mapping[str, object]:
    return {**seen.state.document(), "agent": seen.agent, "at": format_time(seen.at)}


def _change(one: DeviceChange) -> dict[str, object]:
    return {
        "agent": one.agent,
        "at": format_time(one.at),
        "software": one.software,
        "config_hash": one.config_hash,
    }


async def get_absences(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    line = line_of(request, services).id
    start, end = span_of(request, services.clock.now())
    found = await asyncio.to_thread(services.store.absences, line, start, end)
    return json_answer({"v": 1, "line": line, "absences": [_absence(one) for one in found[-_MOST:]]})


def _absence(one: Absence) -> dict[str, object]:
    return {"since": plain(one.since), "ended_at": plain(one.ended_at), "cause": one.cause.value}


async def get_paths(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    line = line_of(request, services).id
    start, end = span_of(request, services.clock.now())
    found = await asyncio.to_thread(services.store.path_diagnoses, line, start, end)
    return json_answer({"v": 1, "line": line, "paths": [_path(one) for one in found[-_MOST:]]})


def _path(one: PathDiagnosis) -> dict[str, object]:
    return {
        "started_at": plain(one.started_at),
        "duration_s": one.duration_s,
        "slot": one.slot,
        "server": one.server,
        "host": one.host,
        "trigger": one.trigger.value,
        "outcome": one.outcome.value,
        "mtu_bytes": one.mtu_bytes,
        "traces": [_trace(trace) for trace in one.traces],
    }


def _trace(trace: Trace) -> dict[str, object]:
    begins = trace.loss_begins
    where = None if begins is None else {"ttl": begins.ttl, "address": begins.address}
    return {**trace_document(trace), "loss_begins": where}
