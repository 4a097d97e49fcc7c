"""The registry back from its rows."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Table, select

from netmon.domain.interval import Dated, History, Interval
from netmon.domain.registry import (
    Contract,
    Exemption,
    Line,
    Locality,
    Occupancy,
    Organisation,
    Provider,
    Registry,
    Site,
    Territory,
    Text,
)
from netmon_collector.storage import registry_tables as tables

AnyRow = Row[Any]


def read_registry(connection: Connection) -> Registry:
    """The registry as it was written, in its order."""

    def rows(table: Table) -> Sequence[AnyRow]:
        return connection.execute(select(table).order_by(table.c.ordinal)).all()

    def children(table: Table, parent: str) -> Mapping[str, list[AnyRow]]:
        found: dict[str, list[AnyRow]] = defaultdict(list)
        for row in rows(table):
            found[getattr(row, parent)].append(row)
        return found

    types = children(tables.locality_type, "locality_id")
    uses = children(tables.occupancy, "site_id")
    contracts = children(tables.contract, "line_id")
    note = rows(tables.registry_note)
    return Registry(
        territories=tuple(_territory(row) for row in rows(tables.territory)),
        localities=tuple(_locality(row, types[row.id]) for row in rows(tables.locality)),
        organisations=tuple(_organisation(row) for row in rows(tables.organisation)),
        sites=tuple(_site(row, uses[row.id]) for row in rows(tables.site)),
        lines=tuple(_line(row, contracts[row.id]) for row in rows(tables.line)),
        providers=tuple(Provider(id=row.id, name=_text(row, "name")) for row in rows(tables.provider)),
        exemptions=tuple(_exemption(row) for row in rows(tables.exemption)),
        note=_text(note[0], "note") if note else None,
    )


def _text(row: AnyRow, name: str) -> Text:
    return Text(ru=getattr(row, f"{name}_ru"), en=getattr(row, f"{name}_en"))


def _during(row: AnyRow) -> Interval:
    return Interval(row.valid_from, row.valid_to)


def _territory(row: AnyRow) -> Territory:
    return Territory(
        id=row.id, kind=row.kind, parent=row.parent_id, name=_text(row, "name"), time_zone=ZoneInfo(row.time_zone)
    )


def _locality(row: AnyRow, types: Sequence[AnyRow]) -> Locality:
    return Locality(
        id=row.id,
        territory=row.territory_id,
        name=_text(row, "name"),
        types=History(tuple(Dated(value=one.type, during=_during(one)) for one in types)),
    )


def _organisation(row: AnyRow) -> Organisation:
    return Organisation(
        id=row.id,
        territory=row.territory_id,
        name=_text(row, "name"),
        line_rule=row.line_rule,
        during=_during(row),
        external_ids=json.loads(row.external_ids),
    )


def _site(row: AnyRow, uses: Sequence[AnyRow]) -> Site:
    return Site(
        id=row.id,
        locality=row.locality_id,
        address=_text(row, "address"),
        occupancies=tuple(
            Occupancy(organisation=one.organisation_id, teaching=one.teaching, main=one.main, during=_during(one))
            for one in uses
        ),
        during=_during(row),
    )


def _line(row: AnyRow, contracts: Sequence[AnyRow]) -> Line:
    return Line(
        id=row.id,
        site=row.site_id,
        role=row.role,
        interface=row.interface,
        contracts=tuple(
            Contract(
                provider=one.provider_id,
                number=one.number,
                rate_bps=one.rate_bps,
                price_rub_month=one.price_rub_month,
                during=_during(one),
            )
            for one in contracts
        ),
        during=_during(row),
    )


def _exemption(row: AnyRow) -> Exemption:
    return Exemption(
        organisation=row.organisation_id,
        reason=_text(row, "reason"),
        document=row.document,
        approver_role=_text(row, "approver_role"),
        during=_during(row),
    )
