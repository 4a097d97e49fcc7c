"""The registry as rows, replaced as a whole."""

import json
from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Table, delete, insert

from netmon.domain.interval import Interval
from netmon.domain.registry import Line, Registry, Site, Text
from netmon_collector.storage import registry_tables as tables

_CHILDREN_LAST: tuple[Table, ...] = (
    tables.territory,
    tables.locality,
    tables.locality_type,
    tables.provider,
    tables.organisation,
    tables.site,
    tables.occupancy,
    tables.line,
    tables.contract,
    tables.exemption,
    tables.registry_note,
)
Add = Callable[..., None]


def write_registry(connection: Connection, registry: Registry) -> None:
    """Replace every row of the registry."""
    rows = _rows(registry)
    for table in reversed(_CHILDREN_LAST):
        connection.execute(delete(table))
    for table in _CHILDREN_LAST:
        if rows[table.name]:
            connection.execute(insert(table), rows[table.name])


def _rows(registry: Registry) -> Mapping[str, list[dict[str, object]]]:
    rows: dict[str, list[dict[str, object]]] = {table.name: [] for table in _CHILDREN_LAST}

    def add(table: Table, ordinal: int, **values: object) -> None:
        rows[table.name].append({"ordinal": ordinal, **values})

    for number, territory in enumerate(registry.territories):
        add(
            tables.territory,
            number,
            id=territory.id,
            kind=territory.kind,
            parent_id=territory.parent,
            time_zone=territory.time_zone.key,
            **_text("name", territory.name),
        )
    for number, locality in enumerate(registry.localities):
        add(tables.locality, number, id=locality.id, territory_id=locality.territory, **_text("name", locality.name))
        for turn, dated in enumerate(locality.types.entries):
            add(tables.locality_type, turn, locality_id=locality.id, type=dated.value, **_during(dated.during))
    for number, provider in enumerate(registry.providers):
        add(tables.provider, number, id=provider.id, **_text("name", provider.name))
    for number, organisation in enumerate(registry.organisations):
        add(
            tables.organisation,
            number,
            id=organisation.id,
            territory_id=organisation.territory,
            line_rule=organisation.line_rule,
            external_ids=json.dumps(dict(organisation.external_ids), ensure_ascii=False),
            **_text("name", organisation.name),
            **_during(organisation.during),
        )
    for number, site in enumerate(registry.sites):
        _add_site(add, number, site)
    for number, line in enumerate(registry.lines):
        _add_line(add, number, line)
    for number, exemption in enumerate(registry.exemptions):
        add(
            tables.exemption,
            number,
            organisation_id=exemption.organisation,
            document=exemption.document,
            **_text("reason", exemption.reason),
            **_text("approver_role", exemption.approver_role),
            **_during(exemption.during),
        )
    if registry.note is not None:
        add(tables.registry_note, 0, **_text("note", registry.note))
    return rows


def _add_site(add: Add, number: int, site: Site) -> None:
    add(
        tables.site,
        number,
        id=site.id,
        locality_id=site.locality,
        **_text("address", site.address),
        **_during(site.during),
    )
    for turn, use in enumerate(site.occupancies):
        add(
            tables.occupancy,
            turn,
            site_id=site.id,
            organisation_id=use.organisation,
            teaching=use.teaching,
            main=use.main,
            **_during(use.during),
        )


def _add_line(add: Add, number: int, line: Line) -> None:
    add(
        tables.line,
        number,
        id=line.id,
        site_id=line.site,
        role=line.role,
        interface=line.interface,
        **_during(line.during),
    )
    for turn, contract in enumerate(line.contracts):
        add(
            tables.contract,
            turn,
            line_id=line.id,
            provider_id=contract.provider,
            number=contract.number,
            rate_bps=contract.rate_bps,
            price_rub_month=contract.price_rub_month,
            **_during(contract.during),
        )


def _text(name: str, text: Text) -> dict[str, object]:
    return {f"{name}_ru": text.ru, f"{name}_en": text.en}


def _during(during: Interval) -> dict[str, object]:
    return {"valid_from": during.start, "valid_to": during.end}
