"""Where a line is, who uses it, what was bought and what it is held against."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from netmon.domain.identifiers import LineId
from netmon.domain.policy import Policy
from netmon.domain.registry import Contract, Line, LineRole, Registry
from netmon_collector.wording.figures import date_text, exact_rate_text, money_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook
from netmon_collector.wording.words import word


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedView:
    """An organisation or a line by its id and its name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractView:
    provider: str
    number: str
    rate: str
    price: str | None
    since: str | None
    until: str | None
    in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadView:
    """`title` names the organisations, or the address of a line that nobody uses."""

    id: str
    title: str
    organisations: tuple[NamedView, ...]
    address: str
    locality: str
    role: str
    is_backup: bool
    interface: str | None
    threshold: str | None
    limit: str | None
    contract: ContractView | None
    contracts: tuple[ContractView, ...]
    others: tuple[NamedView, ...]
    ended: str | None


def head_view(line: Line, registry: Registry, policy: Policy, today: date, language: Language) -> HeadView:
    site = registry.site_by_id[line.site]
    users = [registry.organisation_by_id[one] for one in registry.organisations_of(line.id, today)]
    names = tuple(NamedView(id=one.id, name=one.name.in_language(language)) for one in users)
    threshold = _threshold(line.id, registry, policy, today)
    contracts = tuple(_contract(one, registry, today, language) for one in _newest_first(line.contracts))
    address = site.address.in_language(language)
    return HeadView(
        id=line.id,
        title=", ".join(one.name for one in names) or address,
        organisations=names,
        address=address,
        locality=_locality(line.id, registry, today, language),
        role=word(line.role, language),
        is_backup=line.role is LineRole.BACKUP,
        interface=line.interface,
        threshold=None if threshold is None else exact_rate_text(threshold, language),
        limit=None if threshold is None else exact_rate_text(policy.limit_bps(threshold), language),
        contract=next((one for one in contracts if one.in_force), None),
        contracts=contracts,
        others=_others(line, registry, language),
        ended=None if line.during.end is None or line.during.end > today else date_text(line.during.end, language),
    )


def _threshold(line: LineId, registry: Registry, policy: Policy, day: date) -> int | None:
    locality = registry.locality_type(line, day)
    return None if locality is None else policy.threshold_bps(locality, day)


def _locality(line: LineId, registry: Registry, day: date, language: Language) -> str:
    kind, name = registry.locality_type(line, day), registry.locality_of(line).name.in_language(language)
    return name if kind is None else f"{name}, {word(kind, language)}"


def _newest_first(contracts: Sequence[Contract]) -> list[Contract]:
    return sorted(contracts, key=lambda one: one.during.start or date.min, reverse=True)


def _contract(one: Contract, registry: Registry, today: date, language: Language) -> ContractView:
    start, end = one.during.start, one.during.end
    price = one.price_rub_month
    return ContractView(
        provider=registry.provider_by_id[one.provider].name.in_language(language),
        number=one.number,
        rate=exact_rate_text(one.rate_bps, language),
        price=None
        if price is None
        else phrasebook(language).say("{amount} a month", amount=money_text(float(price), language)),
        since=None if start is None else date_text(start, language),
        until=None if end is None else date_text(end, language),
        in_force=one.during.contains(today),
    )


def _others(line: Line, registry: Registry, language: Language) -> tuple[NamedView, ...]:
    """The other lines of the building."""
    return tuple(
        NamedView(id=one.id, name=f"{one.id} ({word(one.role, language)})")
        for one in registry.lines
        if one.site == line.site and one.id != line.id
    )
