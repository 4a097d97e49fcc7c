"""Reading how the agents of a territory and the measurement servers do."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from netmon.domain.identifiers import LineId, ServerId, TerritoryId
from netmon.domain.interval import in_force
from netmon.domain.period import Period
from netmon_collector.services import Services
from netmon_collector.use_cases.line_facts import AgentBinding, Refused, ServerSeen
from netmon_collector.use_cases.tickets import MeasurementServer
from netmon_collector.web.pages.fleet.health import AgentFacts
from netmon_collector.web.pages.fleet.state import FleetState, ServerFacts

_DAY = timedelta(days=1)
_HOUR_S = 3600


def read_fleet(services: Services, territory: TerritoryId) -> FleetState:
    """The state of the fleet now. Blocks. Raises StoreError."""
    registry, now = services.registry, services.clock.now()
    zone = registry.territory_by_id[territory].time_zone
    lines = [one.id for one in in_force(registry.lines_in(territory), now.astimezone(zone).date())]
    seen = {one.server: one for one in services.store.servers_seen(now - _DAY)}
    load = _load(services.store.planned_load(now, now + _DAY))
    servers = services.settings.servers
    return FleetState(
        agents=_agents(services, lines, Period.month(now.astimezone(zone).date())),
        servers=[_server(one, seen.get(one.id), load.get(one.id, {})) for one in servers.values()],
        unknown_servers=sorted(seen.keys() - servers.keys()),
        registry=registry,
        zone=zone,
        poll_s=services.settings.poll_s,
        now=now,
    )


def _agents(services: Services, lines: Sequence[LineId], month: Period) -> list[AgentFacts]:
    store = services.store
    bound: dict[LineId, AgentBinding] = {one.line: one for one in store.agent_bindings(lines) if one.until is None}
    latest, devices = store.latest_records(lines), store.devices(lines)
    refused = store.refused([one.agent for one in bound.values()])
    measured = store.measured_bytes(lines, month.first, month.last)
    return [
        AgentFacts(
            line=line,
            binding=bound.get(line),
            latest=latest.get(line),
            device=devices.get(line),
            refused=refused.get(bound[line].agent, Refused()) if line in bound else Refused(),
            measured_bytes=measured.get(line, 0),
        )
        for line in lines
    ]


Hours = Mapping[datetime, list[float]]


def _load(planned: Sequence[tuple[ServerId, datetime, float]]) -> Mapping[ServerId, Hours]:
    """The bits of each slot by server and clock hour."""
    found: dict[ServerId, dict[datetime, list[float]]] = defaultdict(lambda: defaultdict(list))
    for server, at, bits in planned:
        found[server][at.replace(minute=0, second=0, microsecond=0)].append(bits)
    return found


def _server(server: MeasurementServer, seen: ServerSeen | None, hours: Hours) -> ServerFacts:
    peak = max(hours, key=lambda hour: sum(hours[hour]), default=None)
    return ServerFacts(
        server=server,
        seen=seen,
        planned=sum(len(one) for one in hours.values()),
        peak_share=None if peak is None else sum(hours[peak]) / (server.budget_bps * _HOUR_S),
        peak_at=peak,
    )
