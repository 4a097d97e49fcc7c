"""/metrics: the present state for Prometheus."""

from datetime import date, datetime, timedelta

from aiohttp import web

from netmon import __version__
from netmon.domain.identifiers import LineId
from netmon.domain.registry import Line
from netmon.domain.verdict import Verdict
from netmon_collector.exposition import CONTENT_TYPE, IngestState, LineState, MetricsState, render
from netmon_collector.services import Services
from netmon_collector.storage.identity import SEEN_RESOLUTION
from netmon_collector.web.findings import FindingsOfNow
from netmon_collector.web.judging import judged
from netmon_collector.web.keys import COUNTERS, FINDINGS, SERVICES
from netmon_collector.web.tls import ends_at

_LATEST_RATE = timedelta(days=35)
_MISSED_POLLS = 3


def add_metrics_routes(app: web.Application) -> None:
    app.router.add_get("/metrics", get_metrics)


async def get_metrics(request: web.Request) -> web.Response:
    services, found = request.app[SERVICES], request.app[FINDINGS]
    ingest = request.app[COUNTERS].state()
    body = await judged(request, lambda: render(_state(services, found, ingest)))
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})


def _state(services: Services, found: FindingsOfNow, ingest: IngestState) -> MetricsState:
    now = services.clock.now()
    registry, store = services.registry, services.store
    open_lines = [line for line in registry.lines if line.during.contains(_day(services, line, now))]
    identifiers = [line.id for line in open_lines]
    per_territory = {territory: found.of(territory) for territory in registry.territory_by_id}
    verdicts: dict[LineId, Verdict] = {}
    for one in per_territory.values():
        verdicts.update(one.lines)
    seen, rates = store.last_seen(identifiers), store.latest_rates(identifiers, now - _LATEST_RATE)
    late = now - SEEN_RESOLUTION - timedelta(seconds=services.settings.poll_s * _MISSED_POLLS)
    return MetricsState(
        coverages=[one.coverage for one in per_territory.values()],
        lines=[
            LineState(
                line=line.id,
                territory=registry.locality_of(line.id).territory,
                up=None if line.id not in seen else seen[line.id] >= late,
                outcome=verdicts[line.id].outcome if line.id in verdicts else None,
                rate_bps=rates.get(line.id),
                threshold_bps=threshold,
                limit_bps=None if threshold is None else services.policy.limit_bps(threshold),
                last_seen=seen.get(line.id),
            )
            for line, threshold in ((one, _threshold(services, one, now)) for one in open_lines)
        ],
        ingest=ingest,
        version=__version__,
        jobs_done=store.jobs_done(),
        certificate_ends_s=ends_at(services.settings.tls),
        mails=None if services.settings.mail is None else store.mail_counts(),
    )


def _day(services: Services, line: Line, now: datetime) -> date:
    return now.astimezone(services.registry.time_zone(line.id)).date()


def _threshold(services: Services, line: Line, now: datetime) -> int | None:
    day = _day(services, line, now)
    locality = services.registry.locality_type(line.id, day)
    return None if locality is None else services.policy.threshold_bps(locality, day)
