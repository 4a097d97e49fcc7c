"""The pages' routes: one territory a page, in the reader's language."""

import asyncio
from pathlib import Path

from aiohttp import web

from netmon.domain.identifiers import TerritoryId
from netmon_collector.errors import NotFoundError
from netmon_collector.services import Services
from netmon_collector.web.findings import FindingsOfNow
from netmon_collector.web.judging import judged
from netmon_collector.web.keys import FINDINGS, PAGES, SERVICES
from netmon_collector.web.pages import SECURITY_HEADERS, STATIC_FOLDER
from netmon_collector.web.view import TerritoryState, parse_filter
from netmon_collector.wording.language import Language, choose_language

_TYPES = {".css": "text/css", ".svg": "image/svg+xml"}
_YEAR_S = 31_536_000
_HOUR_S = 3600


def add_site_routes(app: web.Application) -> None:
    """The home territory at ``/``, every territory at ``/territories/ID/``; both find their files beside them."""
    for folder in ("", "/territories/{territory}"):
        app.router.add_get(f"{folder}/", get_page)
        app.router.add_get(f"{folder}/static/{{name}}", get_static)
    app.router.add_get("/favicon.ico", get_favicon)


async def get_page(request: web.Request) -> web.Response:
    services, found = request.app[SERVICES], request.app[FINDINGS]
    territory = TerritoryId(request.match_info.get("territory", services.roadmap.territory))
    only = parse_filter(request.query.get("verdict"))
    pages, language = request.app[PAGES], _language(request)
    text = await judged(
        request, lambda: pages.coverage(_state(services, found, territory), language=language, only=only)
    )
    headers = {**SECURITY_HEADERS, "Cache-Control": "no-cache"}
    answer = web.Response(text=text, content_type="text/html", charset="utf-8", headers=headers)
    answer.enable_compression()
    return answer


def _language(request: web.Request) -> Language:
    """What the reader asked for, else the browser's, else the collector's."""
    accepted = request.headers.get("Accept-Language", "")
    return choose_language(request.query.get("lang"), f"{accepted},{request.app[SERVICES].settings.language};q=0.001")


def _state(services: Services, found: FindingsOfNow, territory: TerritoryId) -> TerritoryState:
    now = found.of(territory)
    registry, store = services.registry, services.store
    lines = [line.id for line in registry.lines_in(territory)]
    zone = registry.territory_by_id[territory].time_zone
    return TerritoryState(
        coverage=now.coverage,
        trend=found.trend(territory),
        verdicts=now.organisations,
        registry=registry,
        policy=services.policy,
        last_seen=store.last_seen(lines),
        made_at=now.made_at,
        title=services.indicator_title(territory),
        demonstration=services.policy.accept_emulated,
        emulated=() if now.period is None else store.emulated_lines(lines, *now.period.bounds(zone)),
    )


async def get_static(request: web.Request) -> web.Response:
    """A file of ours; the pages name it with its version, so browsers may keep that for ever."""
    seconds = _YEAR_S if "v" in request.query else _HOUR_S
    return await _file(STATIC_FOLDER / Path(request.match_info["name"]).name, seconds)


async def get_favicon(_request: web.Request) -> web.Response:
    return await _file(STATIC_FOLDER / "favicon.svg", _HOUR_S)


async def _file(path: Path, keep_s: int) -> web.Response:
    content_type = _TYPES.get(path.suffix)
    if content_type is None or not await asyncio.to_thread(path.is_file):
        raise NotFoundError("there is no such file")
    headers = {"Cache-Control": f"public, max-age={keep_s}", "X-Content-Type-Options": "nosniff"}
    body = await asyncio.to_thread(path.read_bytes)
    return web.Response(body=body, content_type=content_type, charset="utf-8", headers=headers)
