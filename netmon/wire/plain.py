"""A domain value as plain JSON values, which are hashed and kept as evidence, and back."""

from collections.abc import Callable, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from operator import attrgetter
from types import UnionType
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from netmon.errors import NetmonError, WireError
from netmon.wire.canonical import format_time, parse_time

_READERS: Mapping[type, Callable[[Any], object]] = {
    bool: bool,
    int: int,  # a key of a mapping is text
    float: float,
    str: str,
    datetime: parse_time,
    date: date.fromisoformat,
    time: time.fromisoformat,
    timedelta: lambda seconds: timedelta(seconds=seconds),
    ZoneInfo: ZoneInfo,
}


def plain(value: object) -> object:
    """The value with every dataclass as an object, set as a sorted list, time as text.

    Raises TypeError for a type that has no plain form.
    """
    return _writer(type(value))(value)  # type: ignore[arg-type]  # mypy takes no type for hashable


@cache
def _writer(kind: type) -> Callable[[Any], object]:
    """How values of a type become plain, found once: evidence has very many of a few types."""
    for base, write in _WRITERS:
        if issubclass(kind, base):
            return write
    if is_dataclass(kind):
        return _object_writer(tuple(one.name for one in fields(kind)))
    raise TypeError(f"{kind.__name__} has no plain form")


def _object_writer(names: tuple[str, ...]) -> Callable[[Any], object]:
    """Most members are plain as they are: those cost no call."""
    if len(names) < 2:
        return lambda value: {name: plain(getattr(value, name)) for name in names}
    members = attrgetter(*names)
    return lambda value: {
        name: item if type(item) in _PLAIN else plain(item) for name, item in zip(names, members(value), strict=True)
    }


def _same(value: object) -> object:
    return value


def _object(value: Mapping[Any, object]) -> object:
    return {str(plain(key)): plain(item) for key, item in value.items()}


_PLAIN = frozenset({type(None), bool, int, float, str})
_WRITERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], object]], ...] = (
    (Enum, lambda value: value.value),
    ((type(None), int, float, str), _same),
    (Mapping, _object),
    (Set, lambda value: sorted((plain(item) for item in value), key=str)),
    ((list, tuple), lambda value: [plain(item) for item in value]),
    (datetime, format_time),
    ((date, time), lambda value: value.isoformat()),
    (timedelta, lambda value: value.total_seconds()),
    (ZoneInfo, lambda value: value.key),
)


def restored(kind: Any, value: object) -> Any:
    """The value of a type, a dataclass or a mapping of them, whose plain form this is.

    A field that the plain form lacks takes its default. Raises WireError when it is no such form.
    """
    try:
        return _restored(kind, value, {})
    except (AttributeError, KeyError, TypeError, ValueError, NetmonError) as error:
        raise WireError(f"is no plain form of {getattr(kind, '__name__', kind)}: {error}") from error


def _restored(kind: Any, value: Any, given: Mapping[Any, Any]) -> Any:
    """`given` says what the type variables of a generic dataclass stand for."""
    kind = given[kind] if isinstance(kind, TypeVar) else kind
    kind = kind.__supertype__ if isinstance(kind, NewType) else kind
    shape, inner = get_origin(kind) or kind, [given.get(one, one) for one in get_args(kind)]
    if shape in (Union, UnionType):
        return None if value is None else _restored(next(one for one in inner if one is not type(None)), value, given)
    if is_dataclass(shape):
        return _dataclass(shape, value, dict(zip(getattr(shape, "__parameters__", ()), inner, strict=True)))
    if isinstance(shape, type) and issubclass(shape, Mapping):
        of_key, of_item = inner
        return {_restored(of_key, key, given): _restored(of_item, item, given) for key, item in value.items()}
    if shape is tuple and inner[-1] is not Ellipsis:
        return tuple(_restored(one, item, given) for one, item in zip(inner, value, strict=True))
    if shape in (tuple, frozenset):
        return shape(_restored(inner[0], item, given) for item in value)
    return shape(value) if issubclass(shape, Enum) else _READERS[shape](value)


def _dataclass(shape: Any, value: Mapping[str, Any], given: Mapping[Any, Any]) -> Any:
    hints = get_type_hints(shape)
    return shape(**{name: _restored(hints[name], item, given) for name, item in value.items()})
