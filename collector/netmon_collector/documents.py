"""One canonical JSON for a value of the domain: what a version of a registry or a policy is known by."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from zoneinfo import ZoneInfo

from netmon.wire.canonical import canonical_json, content_hash
from netmon_collector.ports import Document


def canonical_document(kind: str, value: object) -> Document:
    """The value as a document: equal values give equal hashes, whatever file they were read from."""
    plain = _plain(value)
    return Document(kind=kind, hash=content_hash(plain), content=canonical_json(plain).decode())


def _plain(value: object) -> object:
    """The value in JSON's words. Raises TypeError for anything that has no one form."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str | Decimal | ZoneInfo):
        return str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return _plain_collection(value)


def _plain_collection(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(str(_plain(item)) for item in value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")
