"""What other programs ask: the indicator, organisations, lines, their measurements."""

import asyncio
from datetime import date, datetime

from aiohttp import web

from netmon.domain.access import Role
from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.period import Period
from netmon.domain.registry import Line, Organisation
from netmon.domain.verdict import SubjectKind
from netmon.wire.canonical import format_time
from netmon.wire.plain import plain
from netmon_collector.documents.roadmap import roadmap_document
from netmon_collector.documents.verdicts import judgement_document
from netmon_collector.errors import NotFoundError
from netmon_collector.services import Services
from netmon_collector.use_cases.closing import closing_document, verified
from netmon_collector.use_cases.indicator import indicator_at, indicator_document
from netmon_collector.use_cases.judging import judge_period
from netmon_collector.use_cases.roadmap import roadmap_at
from netmon_collector.web.access.visitor import visitor_of
from netmon_collector.web.answers import json_answer
from netmon_collector.web.api.queries import cursor_of, day_of, encode_cursor, line_of, page_size, period_of, span_of
from netmon_collector.web.api.tables import measurement_document, measurements_csv
from netmon_collector.web.judging import judged
from netmon_collector.web.keys import SERVICES


def add_public_routes(app: web.Application) -> None:
    app.router.add_get("/api/v1/territories/{territory}/coverage", get_coverage)
    app.router.add_get("/api/v1/organisations", get_organisations)
    app.router.add_get("/api/v1/lines/{line}", get_line)
    app.router.add_get("/api/v1/lines/{line}/measurements", get_measurements)
    app.router.add_get("/api/v1/lines/{line}/verdicts", get_verdicts)
    app.router.add_get("/api/v1/roadmap", get_roadmap)


async def get_coverage(request: web.Request) -> web.Response:
    services, now = request.app[SERVICES], request.app[SERVICES].clock.now()
    territory = TerritoryId(request.match_info["territory"])
    asked = day_of(request, "at")

    def answer() -> dict[str, object]:
        inputs = services.indicator_inputs(territory, now=now)
        return indicator_document(indicator_at(asked or _today(services, territory, now), inputs))

    return json_answer({"v": 1, **await judged(request, answer)})


def _today(services: Services, territory: TerritoryId, now: datetime) -> date:
    return now.astimezone(services.registry.territory_by_id[territory].time_zone).date()


async def get_organisations(request: web.Request) -> web.Response:
    services, now = request.app[SERVICES], request.app[SERVICES].clock.now()
    registry, visitor = services.registry, visitor_of(request)
    asked = request.query.get("territory")
    if asked is not None and asked not in registry.territory_by_id:
        raise NotFoundError(f"the registry has no territory '{asked}'")
    wanted = [
        one
        for one in registry.organisations
        if one.during.contains(_today(services, one.territory, now))
        and (asked is None or registry.contains(TerritoryId(asked), one.territory))
        and visitor.may(Role.VIEWER, one.territory, registry)
    ]
    return json_answer({"v": 1, "organisations": [_organisation(one, services, now) for one in wanted]})


def _organisation(one: Organisation, services: Services, now: datetime) -> dict[str, object]:
    registry, today = services.registry, _today(services, one.territory, now)
    exemption = registry.exemption_of(one.id, today)
    return {
        "id": one.id,
        "name": plain(one.name),
        "territory": one.territory,
        "line_rule": one.line_rule.value,
        "external_ids": dict(one.external_ids),
        "exempt_by": None if exemption is None else exemption.document,
        "sites": [
            {
                "id": site.id,
                "main": use.main,
                "address": plain(site.address),
                "lines": [line.id for line in registry.deciding_lines(site.id, today)],
            }
            for site, use in registry.uses(one.id, today)
        ],
    }


async def get_line(request: web.Request) -> web.Response:
    services, now = request.app[SERVICES], request.app[SERVICES].clock.now()
    line = line_of(request, services)
    seen = await asyncio.to_thread(services.store.last_seen, [line.id])
    return json_answer({"v": 1, **_line(line, services, now), "last_seen": _time_or_none(seen.get(line.id))})


def _time_or_none(at: datetime | None) -> str | None:
    return None if at is None else format_time(at)


def _line(line: Line, services: Services, now: datetime) -> dict[str, object]:
    registry, policy = services.registry, services.policy
    today = now.astimezone(registry.time_zone(line.id)).date()
    locality = registry.locality_type(line.id, today)
    threshold = None if locality is None else policy.threshold_bps(locality, today)
    contract = line.contract_at(today)
    return {
        "id": line.id,
        "site": line.site,
        "role": line.role.value,
        "valid_from": plain(line.during.start),
        "valid_to": plain(line.during.end),
        "locality": registry.locality_of(line.id).id,
        "locality_type": None if locality is None else locality.value,
        "organisations": list(registry.organisations_of(line.id, today)),
        "threshold_bps": threshold,
        "limit_bps": None if threshold is None else policy.limit_bps(threshold),
        "policy": policy.id,
        "contract": None
        if contract is None
        else {"provider": contract.provider, "number": contract.number, "rate_bps": contract.rate_bps},
    }


async def get_measurements(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    line: LineId = line_of(request, services).id
    start, end = span_of(request, services.clock.now())
    after, limit = cursor_of(request), page_size(request)
    found, following = await asyncio.to_thread(
        services.store.measurement_page, line, start, end, after=after, limit=limit
    )
    mark = None if following is None else encode_cursor(following)
    links = {} if mark is None else {"Link": f'<{request.rel_url.update_query(after=mark)}>; rel="next"'}
    if "text/csv" in request.headers.get("Accept", ""):
        text = measurements_csv(found)
        return web.Response(text=text, content_type="text/csv", charset="utf-8", headers={**links, "Vary": "Accept"})
    document = {"v": 1, "line": line, "measurements": [measurement_document(one) for one in found], "next": mark}
    return json_answer(document, headers={**links, "Vary": "Accept"})


async def get_verdicts(request: web.Request) -> web.Response:
    services, now = request.app[SERVICES], request.app[SERVICES].clock.now()
    line = line_of(request, services)
    territory = services.registry.locality_of(line.id).territory
    period = period_of(request) or Period.month(_today(services, territory, now))

    def answer() -> dict[str, object]:
        closed = services.store.closing(territory, period)
        if closed is not None:
            own = [one for one in verified(closed).verdicts if (one.kind, one.id) == (SubjectKind.LINE, line.id)]
            return closing_document(closed, own)
        found = judge_period(
            territory,
            period,
            evidence=services.store,
            registry=services.registry,
            policy=services.policy,
            calendars=services.calendars,
            as_of=now,
        )
        return judgement_document(found, [found.lines[line.id]], services.registry)

    return json_answer({"v": 1, **await judged(request, answer)})


async def get_roadmap(request: web.Request) -> web.Response:
    services, now = request.app[SERVICES], request.app[SERVICES].clock.now()
    roadmap = services.roadmap
    day = day_of(request, "at") or _today(services, roadmap.territory, now)

    def answer() -> dict[str, object]:
        inputs = services.indicator_inputs(roadmap.territory, now=now)
        return roadmap_document(roadmap_at(day, roadmap, inputs))

    return json_answer(await judged(request, answer))
