"""The registry as one flat table: a row has a site, one who uses it, one line and one contract of it."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from netmon.domain.interval import Dated, Interval
from netmon.domain.registry import (
    Contract,
    Line,
    Locality,
    LocalityType,
    Occupancy,
    Organisation,
    Provider,
    Registry,
    Site,
    Text,
)
from netmon_collector.use_cases.registry_cells import EXTERNAL_ID, READERS

T = TypeVar("T")
Row = dict[str, object]
_MEGABIT = 1_000_000


def registry_csv(registry: Registry) -> str:
    """The table with its heading; `import` reads it back as an equal registry."""
    names = sorted({name for one in registry.organisations for name in one.external_ids})
    columns = [*READERS, *(f"{EXTERNAL_ID}{name}" for name in names)]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for row in _rows(registry):
        writer.writerow({column: _cell(value) for column, value in row.items()})
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return str(value.value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _rows(registry: Registry) -> Iterator[Row]:
    """First what stands alone, so that the order of everything is kept; then the sites."""
    for territory_less in (registry.localities, registry.providers, registry.organisations):
        for one in territory_less:
            yield from _alone(one)
    for site in registry.sites:
        yield from _site_rows(site, registry)


def _alone(one: Locality | Provider | Organisation) -> Iterator[Row]:
    if isinstance(one, Locality):
        for dated in one.types.entries or (None,):
            yield _locality(one, dated)
    else:
        yield _provider(one) if isinstance(one, Provider) else _organisation(one)


def _site_rows(site: Site, registry: Registry) -> Iterator[Row]:
    lines: list[tuple[Line, Contract | None]] = [
        (line, contract) for line in registry.lines if line.site == site.id for contract in (line.contracts or (None,))
    ]
    for number in range(max(1, len(site.occupancies), len(lines))):
        use, line = _nth(site.occupancies, number), _nth(lines, number)
        yield {
            **_site(site),
            **({} if use is None else _use(use)),
            **({} if line is None else _line(*line)),
        }


def _nth(items: Sequence[T], number: int) -> T | None:
    """The item of a row; the only one stands in every row, as people write it."""
    if number < len(items):
        return items[number]
    return items[0] if len(items) == 1 else None


def _text(name: str, text: Text) -> Row:
    return {f"{name}_ru": text.ru, f"{name}_en": text.en}


def _during(name: str, during: Interval) -> Row:
    return {f"{name}_from": during.start, f"{name}_to": during.end}


def _locality(one: Locality, dated: Dated[LocalityType] | None) -> Row:
    row: Row = {"locality": one.id, "locality_territory": one.territory, **_text("locality_name", one.name)}
    return row if dated is None else {**row, "locality_type": dated.value, **_during("type", dated.during)}


def _provider(one: Provider) -> Row:
    return {"provider": one.id, **_text("provider_name", one.name)}


def _organisation(one: Organisation) -> Row:
    external: Mapping[str, object] = {f"{EXTERNAL_ID}{name}": value for name, value in one.external_ids.items()}
    return {
        "territory": one.territory,
        "organisation": one.id,
        **_text("organisation_name", one.name),
        "line_rule": one.line_rule,
        **_during("organisation", one.during),
        **external,
    }


def _site(one: Site) -> Row:
    return {"site": one.id, "locality": one.locality, **_text("address", one.address), **_during("site", one.during)}


def _use(one: Occupancy) -> Row:
    return {"organisation": one.organisation, "teaching": one.teaching, "main": one.main, **_during("use", one.during)}


def _line(line: Line, contract: Contract | None) -> Row:
    row = {"line": line.id, "role": line.role, "interface": line.interface, **_during("line", line.during)}
    if contract is None:
        return row
    return {
        **row,
        "provider": contract.provider,
        "contract_number": contract.number,
        "rate_mbps": f"{Decimal(contract.rate_bps) / _MEGABIT:f}",
        "price_rub_month": contract.price_rub_month,
        **_during("contract", contract.during),
    }
