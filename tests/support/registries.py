"""Builders of registries for tests: one district, its schools numbered."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from netmon.domain.identifiers import LineId, LocalityId, OrganisationId, ProviderId, SiteId, TerritoryId
from netmon.domain.interval import ALWAYS, Dated, History, Interval
from netmon.domain.registry import (
    Contract,
    Exemption,
    Line,
    LineRole,
    Locality,
    LocalityType,
    Occupancy,
    Organisation,
    Provider,
    Registry,
    Site,
    Territory,
    TerritoryKind,
    Text,
)

_MEGABIT = 1_000_000


def a_school(number: int, *, name: Text | None = None, buildings: int = 1) -> Sequence[object]:
    """An organisation `o-N` with the sites `s-N` (`s-N-2`, ...) and a line `l-N` (`l-N-2`, ...) in each."""
    organisation = OrganisationId(f"o-{number:02d}")
    entities: list[object] = [
        Organisation(
            id=organisation,
            territory=TerritoryId("district"),
            name=name or Text(ru=f"Школа № {number}", en=f"School No. {number}"),
        )
    ]
    for building in range(1, buildings + 1):
        suffix = f"{number:02d}" if building == 1 else f"{number:02d}-{building}"
        site = SiteId(f"s-{suffix}")
        address = Text(ru=f"ул. Школьная, {number}, корпус {building}", en=f"{number} School St, building {building}")
        locality = LocalityId("town" if number == 1 else "village")
        use = Occupancy(organisation=organisation, main=building == 1)
        entities.append(Site(id=site, locality=locality, address=address, occupancies=(use,)))
        contract = Contract(
            provider=ProviderId("provider"),
            number=f"{number}/2026",
            rate_bps=100 * _MEGABIT,
            price_rub_month=9_000,
            during=Interval(date(2026, 1, 1), None),
        )
        entities.append(
            Line(id=LineId(f"l-{suffix}"), site=site, role=LineRole.MAIN, interface=None, contracts=(contract,))
        )
    return entities


def a_registry(*schools: Sequence[object], exemptions: Sequence[Exemption] = ()) -> Registry:
    """One district with a town and a village, and the schools given, else one with two buildings."""
    entities = [entity for school in (schools or (a_school(2, buildings=2),)) for entity in school]
    return Registry(
        territories=(
            Territory(
                id=TerritoryId("district"),
                kind=TerritoryKind.DISTRICT,
                parent=None,
                name=Text(ru="Образцовый муниципальный район", en="Sample municipal district"),
                time_zone=ZoneInfo("Europe/Moscow"),
            ),
        ),
        localities=(
            _locality("town", Text(ru="г. Образцов", en="the town of Obraztsov"), LocalityType.CITY),
            _locality("village", Text(ru="д. Примерная", en="the village of Primernaya"), LocalityType.RURAL),
        ),
        organisations=tuple(entity for entity in entities if isinstance(entity, Organisation)),
        sites=tuple(entity for entity in entities if isinstance(entity, Site)),
        lines=tuple(entity for entity in entities if isinstance(entity, Line)),
        providers=(Provider(id=ProviderId("provider"), name=Text(ru="Оператор А", en="Provider A")),),
        exemptions=tuple(exemptions),
    )


def _locality(identifier: str, name: Text, kind: LocalityType) -> Locality:
    types = History((Dated(value=kind, during=ALWAYS),))
    return Locality(id=LocalityId(identifier), territory=TerritoryId("district"), name=name, types=types)


def an_exemption(organisation: str) -> Exemption:
    return Exemption(
        organisation=OrganisationId(organisation),
        reason=Text(ru="капитальный ремонт здания", en="the building is under major repair"),
        document="приказ № 7 от 01.09.2026",
        approver_role=Text(ru="председатель комитета образования", en="head of the education committee"),
        during=ALWAYS,
    )
