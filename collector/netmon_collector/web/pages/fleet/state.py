"""Everything that the page of the fleet is made of, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from netmon.domain.identifiers import ServerId
from netmon.domain.registry import Registry
from netmon_collector.use_cases.line_facts import ServerSeen
from netmon_collector.use_cases.tickets import MeasurementServer
from netmon_collector.web.pages.fleet.health import AgentFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """A measurement server: what was measured with it in the last day, what is planned with it in the next.

    `peak_share` is the part of its budget that the fullest hour's slots may use; None while nothing is planned.
    """

    server: MeasurementServer
    seen: ServerSeen | None
    planned: int
    peak_share: float | None
    peak_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetState:
    agents: Sequence[AgentFacts]
    servers: Sequence[ServerFacts]
    unknown_servers: Sequence[ServerId]
    registry: Registry
    zone: tzinfo
    poll_s: float
    now: datetime
