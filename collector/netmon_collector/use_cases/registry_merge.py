"""The facts of a table put into a registry: known entities keep their places, new ones follow."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from netmon.domain.identifiers import TerritoryId
from netmon.domain.interval import ALWAYS, Dated, History, Interval
from netmon.domain.registry import (
    Contract,
    Line,
    LineRule,
    Locality,
    LocalityType,
    Occupancy,
    Organisation,
    Provider,
    Registry,
    Site,
    Text,
)
from netmon.errors import DomainError
from netmon_collector.use_cases.registry_cells import (
    CONTRACT,
    EXTERNAL_ID,
    LINE,
    LOCALITY,
    ORGANISATION,
    PROVIDER,
    SITE,
    TYPE,
    USE,
    Kind,
)

Key = tuple[Any, ...]
Given = Mapping[str, tuple[object, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts of one kind by their key, and the columns that the table has for them.

    Under the name "" every fact has the line on which it was first given.
    """

    columns: frozenset[str]
    entries: Mapping[Key, Given]


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


E = TypeVar("E", bound=_Identified)
F = TypeVar("F")


def merged(registry: Registry, facts: Mapping[Kind, Facts], *, territory: TerritoryId | None) -> Registry:
    """Raises DomainError for what contradicts itself or the registry, with the line where one can be named."""
    types = _by_owner(facts[TYPE])
    uses = _by_owner(facts[USE])
    contracts = _by_owner(facts[CONTRACT])
    return replace(
        registry,
        localities=_entities(
            registry.localities, facts[LOCALITY], lambda cells, old: _locality(cells, old, types, territory)
        ),
        providers=_entities(registry.providers, facts[PROVIDER], _provider),
        organisations=_entities(
            registry.organisations, facts[ORGANISATION], lambda cells, old: _organisation(cells, old, territory)
        ),
        sites=_entities(registry.sites, facts[SITE], lambda cells, old: _site(cells, old, uses)),
        lines=_entities(registry.lines, facts[LINE], lambda cells, old: _line(cells, old, contracts)),
    )


@dataclass(frozen=True, slots=True)
class _Cells:
    """What the table says of one fact; a column that it does not have leaves what was there."""

    id: str
    key: Key
    given: Given
    columns: frozenset[str]

    def value(self, column: str, old: Any) -> Any:
        """An optional value: an empty cell means none."""
        if column in self.given:
            return self.given[column][0]
        return None if column in self.columns else old

    def kept(self, column: str, old: Any) -> Any:
        """A value that must not be absent: an empty cell leaves what was there."""
        return self.given[column][0] if column in self.given else old

    def required(self, column: str, old: Any) -> Any:
        found = self.kept(column, old)
        if found is None:
            raise DomainError(f"'{self.id}' is new and has no {column}")
        return found

    def text(self, column: str, old: Text | None) -> Text:
        """Both languages; where only the Russian is given, a new text is that in both."""
        ru = self.required(f"{column}_ru", None if old is None else old.ru)
        return Text(ru=ru, en=self.kept(f"{column}_en", ru if old is None else old.en))

    def during(self, name: str, old: Interval) -> Interval:
        return Interval(self.value(f"{name}_from", old.start), self.value(f"{name}_to", old.end))


def _entities(old: tuple[E, ...], facts: Facts, make: Callable[[_Cells, E | None], E]) -> tuple[E, ...]:
    found: dict[str, E] = {one.id: one for one in old}
    for key, given in facts.entries.items():
        try:
            found[key[0]] = make(_Cells(key[0], key, given, facts.columns), found.get(key[0]))
        except DomainError as error:
            raise DomainError(f"line {given[''][1]}: {error}") from error
    return tuple(found.values())


def _by_owner(facts: Facts) -> Mapping[str, Sequence[_Cells]]:
    found: dict[str, list[_Cells]] = {}
    for key, given in facts.entries.items():
        found.setdefault(key[0], []).append(_Cells(key[0], key, given, facts.columns))
    return found


def _facts(
    old: Sequence[F], cells: Sequence[_Cells], key: Callable[[F], Key], make: Callable[[_Cells, F | None], F]
) -> tuple[F, ...]:
    """The facts of one entity: one with a known key takes the place of the old one, any other is added."""
    found: dict[Key, F] = {key(one): one for one in old}
    for one in cells:
        found[one.key[1:]] = make(one, found.get(one.key[1:]))
    return tuple(found.values())


def _locality(
    cells: _Cells, old: Locality | None, types: Mapping[str, Sequence[_Cells]], territory: TerritoryId | None
) -> Locality:
    dated = _facts(
        () if old is None else old.types.entries,
        types.get(cells.id, ()),
        lambda one: (one.value, one.during.start),
        _type,
    )
    return Locality(
        id=cells.id,  # type: ignore[arg-type]
        territory=cells.required("locality_territory", territory if old is None else old.territory),
        name=cells.text("locality_name", None if old is None else old.name),
        types=History(dated),
    )


def _type(cells: _Cells, old: Dated[LocalityType] | None) -> Dated[LocalityType]:
    _, value, start = cells.key
    return Dated(value=value, during=Interval(start, cells.value("type_to", None if old is None else old.during.end)))


def _provider(cells: _Cells, old: Provider | None) -> Provider:
    return Provider(id=cells.id, name=cells.text("provider_name", None if old is None else old.name))  # type: ignore[arg-type]


def _organisation(cells: _Cells, old: Organisation | None, territory: TerritoryId | None) -> Organisation:
    external = dict(old.external_ids) if old is not None else {}
    for column, (value, _) in cells.given.items():
        if column.startswith(EXTERNAL_ID):
            external[column.removeprefix(EXTERNAL_ID)] = str(value)
    return Organisation(
        id=cells.id,  # type: ignore[arg-type]
        territory=cells.required("territory", territory if old is None else old.territory),
        name=cells.text("organisation_name", None if old is None else old.name),
        line_rule=cells.kept("line_rule", LineRule.ALL if old is None else old.line_rule),
        during=cells.during("organisation", ALWAYS if old is None else old.during),
        external_ids=external,
    )


def _site(cells: _Cells, old: Site | None, uses: Mapping[str, Sequence[_Cells]]) -> Site:
    return Site(
        id=cells.id,  # type: ignore[arg-type]
        locality=cells.required("locality", None if old is None else old.locality),
        address=cells.text("address", None if old is None else old.address),
        occupancies=_facts(
            () if old is None else old.occupancies,
            uses.get(cells.id, ()),
            lambda one: (one.organisation, one.during.start),
            _use,
        ),
        during=cells.during("site", ALWAYS if old is None else old.during),
    )


def _use(cells: _Cells, old: Occupancy | None) -> Occupancy:
    _, organisation, start = cells.key
    return Occupancy(
        organisation=organisation,
        teaching=cells.kept("teaching", True if old is None else old.teaching),
        main=cells.kept("main", False if old is None else old.main),
        during=Interval(start, cells.value("use_to", None if old is None else old.during.end)),
    )


def _line(cells: _Cells, old: Line | None, contracts: Mapping[str, Sequence[_Cells]]) -> Line:
    return Line(
        id=cells.id,  # type: ignore[arg-type]
        site=cells.required("site", None if old is None else old.site),
        role=cells.required("role", None if old is None else old.role),
        interface=cells.value("interface", None if old is None else old.interface),
        contracts=_facts(
            () if old is None else old.contracts,
            contracts.get(cells.id, ()),
            lambda one: (one.number, one.during.start),
            _contract,
        ),
        during=cells.during("line", ALWAYS if old is None else old.during),
    )


def _contract(cells: _Cells, old: Contract | None) -> Contract:
    _, number, start = cells.key
    return Contract(
        provider=cells.required("provider", None if old is None else old.provider),
        number=number,
        rate_bps=cells.required("rate_mbps", None if old is None else old.rate_bps),
        price_rub_month=cells.value("price_rub_month", None if old is None else old.price_rub_month),
        during=Interval(start, cells.value("contract_to", None if old is None else old.during.end)),
    )
