"""Registry -> registry.yaml: what read_registry reads back as an equal registry."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from netmon.config.fields import VERSION
from netmon.domain.interval import Interval
from netmon.domain.registry import Contract, Exemption, Line, Locality, Occupancy, Organisation, Registry, Site, Text

_MEGABIT = 1_000_000


class _Key(str):
    """A key of a mapping: written without quotes."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Quotes every text, so that an identifier such as 1.10 stays one."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


_Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))
_Dumper.add_representer(_Key, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text)))


def registry_yaml(registry: Registry) -> str:
    """The text of a registry.yaml with this registry; comments of a file that it replaces are not in it."""
    document = {
        "version": VERSION,
        "note": _text(registry.note),
        "territories": [
            {
                "id": one.id,
                "kind": one.kind.value,
                "parent": one.parent,
                "name": _text(one.name),
                "time_zone": one.time_zone.key,
            }
            for one in registry.territories
        ],
        "localities": [_locality(one) for one in registry.localities],
        "providers": [{"id": one.id, "name": _text(one.name)} for one in registry.providers],
        "organisations": [_organisation(one) for one in registry.organisations],
        "sites": [_site(one, registry) for one in registry.sites],
        "exemptions": [_exemption(one) for one in registry.exemptions],
    }
    return yaml.dump(_plain(document), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


def _plain(value: object) -> object:
    """The value without what is absent, its texts and keys told apart."""
    if isinstance(value, Mapping):
        return {_Key(key): _plain(item) for key, item in value.items() if item is not None}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _text(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"ru": text.ru, "en": text.en}


def _during(during: Interval) -> dict[str, date | None]:
    return {"from": during.start, "to": during.end}


def _locality(one: Locality) -> dict[str, object]:
    types = [{"type": entry.value.value, **_during(entry.during)} for entry in one.types.entries]
    return {"id": one.id, "territory": one.territory, "name": _text(one.name), "types": types}


def _organisation(one: Organisation) -> dict[str, object]:
    return {
        "id": one.id,
        "territory": one.territory,
        "name": _text(one.name),
        "line_rule": one.line_rule.value,
        "external_ids": dict(one.external_ids) or None,
        **_during(one.during),
    }


def _site(one: Site, registry: Registry) -> dict[str, object]:
    return {
        "id": one.id,
        "locality": one.locality,
        "address": _text(one.address),
        **_during(one.during),
        "organisations": [_occupancy(use) for use in one.occupancies],
        "lines": [_line(line) for line in registry.lines if line.site == one.id],
    }


def _occupancy(one: Occupancy) -> dict[str, object]:
    return {"id": one.organisation, "teaching": one.teaching, "main": one.main, **_during(one.during)}


def _line(one: Line) -> dict[str, object]:
    contracts = [_contract(contract) for contract in one.contracts]
    line = {"id": one.id, "role": one.role.value, "interface": one.interface, **_during(one.during)}
    return {**line, "contracts": contracts or None}


def _contract(one: Contract) -> dict[str, object]:
    whole, part = divmod(one.rate_bps, _MEGABIT)
    return {
        "provider": one.provider,
        "number": one.number,
        "rate_mbps": one.rate_bps / _MEGABIT if part else whole,
        "price_rub_month": one.price_rub_month,
        **_during(one.during),
    }


def _exemption(one: Exemption) -> dict[str, object]:
    return {
        "organisation": one.organisation,
        "reason": _text(one.reason),
        "document": one.document,
        "approver_role": _text(one.approver_role),
        **_during(one.during),
    }
