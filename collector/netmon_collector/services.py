"""What requests, jobs and commands share: built once by the composition root, handed down, never global."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from netmon.clock import Clock
from netmon.domain.entries import Entry, EntryKind
from netmon.domain.identifiers import TerritoryId
from netmon.domain.mailing import Mailing
from netmon.domain.policy import Policy
from netmon.domain.registry import Registry, Text
from netmon.domain.roadmap import Indicator, IndicatorSource, Roadmap
from netmon_collector.access_ports import Passwords
from netmon_collector.configuration import Configuration, Holding
from netmon_collector.documents.canonical import canonical_document, value_of
from netmon_collector.documents.verdicts import judgement_document
from netmon_collector.errors import NotFoundError, SchemaError
from netmon_collector.passwords import Argon2Passwords
from netmon_collector.report.evidence.gather import GatherInputs
from netmon_collector.settings import Settings
from netmon_collector.signatures import Ed25519Verifier
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.calendars import Calendars
from netmon_collector.use_cases.closing import ClosingInputs
from netmon_collector.use_cases.days import DAYS_VERSION, DayInputs
from netmon_collector.use_cases.entering import Fields, GivenFile, Known, enter, take_back
from netmon_collector.use_cases.indicator import IndicatorInputs, measuring_since
from netmon_collector.use_cases.receipts import Verifiers
from netmon_collector.use_cases.summary import SummaryInputs
from netmon_collector.use_cases.timetable import PlanningInputs


@dataclass(frozen=True, kw_only=True)
class Services:
    """One collector at work. Its registry and its roadmap are those of the files with what people entered since."""

    settings: Settings
    store: SqlStore
    files: Configuration
    clock: Clock
    passwords: Passwords = field(default_factory=Argon2Passwords)

    @cached_property
    def _holding(self) -> Holding:
        return Holding(self.files, self.store)

    @property
    def registry(self) -> Registry:
        return self._holding.registry

    @property
    def roadmap(self) -> Roadmap:
        return self._holding.roadmap

    @property
    def filed(self) -> Configuration:
        """What the files in force say by now, without what people entered."""
        return self._holding.files

    @property
    def policy(self) -> Policy:
        return self.files.policy

    @property
    def calendars(self) -> Calendars:
        return self.files.calendars

    @property
    def mailing(self) -> Mailing:
        return self.files.mailing

    def refresh(self) -> None:
        """Take in what was entered meanwhile, by whatever collector. Blocks. Raises StoreError."""
        self._holding.refresh()

    def known(self) -> Known:
        """What an entry is checked against. Blocks. Raises StoreError."""
        now = self.clock.now()
        self.refresh()
        inputs = self.indicator_inputs(self.roadmap.territory, now=now)
        zone = self.registry.territory_by_id[self.roadmap.territory].time_zone
        return Known(
            roadmap=self.roadmap,
            registry=self.registry,
            today=now.astimezone(zone).date(),
            measuring_since=measuring_since(inputs),
        )

    def enter(
        self, kind: EntryKind, fields: Fields, *, entered_by: str | None = None, evidence: GivenFile | None = None
    ) -> Entry | None:
        """Enter a value, a fact or an exemption (use_cases/entering.py); it holds when this returns. Blocks.

        Raises ConfigError whose `key` is the field that is wrong, StoreError.
        """
        at, known = self.clock.now(), self.known()
        added = enter(kind, fields, known=known, store=self.store, at=at, entered_by=entered_by, evidence=evidence)
        self.refresh()
        return added

    def take_back(
        self, kind: EntryKind, subject: str, *, document: str, entered_by: str | None = None, note: str | None = None
    ) -> Entry | None:
        """Leave nothing in the place of what stands about a subject. Blocks. Raises NotFoundError, ConfigError."""
        at, known = self.clock.now(), self.known()
        taken = take_back(
            kind,
            subject,
            known=known,
            store=self.store,
            at=at,
            document=document,
            entered_by=entered_by,
            note=note,
        )
        self.refresh()
        return taken

    @property
    def planning(self) -> PlanningInputs:
        return PlanningInputs(
            registry=self.filed.registry, policy=self.policy, calendars=self.calendars, servers=self.settings.servers
        )

    @cached_property
    def verifiers(self) -> Verifiers:
        return {server.id: Ed25519Verifier(server.public_key) for server in self.settings.servers.values()}

    @property
    def measured_indicator(self) -> Indicator | None:
        """The indicator of the roadmap whose value netmon computes."""
        return next((one for one in self.roadmap.indicators if one.source is IndicatorSource.MEASURED), None)

    def indicator_title(self, territory: TerritoryId) -> Text | None:
        """The roadmap's own words, which name its territory; None for every other one."""
        indicator = self.measured_indicator
        return indicator.title if indicator is not None and self.roadmap.territory == territory else None

    def indicator_inputs(self, territory: TerritoryId, *, now: datetime) -> IndicatorInputs:
        """What the measured indicator of a territory is computed from.

        Only the roadmap's own territory has targets. Raises NotFoundError for an unknown territory.
        """
        if territory not in self.registry.territory_by_id:
            raise NotFoundError(f"the registry has no territory '{territory}'")
        indicator = self.measured_indicator

        def target_at(day: date) -> int | None:
            is_own = indicator is not None and self.roadmap.territory == territory
            return indicator.target_at(day) if is_own and indicator is not None else None

        return IndicatorInputs(
            territory=territory,
            evidence=self.store,
            entered=() if indicator is None else self.store.entered_shares(indicator.id, territory),
            registry=self.registry,
            policy=self.policy,
            calendars=self.calendars,
            target_at=target_at,
            now=now,
            closed=self.store,
        )

    @cached_property
    def _day_bases(self) -> dict[int, tuple[Registry, str]]:
        return {}

    @property
    def _day_basis(self) -> str:
        """Computed once for a registry: hashing a large one takes its time."""
        registry = self.filed.registry
        known = self._day_bases.get(0)
        if known is None or known[0] is not registry:
            inputs = (DAYS_VERSION, registry, self.policy, self.calendars)
            known = self._day_bases[0] = (registry, canonical_document("days", inputs).hash)
        return known[1]

    def day_inputs(self, now: datetime) -> DayInputs:
        """What the days of lines are judged by."""
        return DayInputs(
            registry=self.registry, policy=self.policy, calendars=self.calendars, basis=self._day_basis, now=now
        )

    def closing_inputs(self, territory: TerritoryId, *, now: datetime) -> ClosingInputs:
        """What closing the periods of a territory takes. Raises NotFoundError for an unknown territory."""
        return ClosingInputs(
            indicator=self.indicator_inputs(territory, now=now),
            store=self.store,
            describe=lambda judgement: judgement_document(judgement, judgement.all(), self.registry),
            policy_of=self._policy_of,
        )

    def summary_inputs(self, territory: TerritoryId, *, now: datetime) -> SummaryInputs:
        """What the summary of a territory for a period takes. Raises NotFoundError for an unknown territory."""
        indicator = self.measured_indicator
        return SummaryInputs(
            closing=self.closing_inputs(territory, now=now),
            roadmap=self.roadmap,
            title=self.indicator_title(territory),
            first_year=None if indicator is None else min(indicator.targets),
            emulated_lines=self.store.emulated_lines,
        )

    def gather_inputs(self, *, now: datetime, language: str) -> GatherInputs:
        """What an evidence pack is gathered from."""
        return GatherInputs(
            store=self.store,
            registry=self.registry,
            policy=self.policy,
            calendars=self.calendars,
            verifiers=self.verifiers,
            now=now,
            language=language,
        )

    def _policy_of(self, policy_hash: str) -> Policy | None:
        """A policy that was in force at some time, None where another netmon wrote it."""
        document = self.store.document("policy", policy_hash)
        try:
            found: Policy | None = None if document is None else value_of(document, Policy)
        except SchemaError:
            return None
        return found
