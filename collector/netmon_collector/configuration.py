"""The files that people write, read together, and what of them is in force in a store."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any

from netmon.config.calendar import read_calendars
from netmon.config.policy import check_feeding, read_policy
from netmon.config.recipients import read_mailing
from netmon.config.registry import read_registry
from netmon.config.roadmap import read_roadmap
from netmon.domain.entries import registry_with, roadmap_with
from netmon.domain.mailing import Mailing
from netmon.domain.policy import Policy
from netmon.domain.registry import Registry
from netmon.domain.roadmap import Roadmap
from netmon_collector.documents.canonical import canonical_document, value_of
from netmon_collector.ports import Document
from netmon_collector.settings import Settings
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.calendars import Calendars

# What an older netmon did not know, and what held in its stores.
_LATER_KINDS: Mapping[str, object] = {"recipients": Mailing()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What the files say."""

    registry: Registry
    policy: Policy
    calendars: Calendars
    roadmap: Roadmap
    mailing: Mailing


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
        mailing=read_mailing(settings.recipients, territories=territories),
    )


def sync(configuration: Configuration, store: SqlStore, *, at: datetime, actor: str | None = None) -> Collection[str]:
    """Bring the store to what the files say, all of it or nothing, keeping every version; answers what changed.

    `actor` is who does it, else whoever may write the files. Raises RegistryError.
    """
    return store.put_in_force(
        _documents(configuration).values(),
        registry=configuration.registry,
        entered=configuration.roadmap.entered_values,
        at=at,
        actor=actor,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What holds in a store, and the kinds of files that say something else."""

    configuration: Configuration
    differing: tuple[str, ...]


def in_force(written: Configuration, store: SqlStore) -> InForce | None:
    """What holds in the store beside what the files say; None while nothing was ever decided there."""
    stored = store.documents_in_force()
    documents = _documents(written)
    if not documents.keys() - _LATER_KINDS.keys() <= stored.keys():
        return None
    before = {kind: canonical_document(kind, value) for kind, value in _LATER_KINDS.items()}
    before.update(stored)
    differing = tuple(kind for kind, document in documents.items() if before[kind].hash != document.hash)

    def value(kind: str, of: Any, same: Any) -> Any:
        return value_of(before[kind], of) if kind in differing else same

    found = Configuration(
        registry=value("registry", Registry, written.registry),
        policy=value("policy", Policy, written.policy),
        calendars=value("calendar", Calendars, written.calendars),
        roadmap=value("roadmap", Roadmap, written.roadmap),
        mailing=value("recipients", Mailing, written.mailing),
    )
    return InForce(configuration=found, differing=differing)


class Holding:
    """What holds now: what the files say, and what people entered since. Read anew when somebody entered something.

    A registry that was put in force meanwhile, on a page or by a command, takes the place of the one before.
    """

    def __init__(self, files: Configuration, store: SqlStore) -> None:
        self._files, self._store = files, store
        self._registry_hash = canonical_document("registry", files.registry).hash
        self._lock = Lock()
        self._known: tuple[int, Registry, Roadmap] | None = None

    @property
    def files(self) -> Configuration:
        """What the files that are in force say."""
        return self._files

    @property
    def registry(self) -> Registry:
        return self._now()[1]

    @property
    def roadmap(self) -> Roadmap:
        return self._now()[2]

    def refresh(self) -> None:
        """Raises StoreError."""
        with self._lock:
            last = self._store.last_entry()
            has_changed = self._take_registry()
            if self._known is None or self._known[0] != last or has_changed:
                entries = self._store.entries()
                registry = registry_with(self._files.registry, entries)
                self._known = (last, registry, roadmap_with(self._files.roadmap, entries))

    def _take_registry(self) -> bool:
        """Whether another registry is in force than the last one that was taken in."""
        in_force = self._store.hash_in_force("registry")
        if in_force is None or in_force == self._registry_hash:
            return False
        document = self._store.document("registry", in_force)
        if document is not None:
            self._files = replace(self._files, registry=value_of(document, Registry))
        self._registry_hash = in_force
        return document is not None

    def _now(self) -> tuple[int, Registry, Roadmap]:
        if self._known is None:
            self.refresh()
        assert self._known is not None  # noqa: S101 - it was just read
        return self._known


def _documents(configuration: Configuration) -> Mapping[str, Document]:
    values = {
        "registry": configuration.registry,
        "policy": configuration.policy,
        "calendar": configuration.calendars,
        "roadmap": configuration.roadmap,
        "recipients": configuration.mailing,
    }
    return {kind: canonical_document(kind, value) for kind, value in values.items()}
