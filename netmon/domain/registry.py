"""The registry: territories, organisations, sites and lines, each with the time it was in force."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from netmon.domain.identifiers import LineId, LocalityId, OrganisationId, ProviderId, SiteId, TerritoryId
from netmon.domain.interval import ALWAYS, History, Interval, first_overlap, in_force
from netmon.errors import DomainError


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text in both languages of the product."""

    ru: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.ru


class LocalityType(StrEnum):
    """What a threshold depends on."""

    CITY = "city"
    URBAN_SETTLEMENT = "urban_settlement"
    RURAL = "rural"


class TerritoryKind(StrEnum):
    REGION = "region"
    DISTRICT = "district"


class LineRole(StrEnum):
    MAIN = "main"
    BACKUP = "backup"


class LineRule(StrEnum):
    """Which teaching sites of an organisation must comply."""

    ALL = "all"
    MAIN = "main"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    id: TerritoryId
    kind: TerritoryKind
    parent: TerritoryId | None
    name: Text
    time_zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Locality:
    id: LocalityId
    territory: TerritoryId
    name: Text
    types: History[LocalityType]


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    id: OrganisationId
    territory: TerritoryId
    name: Text
    line_rule: LineRule = LineRule.ALL
    during: Interval = ALWAYS
    external_ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupancy:
    """An organisation's use of a site; `main` marks its main building for the rule MAIN."""

    organisation: OrganisationId
    teaching: bool = True
    main: bool = False
    during: Interval = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A building."""

    id: SiteId
    locality: LocalityId
    address: Text
    occupancies: tuple[Occupancy, ...]
    during: Interval = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    id: ProviderId
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What was bought for a line: a rate in both directions and its monthly price in roubles."""

    provider: ProviderId
    number: str
    rate_bps: int
    price_rub_month: int | None
    during: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    id: LineId
    site: SiteId
    role: LineRole
    interface: str | None
    contracts: tuple[Contract, ...] = ()
    during: Interval = ALWAYS

    def contract_at(self, day: date) -> Contract | None:
        return next(iter(in_force(self.contracts, day)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """A written permission to leave an organisation unjudged; it stays in the denominator all the same."""

    organisation: OrganisationId
    reason: Text
    document: str
    approver_role: Text
    during: Interval


def _by_id(kind: str, entities: Iterable[object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for entity in entities:
        identifier: str = entity.id  # type: ignore[attr-defined]
        if identifier in found:
            raise DomainError(f"two {kind} have the id '{identifier}'")
        found[identifier] = entity
    return found


@dataclass(frozen=True, kw_only=True)
class Registry:
    """Every known entity, with the questions that judging asks of them.

    Raises DomainError for two entities with one id, a reference to nothing, a territory that contains itself,
    overlapping contracts of a line and overlapping occupancies of one organisation in one site.
    """

    territories: tuple[Territory, ...]
    localities: tuple[Locality, ...]
    organisations: tuple[Organisation, ...]
    sites: tuple[Site, ...]
    lines: tuple[Line, ...]
    providers: tuple[Provider, ...]
    exemptions: tuple[Exemption, ...] = ()
    note: Text | None = None

    def __post_init__(self) -> None:
        for kind, entities in self._kinds().items():
            _by_id(kind, entities)
        self._check_references()
        for territory in self.territories:
            self._check_nesting(territory)
        for line in self.lines:
            clash = first_overlap(line.contracts)
            if clash is not None:
                raise DomainError(f"line '{line.id}' has overlapping contracts {clash[0].number} and {clash[1].number}")
        for site in self.sites:
            self._check_occupancies(site)

    def _kinds(self) -> dict[str, tuple[object, ...]]:
        return {
            "territories": self.territories,
            "localities": self.localities,
            "organisations": self.organisations,
            "sites": self.sites,
            "lines": self.lines,
            "providers": self.providers,
        }

    def _check_references(self) -> None:
        references: list[tuple[str, str, str, Container[object]]] = [
            *(("territory", t.id, t.parent, self.territory_by_id) for t in self.territories if t.parent is not None),
            *(("locality", entry.id, entry.territory, self.territory_by_id) for entry in self.localities),
            *(("organisation", o.id, o.territory, self.territory_by_id) for o in self.organisations),
            *(("site", s.id, s.locality, self.locality_by_id) for s in self.sites),
            *(("site", s.id, use.organisation, self.organisation_by_id) for s in self.sites for use in s.occupancies),
            *(("line", entry.id, entry.site, self.site_by_id) for entry in self.lines),
            *(("line", n.id, c.provider, self.provider_by_id) for n in self.lines for c in n.contracts),
            *(("exemption", e.document, e.organisation, self.organisation_by_id) for e in self.exemptions),
        ]
        for kind, owner, target, known in references:
            if target not in known:
                raise DomainError(f"{kind} '{owner}' names the unknown '{target}'")

    def _check_nesting(self, territory: Territory) -> None:
        seen = {territory.id}
        parent = territory.parent
        while parent is not None:
            if parent in seen:
                raise DomainError(f"territory '{territory.id}' contains itself")
            seen.add(parent)
            parent = self.territory_by_id[parent].parent

    @staticmethod
    def _check_occupancies(site: Site) -> None:
        for organisation in {use.organisation for use in site.occupancies}:
            own = [use for use in site.occupancies if use.organisation == organisation]
            if first_overlap(own) is not None:
                raise DomainError(f"site '{site.id}' has overlapping intervals of organisation '{organisation}'")

    @cached_property
    def territory_by_id(self) -> Mapping[TerritoryId, Territory]:
        return {entity.id: entity for entity in self.territories}

    @cached_property
    def locality_by_id(self) -> Mapping[LocalityId, Locality]:
        return {entity.id: entity for entity in self.localities}

    @cached_property
    def organisation_by_id(self) -> Mapping[OrganisationId, Organisation]:
        return {entity.id: entity for entity in self.organisations}

    @cached_property
    def site_by_id(self) -> Mapping[SiteId, Site]:
        return {entity.id: entity for entity in self.sites}

    @cached_property
    def line_by_id(self) -> Mapping[LineId, Line]:
        return {entity.id: entity for entity in self.lines}

    @cached_property
    def provider_by_id(self) -> Mapping[ProviderId, Provider]:
        return {entity.id: entity for entity in self.providers}

    @cached_property
    def _lines_by_site(self) -> Mapping[SiteId, tuple[Line, ...]]:
        return {site.id: tuple(line for line in self.lines if line.site == site.id) for site in self.sites}

    @cached_property
    def _sites_by_organisation(self) -> Mapping[OrganisationId, tuple[Site, ...]]:
        found: dict[OrganisationId, dict[SiteId, Site]] = {entity.id: {} for entity in self.organisations}
        for site in self.sites:
            for use in site.occupancies:
                found[use.organisation][site.id] = site
        return {organisation: tuple(sites.values()) for organisation, sites in found.items()}

    def locality_of(self, line: LineId) -> Locality:
        return self.locality_by_id[self.site_by_id[self.line_by_id[line].site].locality]

    def locality_type(self, line: LineId, day: date) -> LocalityType | None:
        """The type of the line's locality on a local day, None where the registry does not know it."""
        return self.locality_of(line).types.at(day)

    def time_zone(self, line: LineId) -> ZoneInfo:
        return self.territory_by_id[self.locality_of(line).territory].time_zone

    def deciding_lines(self, site: SiteId, day: date) -> tuple[Line, ...]:
        """The main lines of a site on a day: a backup line never decides."""
        return tuple(line for line in in_force(self._lines_by_site[site], day) if line.role is LineRole.MAIN)

    def uses(self, organisation: OrganisationId, day: date) -> tuple[tuple[Site, Occupancy], ...]:
        """The teaching sites of an organisation on a day."""
        return tuple(
            (site, use)
            for site in in_force(self._sites_by_organisation[organisation], day)
            for use in in_force(site.occupancies, day)
            if use.organisation == organisation and use.teaching
        )

    def organisations_of(self, line: LineId, day: date) -> tuple[OrganisationId, ...]:
        site = self.site_by_id[self.line_by_id[line].site]
        return tuple(use.organisation for use in in_force(site.occupancies, day))

    def contains(self, outer: TerritoryId, inner: TerritoryId) -> bool:
        """Whether a territory is another one or lies inside it."""
        current: TerritoryId | None = inner
        while current is not None:
            if current == outer:
                return True
            current = self.territory_by_id[current].parent
        return False

    def organisations_in(self, territory: TerritoryId, day: date) -> tuple[Organisation, ...]:
        """The organisations of a territory and of what it contains, in force on a day: the denominator."""
        return tuple(o for o in in_force(self.organisations, day) if self.contains(territory, o.territory))

    def lines_in(self, territory: TerritoryId) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if self.contains(territory, self.locality_of(line.id).territory))

    def exemption_of(self, organisation: OrganisationId, day: date) -> Exemption | None:
        return next((e for e in in_force(self.exemptions, day) if e.organisation == organisation), None)
