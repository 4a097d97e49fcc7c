"""The registry as rows, replaced as a whole."""

import json
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, Table, delete, insert

from netmon.domain.interval import Interval
from netmon.domain.registry import Exemption, Registry, Text
from netmon_collector.storage import registry_tables as tables

Row = dict[str, object]


def write_registry(connection: Connection, registry: Registry) -> None:
    """Replace every row of the registry."""
    for table, _ in reversed(_ROWS):
        connection.execute(delete(table))
    for table, rows_of in _ROWS:
        rows = list(rows_of(registry))
        if rows:
            connection.execute(insert(table), rows)


def _text(name: str, text: Text) -> Row:
    return {f"{name}_ru": text.ru, f"{name}_en": text.en}


def _during(during: Interval) -> Row:
    return {"valid_from": during.start, "valid_to": during.end}


def _territories(registry: Registry) -> Iterator[Row]:
    for ordinal, one in enumerate(registry.territories):
        yield {
            "id": one.id,
            "ordinal": ordinal,
            "kind": one.kind,
            "parent_id": one.parent,
            "time_zone": one.time_zone.key,
            **_text("name", one.name),
        }


def _localities(registry: Registry) -> Iterator[Row]:
    for ordinal, one in enumerate(registry.localities):
        yield {"id": one.id, "ordinal": ordinal, "territory_id": one.territory, **_text("name", one.name)}


def _locality_types(registry: Registry) -> Iterator[Row]:
    for locality in registry.localities:
        for ordinal, one in enumerate(locality.types.entries):
            yield {"locality_id": locality.id, "ordinal": ordinal, "type": one.value, **_during(one.during)}


def _providers(registry: Registry) -> Iterator[Row]:
    for ordinal, one in enumerate(registry.providers):
        yield {"id": one.id, "ordinal": ordinal, **_text("name", one.name)}


def _organisations(registry: Registry) -> Iterator[Row]:
    for ordinal, one in enumerate(registry.organisations):
        yield {
            "id": one.id,
            "ordinal": ordinal,
            "territory_id": one.territory,
            "line_rule": one.line_rule,
            "external_ids": json.dumps(dict(one.external_ids), ensure_ascii=False),
            **_text("name", one.name),
            **_during(one.during),
        }


def _sites(registry: Registry) -> Iterator[Row]:
    for ordinal, one in enumerate(registry.sites):
        yield {
            "id": one.id,
            "ordinal": ordinal,
            "locality_id": one.locality,
            **_text("address", one.address),
            **_during(one.during),
        }


def _occupancies(registry: Registry) -> Iterator[Row]:
    for site in registry.sites:
        for ordinal, one in enumerate(site.occupancies):
            yield {
                "site_id": site.id,
                "ordinal": ordinal,
                "organisation_id": one.organisation,
                "teaching": one.teaching,
                "main": one.main,
                **_during(one.during),
            }


def _lines(registry: Registry) -> Iterator[Row]:
    for ordinal, one in enumerate(registry.lines):
        yield {
            "id": one.id,
            "ordinal": ordinal,
            "site_id": one.site,
            "role": one.role,
            "interface": one.interface,
            **_during(one.during),
        }


def _contracts(registry: Registry) -> Iterator[Row]:
    for line in registry.lines:
        for ordinal, one in enumerate(line.contracts):
            yield {
                "line_id": line.id,
                "ordinal": ordinal,
                "provider_id": one.provider,
                "number": one.number,
                "rate_bps": one.rate_bps,
                "price_rub_month": one.price_rub_month,
                **_during(one.during),
            }


def _exemptions(registry: Registry) -> Iterator[Row]:
    for ordinal, one in enumerate(registry.exemptions):
        yield exemption_row(ordinal, one)


def exemption_row(ordinal: int, one: Exemption) -> Row:
    return {
        "ordinal": ordinal,
        "organisation_id": one.organisation,
        "document": one.document,
        **_text("reason", one.reason),
        **_text("approver_role", one.approver_role),
        **_during(one.during),
    }


def _note(registry: Registry) -> Iterator[Row]:
    if registry.note is not None:
        yield {"ordinal": 0, **_text("note", registry.note)}


# Referring tables after those that they refer to.
_ROWS: tuple[tuple[Table, Callable[[Registry], Iterator[Row]]], ...] = (
    (tables.territory, _territories),
    (tables.locality, _localities),
    (tables.locality_type, _locality_types),
    (tables.provider, _providers),
    (tables.organisation, _organisations),
    (tables.site, _sites),
    (tables.occupancy, _occupancies),
    (tables.line, _lines),
    (tables.contract, _contracts),
    (tables.exemption, _exemptions),
    (tables.registry_note, _note),
)
