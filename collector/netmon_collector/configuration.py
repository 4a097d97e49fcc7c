"""The files that people write, read together: each refers to the territories of the registry."""

from dataclasses import dataclass
from datetime import datetime

from netmon.config.calendar import read_calendars
from netmon.config.policy import check_feeding, read_policy
from netmon.config.registry import read_registry
from netmon.config.roadmap import read_roadmap
from netmon.domain.policy import Policy
from netmon.domain.registry import Registry
from netmon.domain.roadmap import Roadmap
from netmon_collector.documents import canonical_document
from netmon_collector.settings import Settings
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.calendars import Calendars


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What the files say."""

    registry: Registry
    policy: Policy
    calendars: Calendars
    roadmap: Roadmap


def read_configuration(settings: Settings) -> Configuration:
    """Raises ConfigError with file, line, key and mend."""
    registry = read_registry(settings.registry)
    territories = registry.territory_by_id.keys()
    policy, calendars = read_policy(settings.policy), read_calendars(settings.calendar, territories=territories)
    check_feeding(settings.policy, policy, calendars.values())
    return Configuration(
        registry=registry,
        policy=policy,
        calendars=calendars,
        roadmap=read_roadmap(settings.roadmap, territories=territories),
    )


def sync(configuration: Configuration, store: SqlStore, *, at: datetime) -> None:
    """Bring the store to what the files say, keeping every version. Raises RegistryError."""
    registry = canonical_document("registry", configuration.registry)
    store.sync_registry(configuration.registry, registry, at=at)
    store.sync_document(canonical_document("policy", configuration.policy), at=at)
    store.sync_document(canonical_document("calendar", configuration.calendars), at=at)
    if store.sync_document(canonical_document("roadmap", configuration.roadmap), at=at):
        store.replace_entered(configuration.roadmap.entered_values)
