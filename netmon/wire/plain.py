"""A domain value as plain JSON values: what is hashed and kept as evidence."""

from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from netmon.wire.canonical import format_time


def plain(value: object) -> object:
    """The value with every dataclass as an object, set as a sorted list, time as text.

    Raises TypeError for a type that has no plain form.
    """
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | Set):
        items = [plain(item) for item in value]
        return sorted(items, key=str) if isinstance(value, Set) else items
    return _text(value)


def _text(value: object) -> str | float:
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, ZoneInfo):
        return value.key
    raise TypeError(f"{type(value).__name__} has no plain form")
