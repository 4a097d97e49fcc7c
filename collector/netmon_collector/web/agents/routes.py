"""What agents ask: an identity, their timetable, and a place for their records."""

import asyncio
import logging
from datetime import datetime

from aiohttp import web

from netmon.domain.identifiers import AgentId, LineId
from netmon.errors import WireError
from netmon.wire.canonical import content_hash, parse_object
from netmon.wire.device import HEADER, DeviceState
from netmon.wire.records import MAX_BATCH_BYTES, MAX_BATCH_RECORDS, Answer
from netmon.wire.timetable import EnrolmentRequest, Timetable, answers_document
from netmon_collector.errors import TooLargeError, UnauthorisedError
from netmon_collector.services import Services
from netmon_collector.use_cases.enrolment import enrol, token_hash
from netmon_collector.use_cases.ingest import Batch
from netmon_collector.use_cases.timetable import timetable_of
from netmon_collector.web.agents.body import read_body
from netmon_collector.web.answers import json_answer
from netmon_collector.web.keys import COUNTERS, INTAKE, LIMITERS, SERVICES

_log = logging.getLogger(__name__)
_MAX_REQUEST_BYTES = 4096
_LONGEST_TOKEN = 200
_TOGETHER = 25


def add_agent_routes(app: web.Application) -> None:
    app.router.add_post("/api/v1/enrol", post_enrol)
    app.router.add_get("/api/v1/agent/timetable", get_timetable)
    app.router.add_post("/api/v1/agent/records", post_records)


async def post_enrol(request: web.Request) -> web.Response:
    services, limiters = request.app[SERVICES], request.app[LIMITERS]
    limiters.enrolments_per_address.take(request.remote or "")
    limiters.enrolments.take("")
    body = await read_body(request, limit=_MAX_REQUEST_BYTES, within_s=services.settings.limits.body_s)
    asked = EnrolmentRequest.from_document(parse_object(body, limit=_MAX_REQUEST_BYTES))
    found = await asyncio.to_thread(enrol, asked.code, asked.software, store=services.store, at=services.clock.now())
    return json_answer(found.document(), headers={"Cache-Control": "no-store"})


async def get_timetable(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    agent = await _authenticated(request)
    timetable = await asyncio.to_thread(_timetable, agent, services, request.headers.get(HEADER))
    document = timetable.document()
    headers = {"ETag": _etag(document), "Cache-Control": "private, no-cache"}
    if headers["ETag"] in [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]:
        return web.Response(status=304, headers=headers)
    return json_answer(document, headers=headers)


def _timetable(agent: AgentId, services: Services, said: str | None) -> Timetable:
    at = services.clock.now()
    services.store.saw(agent, at=at)
    if said is not None:
        _hear(agent, said, services, at=at)
    bound = [binding.line for binding in services.store.bindings(agent) if binding.contains(at)]
    line: LineId | None = bound[0] if bound else None
    return timetable_of(
        line,
        store=services.store,
        inputs=services.planning,
        probes=services.settings.probes,
        poll_s=services.settings.poll_s,
        at=at,
    )


def _hear(agent: AgentId, said: str, services: Services, *, at: datetime) -> None:
    """What a device says of itself is worth knowing and nothing that its timetable may depend on."""
    try:
        state = DeviceState.from_header(said)
    except WireError as error:
        _log.warning("what %s says of its device cannot be used: %s", agent, error)
        return
    services.store.saw_device(agent, state, at=at)


def _etag(document: dict[str, object]) -> str:
    """The same as long as nothing but the time of asking changed."""
    return f'W/"{content_hash({**document, "issued_at": None})[:32]}"'


async def post_records(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    agent = await _authenticated(request)
    request.app[LIMITERS].batches.take(agent)
    intake = request.app[INTAKE].records
    intake.refuse_when_full(request.content_length or 0)
    body = await read_body(request, limit=MAX_BATCH_BYTES, within_s=services.settings.limits.body_s)
    request.app[LIMITERS].bytes.take(agent, len(body))
    lines = [line for line in body.split(b"\n") if line.strip()]
    if len(lines) > MAX_BATCH_RECORDS:
        raise TooLargeError(f"the batch has more than {MAX_BATCH_RECORDS} records")
    answers: list[Answer] = []
    # In parts, so that who brings a lot holds the others up for the time of one part at most.
    for first in range(0, len(lines), _TOGETHER):
        part = lines[first : first + _TOGETHER]
        batch = Batch(lines=part, agent=agent, received_at=services.clock.now())
        answers.extend(await intake.ask(batch, size=sum(map(len, part))))
    request.app[COUNTERS].count(answers)
    return json_answer(answers_document([one.document() for one in answers], server_time=services.clock.now()))


async def _authenticated(request: web.Request) -> AgentId:
    """The agent whose token the request carries. Raises UnauthorisedError."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token) <= _LONGEST_TOKEN or not token.isascii():
        raise UnauthorisedError
    agent = await request.app[INTAKE].agents.ask(token_hash(token.strip()))
    if agent is None:
        raise UnauthorisedError
    return agent
