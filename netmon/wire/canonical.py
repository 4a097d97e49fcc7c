"""One byte string for one document: what is signed and hashed."""

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from netmon.errors import WireError

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")
_MAX_NESTING = 32


def canonical_json(document: object) -> bytes:
    """UTF-8 JSON with sorted keys, no spaces, no NaN: the same document gives the same bytes everywhere."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def content_hash(document: object) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(document)).hexdigest()


def parse_object(data: bytes | str, *, limit: int) -> dict[str, object]:
    """The JSON object in `data`.

    Raises WireError for anything longer than `limit` bytes, any other value, NaN, infinity, a key given twice, a text
    that UTF-8 or PostgreSQL cannot hold (half a surrogate pair, NUL), or deep nesting.
    """
    if len(data) > limit:
        raise WireError(f"longer than {limit} bytes")
    try:
        text = data.decode() if isinstance(data, bytes) else data
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise WireError(f"is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise WireError("is not a JSON object")
    # Without escapes a text cannot hold what is refused, and few brackets cannot nest deeply: most need no walk.
    if ("\\u" in text or text.count("{") + text.count("[") > _MAX_NESTING) and not _is_storable(value, _MAX_NESTING):
        raise WireError("has a text that cannot be stored, or is nested too deeply")
    return value


def _is_storable(value: object, levels: int) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, dict):
        return levels > 0 and all(_is_storable(part, levels - 1) for pair in value.items() for part in pair)
    return not isinstance(value, list) or (levels > 0 and all(_is_storable(part, levels - 1) for part in value))


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is out of range")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a key is given twice")
    return document


def b64encode(data: bytes) -> str:
    """URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def b64decode(text: str) -> bytes:
    """The bytes of URL-safe base64 without padding. Raises WireError for anything else."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise WireError("is not URL-safe base64") from error
    if b64encode(data) != text:
        raise WireError("is not canonical base64")
    return data


def format_time(at: datetime) -> str:
    """An aware time as ``2026-11-23T10:00:00.123456Z``."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_time(text: object) -> datetime:
    """The aware time of an ISO 8601 text with its zone. Raises WireError for anything else."""
    if not isinstance(text, str):
        raise WireError("a time is not a text")
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise WireError(f"'{text[:40]}' is not a time") from error
    if at.tzinfo is None:
        raise WireError(f"'{text[:40]}' has no time zone")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise WireError(f"'{text[:40]}' is not a time") from error


class Fields:
    """Typed access to the members of a JSON object; what was not asked for is `rest`.

    Numbers are never taken from texts or booleans, and a missing member is an error, not a default.
    """

    def __init__(self, document: Mapping[str, object], where: str) -> None:
        self._members = dict(document)
        self._where = where

    def fail(self, key: str, wanted: str) -> WireError:
        """The error of one member."""
        return WireError(f"{self._where}.{key} is not {wanted}")

    def _take(self, key: str, wanted: str) -> object:
        if key not in self._members:
            raise WireError(f"{self._where}.{key} is missing ({wanted})")
        return self._members.pop(key)

    def text(self, key: str, *, limit: int = 200) -> str:
        value = self._take(key, "a text")
        if not isinstance(value, str) or not value or len(value) > limit:
            raise self.fail(key, f"a text of 1 to {limit} characters")
        return value

    def integer(self, key: str, *, minimum: int = 0, maximum: int = 2**53) -> int:
        value = self._take(key, "a whole number")
        if type(value) is not int or not minimum <= value <= maximum:
            raise self.fail(key, f"a whole number from {minimum} to {maximum}")
        return value

    def number(self, key: str, *, minimum: float = 0.0, maximum: float = 1e15) -> float:
        value = self._take(key, "a number")
        if isinstance(value, bool) or not isinstance(value, int | float) or not minimum <= value <= maximum:
            raise self.fail(key, f"a number from {minimum:g} to {maximum:g}")
        return float(value)

    def boolean(self, key: str) -> bool:
        value = self._take(key, "true or false")
        if not isinstance(value, bool):
            raise self.fail(key, "true or false")
        return value

    def time(self, key: str) -> datetime:
        value = self._take(key, "a time")
        try:
            return parse_time(value)
        except WireError as error:
            raise WireError(f"{self._where}.{key}: {error}") from error

    def nested(self, key: str) -> "Fields":
        value = self._take(key, "an object")
        if not isinstance(value, dict):
            raise self.fail(key, "an object")
        return Fields(value, f"{self._where}.{key}")

    def raw(self, key: str) -> object:
        """The member as it is."""
        return self._take(key, "any value")

    def texts(self, key: str, *, most: int = 100) -> tuple[str, ...]:
        value = self._take(key, "a list of texts")
        if not isinstance(value, list) or len(value) > most or not all(isinstance(item, str) for item in value):
            raise self.fail(key, f"a list of at most {most} texts")
        return tuple(value)

    def choice(self, key: str, enum: type[E]) -> E:
        """A member of a closed set, by its value."""
        text = self.text(key)
        if text not in {member.value for member in enum}:
            raise self.fail(key, "one of " + ", ".join(enum))
        return enum(text)

    def is_null(self, key: str) -> bool:
        """Whether the member is null; a null member is taken, a missing one counts as null."""
        if self._members.get(key) is None:
            self._members.pop(key, None)
            return True
        return False

    @property
    def rest(self) -> dict[str, object]:
        """The members that nobody asked for."""
        return dict(self._members)

    def finish(self) -> None:
        """Refuse what is left: for documents that are closed."""
        for key in self._members:
            raise WireError(f"{self._where}.{key} is unknown")


def objects(value: object, where: str, most: int) -> list[Fields]:
    """The objects of a list. Raises WireError for anything else, and for more than `most` of them."""
    if not isinstance(value, list) or len(value) > most or not all(isinstance(item, dict) for item in value):
        raise WireError(f"{where} is not a list of at most {most} objects")
    return [Fields(item, f"{where}[{index}]") for index, item in enumerate(value)]


def maybe(fields: Fields, key: str, read: Callable[[str], T]) -> T | None:
    """A member that may be null."""
    return None if fields.is_null(key) else read(key)
