"""What requests, jobs and commands share: built once by the composition root, handed down, never global."""

from dataclasses import dataclass
from functools import cached_property

from netmon.clock import Clock
from netmon.domain.policy import Policy
from netmon.domain.registry import Registry
from netmon.domain.roadmap import Roadmap
from netmon_collector.settings import Settings
from netmon_collector.signatures import Ed25519Verifier
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.calendars import Calendars
from netmon_collector.use_cases.receipts import Verifiers
from netmon_collector.use_cases.timetable import PlanningInputs


@dataclass(frozen=True, kw_only=True)
class Services:
    """One collector at work."""

    settings: Settings
    store: SqlStore
    registry: Registry
    policy: Policy
    calendars: Calendars
    roadmap: Roadmap
    clock: Clock

    @cached_property
    def planning(self) -> PlanningInputs:
        return PlanningInputs(
            registry=self.registry, policy=self.policy, calendars=self.calendars, servers=self.settings.servers
        )

    @cached_property
    def verifiers(self) -> Verifiers:
        return {server.id: Ed25519Verifier(server.public_key) for server in self.settings.servers.values()}
