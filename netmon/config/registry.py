"""registry.yaml -> Registry."""

from collections.abc import Callable, Container
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from netmon.config.fields import read_interval, read_text, read_version
from netmon.config.strict import Mapping, Node, read_yaml
from netmon.domain.identifiers import LineId, LocalityId, OrganisationId, ProviderId, SiteId, TerritoryId
from netmon.domain.interval import Dated, Effective, History, first_overlap
from netmon.domain.registry import (
    Contract,
    Exemption,
    Line,
    LineRole,
    LineRule,
    Locality,
    LocalityType,
    Occupancy,
    Organisation,
    Provider,
    Registry,
    Site,
    Territory,
    TerritoryKind,
)
from netmon.errors import ConfigError, DomainError

T = TypeVar("T")
F = TypeVar("F", bound=Effective)
_HIGHEST_MBPS = 100_000


def read_registry(path: Path) -> Registry:
    """Raises ConfigError with file, line, key and mend."""
    return _Reader(path).read()


class _Reader:
    """Reads one file, remembering where each id was given, so that references are checked at their line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: dict[str, dict[str, int]] = {}

    def read(self) -> Registry:
        keys = read_yaml(self._path).mapping()
        read_version(keys)
        note = keys.optional("note")
        territories = self._each(keys, "territories", self._territory)
        localities = self._each(keys, "localities", self._locality)
        providers = self._each(keys, "providers", self._provider)
        organisations = self._each(keys, "organisations", self._organisation)
        sites = self._each(keys, "sites", self._site)
        exemptions = keys.optional("exemptions")
        known = {one.id for one in organisations}
        try:
            registry = Registry(
                territories=territories,
                localities=localities,
                providers=providers,
                organisations=organisations,
                sites=tuple(site for site, _ in sites),
                lines=tuple(line for _, lines in sites for line in lines),
                exemptions=()
                if exemptions is None
                else tuple(read_exemption(item, known) for item in exemptions.items()),
                note=None if note is None else read_text(note),
            )
        except DomainError as error:
            raise ConfigError(f"{self._path}: {error}; mend the entries named") from error
        keys.finish()
        return registry

    def _each(self, keys: Mapping, key: str, read: Callable[[Node], T]) -> tuple[T, ...]:
        return tuple(read(item) for item in keys.take(key).items())

    def _new_id(self, kind: str, keys: Mapping) -> str:
        node = keys.take("id")
        identifier = node.identifier()
        seen = self._seen.setdefault(kind, {})
        if identifier in seen:
            node.fail(f"the {kind} '{identifier}' is already given on line {seen[identifier]}", "give each its own id")
        seen[identifier] = node.source.line
        return identifier

    def _reference(self, kind: str, node: Node) -> str:
        identifier = node.identifier()
        if identifier not in self._seen.get(kind, {}):
            node.fail(f"unknown {kind} '{identifier}'", "name one that this file gives")
        return identifier

    def _no_overlap(self, node: Node, facts: tuple[F, ...], what: str) -> tuple[F, ...]:
        if first_overlap(facts) is not None:
            node.fail(f"two {what} are in force on the same day", "end one with 'to' before the next 'from'")
        return facts

    def _territory(self, node: Node) -> Territory:
        keys = node.mapping()
        identifier = TerritoryId(self._new_id("territory", keys))
        parent = keys.optional("parent")
        territory = Territory(
            id=identifier,
            kind=keys.take("kind").choice(TerritoryKind),
            parent=None if parent is None else TerritoryId(self._reference("territory", parent)),
            name=read_text(keys.take("name")),
            time_zone=keys.take("time_zone").parsed(_zone, "write a zone such as Europe/Moscow"),
        )
        if territory.parent == territory.id:
            keys.fail("contains itself", "name another territory as its parent")
        keys.finish()
        return territory

    def _locality(self, node: Node) -> Locality:
        keys = node.mapping()
        identifier = LocalityId(self._new_id("locality", keys))
        types_node = keys.take("types")
        types = self._no_overlap(types_node, tuple(_dated_type(item) for item in types_node.items()), "types")
        locality = Locality(
            id=identifier,
            territory=TerritoryId(self._reference("territory", keys.take("territory"))),
            name=read_text(keys.take("name")),
            types=History(types),
        )
        keys.finish()
        return locality

    def _provider(self, node: Node) -> Provider:
        keys = node.mapping()
        provider = Provider(id=ProviderId(self._new_id("provider", keys)), name=read_text(keys.take("name")))
        keys.finish()
        return provider

    def _organisation(self, node: Node) -> Organisation:
        keys = node.mapping()
        rule = keys.optional("line_rule")
        external = keys.optional("external_ids")
        organisation = Organisation(
            id=OrganisationId(self._new_id("organisation", keys)),
            territory=TerritoryId(self._reference("territory", keys.take("territory"))),
            name=read_text(keys.take("name")),
            line_rule=LineRule.ALL if rule is None else rule.choice(LineRule),
            during=read_interval(keys),
            external_ids={} if external is None else {key: item.identifier() for key, item in external.mapping()},
        )
        keys.finish()
        return organisation

    def _site(self, node: Node) -> tuple[Site, tuple[Line, ...]]:
        keys = node.mapping()
        identifier = SiteId(self._new_id("site", keys))
        uses_node = keys.take("organisations")
        uses = tuple(self._occupancy(item) for item in uses_node.items())
        for organisation in {use.organisation for use in uses}:
            own = tuple(use for use in uses if use.organisation == organisation)
            self._no_overlap(uses_node, own, f"entries of '{organisation}'")
        site = Site(
            id=identifier,
            locality=LocalityId(self._reference("locality", keys.take("locality"))),
            address=read_text(keys.take("address")),
            occupancies=uses,
            during=read_interval(keys),
        )
        lines = tuple(self._line(item, identifier) for item in keys.take("lines").items())
        keys.finish()
        return site, lines

    def _occupancy(self, node: Node) -> Occupancy:
        keys = node.mapping()
        teaching, main = keys.optional("teaching"), keys.optional("main")
        use = Occupancy(
            organisation=OrganisationId(self._reference("organisation", keys.take("id"))),
            teaching=True if teaching is None else teaching.boolean(),
            main=False if main is None else main.boolean(),
            during=read_interval(keys),
        )
        keys.finish()
        return use

    def _line(self, node: Node, site: SiteId) -> Line:
        keys = node.mapping()
        interface, contracts_node = keys.optional("interface"), keys.optional("contracts")
        contracts: tuple[Contract, ...] = ()
        if contracts_node is not None:
            found = tuple(self._contract(item) for item in contracts_node.items())
            contracts = self._no_overlap(contracts_node, found, "contracts of one line")
        line = Line(
            id=LineId(self._new_id("line", keys)),
            site=site,
            role=keys.take("role").choice(LineRole),
            interface=None if interface is None else interface.identifier(),
            contracts=contracts,
            during=read_interval(keys),
        )
        keys.finish()
        return line

    def _contract(self, node: Node) -> Contract:
        keys = node.mapping()
        price = keys.optional("price_rub_month")
        contract = Contract(
            provider=ProviderId(self._reference("provider", keys.take("provider"))),
            number=keys.take("number").text(),
            rate_bps=round(keys.take("rate_mbps").number(0.1, _HIGHEST_MBPS) * 1_000_000),
            price_rub_month=None if price is None else price.integer(0),
            during=read_interval(keys),
        )
        keys.finish()
        return contract


def read_exemption(node: Node, organisations: Container[str]) -> Exemption:
    """`organisations` are those that there are."""
    keys = node.mapping()
    of = keys.take("organisation")
    organisation = OrganisationId(of.identifier())
    if organisation not in organisations:
        of.fail(f"unknown organisation '{organisation}'", "name one of the registry")
    exemption = Exemption(
        organisation=organisation,
        reason=read_text(keys.take("reason")),
        document=keys.take("document").text(),
        approver_role=read_text(keys.take("approver_role")),
        during=read_interval(keys),
    )
    keys.finish()
    return exemption


def _dated_type(node: Node) -> Dated[LocalityType]:
    keys = node.mapping()
    dated = Dated(value=keys.take("type").choice(LocalityType), during=read_interval(keys))
    keys.finish()
    return dated


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(name) from error
