"""What an application carries, under typed keys."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from aiohttp import web

from netmon.domain.identifiers import AgentId
from netmon.wire.records import Answer
from netmon_collector.services import Services
from netmon_collector.use_cases.ingest import Batch
from netmon_collector.web.agents.counters import IngestCounters
from netmon_collector.web.agents.limits import Limiters
from netmon_collector.web.agents.together import Together
from netmon_collector.web.findings import FindingsOfNow
from netmon_collector.web.pages.shell.rendering import Pages


@dataclass(frozen=True, slots=True)
class Intake:
    """What the agents' requests ask the store, each kind together."""

    agents: Together[str, AgentId | None]
    records: Together[Batch, Sequence[Answer]]


SERVICES = web.AppKey("services", Services)
LIMITERS = web.AppKey("limiters", Limiters)
COUNTERS = web.AppKey("counters", IngestCounters)
FINDINGS = web.AppKey("findings", FindingsOfNow)
PAGES = web.AppKey("pages", Pages)
INTAKE = web.AppKey("intake", Intake)
JUDGING = web.AppKey("judging", ThreadPoolExecutor)
