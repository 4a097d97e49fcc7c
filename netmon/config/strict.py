"""A strict reader of YAML: every value knows its line, every mistake is one line that says how to mend it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import NoReturn, TypeVar

import yaml

from netmon.errors import ConfigError

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

_MAX_FILE_BYTES = 64 * 1024 * 1024
_IDENTIFIER = re.compile(r"[\w.-]+\Z")
_MAX_NESTING = 100
_LOOKS_LIKE_A_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


@dataclass(frozen=True, slots=True)
class Source:
    """One place in one file, for error messages; what was entered without a file has no name of one."""

    file: str
    line: int
    key: str

    def fail(self, problem: str, mend: str, *, missing: str | None = None) -> NoReturn:
        """Raise the one-line error of this place, or of a key that it should have."""
        where = (f"{self.file}:{self.line}: " if self.file else "") + (f"{self.key}: " if self.key else "")
        raise ConfigError(_one_line(f"{where}{problem}; {mend}"), key=missing or self.key)


def _one_line(message: str) -> str:
    """The message without the line breaks and terminal controls that a quoted value may carry."""
    return "".join(character if character.isprintable() else " " for character in message)


class Node:
    """A value of the file together with its place.

    Scalars are read from their source text and never through YAML's own typing, so ``1.10`` cannot turn into 1.1
    and ``no`` cannot turn into false behind the reader's back.
    """

    def __init__(self, node: yaml.Node, *, file: str, key: str, line: int | None = None) -> None:
        self._node = node
        self.source = Source(file, node.start_mark.line + 1 if line is None else line, key)

    def fail(self, problem: str, mend: str) -> NoReturn:
        """Raise the one-line error of this value."""
        self.source.fail(problem, mend)

    @property
    def is_null(self) -> bool:
        node = self._node
        return isinstance(node, yaml.ScalarNode) and _is_plain(node) and node.value in ("", "~", "null")

    @property
    def is_mapping(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        return isinstance(self._node, yaml.SequenceNode)

    def mapping(self) -> "Mapping":
        """The value as a mapping with unique keys."""
        node = self._node
        if not isinstance(node, yaml.MappingNode):
            self.fail("is not a mapping", "write 'key: value' lines under it")
        entries: dict[str, Node] = {}
        for key_node, value_node in node.value:
            key = _key_text(key_node, self.source)
            path = f"{self.source.key}.{key}" if self.source.key else key
            if key in entries:
                Source(self.source.file, key_node.start_mark.line + 1, path).fail(
                    "is given twice", "keep one of the two"
                )
            entries[key] = Node(value_node, file=self.source.file, key=path, line=key_node.start_mark.line + 1)
        return Mapping(entries, self.source)

    def items(self) -> "list[Node]":
        """The value as a list."""
        node = self._node
        if not isinstance(node, yaml.SequenceNode):
            self.fail("is not a list", "write '- item' lines or [a, b]")
        return [
            Node(child, file=self.source.file, key=f"{self.source.key}[{index}]")
            for index, child in enumerate(node.value)
        ]

    def _scalar(self, wanted: str) -> yaml.ScalarNode:
        node = self._node
        if not isinstance(node, yaml.ScalarNode) or self.is_null:
            self.fail(f"is not {wanted}", f"write {wanted}")
        return node

    def text(self) -> str:
        """A string that is not empty. An unquoted number or boolean is refused: it is not text."""
        node = self._scalar("a text")
        if _is_plain(node) and (_LOOKS_LIKE_A_NUMBER.match(node.value) or node.value in ("true", "false")):
            self.fail(f"{node.value} is not a text", f'put it in quotes: "{node.value}"')
        if not node.value.strip():
            self.fail("is empty", "write a text or leave the key out")
        return str(node.value)

    def identifier(self) -> str:
        """A string of letters, digits, ``_``, ``.`` and ``-``; numbers must be quoted so that 1.10 is not 1.1."""
        node = self._scalar("an identifier")
        if _is_plain(node) and _LOOKS_LIKE_A_NUMBER.match(node.value):
            self.fail(f"{node.value} is a number, not an identifier", f'put it in quotes: "{node.value}"')
        if not _IDENTIFIER.match(node.value):
            self.fail(f"'{node.value}' is not an identifier", "use letters, digits, '_', '.' and '-' only")
        return str(node.value)

    def boolean(self) -> bool:
        node = self._scalar("true or false")
        if not _is_plain(node) or node.value not in ("true", "false"):
            self.fail(f"'{node.value}' is not true or false", "write true or false without quotes")
        return bool(node.value == "true")

    def integer(self, minimum: int | None = None, maximum: int | None = None) -> int:
        node = self._scalar("a whole number")
        if not _is_plain(node) or not _INTEGER.match(node.value):
            self.fail(f"'{node.value}' is not a whole number", "write digits without quotes")
        return self._bounded(int(node.value), minimum, maximum)

    def number(self, minimum: float | None = None, maximum: float | None = None) -> float:
        return self._bounded(float(self._digits()), minimum, maximum)

    def decimal(self, minimum: float | None = None, maximum: float | None = None) -> Decimal:
        """A number exactly as it is written, for what is compared with a target."""
        return self._bounded(Decimal(self._digits()), minimum, maximum)

    def _digits(self) -> str:
        node = self._scalar("a number")
        if not _is_plain(node) or not _DECIMAL.match(node.value):
            self.fail(f"'{node.value}' is not a number", "write digits with a decimal point, without quotes")
        return str(node.value)

    def _bounded(self, value: T, minimum: float | None, maximum: float | None) -> T:
        number = float(value)  # type: ignore[arg-type]
        if minimum is not None and number < minimum:
            self.fail(f"{value} is too small", f"write {minimum} or more")
        if maximum is not None and number > maximum:
            self.fail(f"{value} is too large", f"write {maximum} or less")
        return value

    def date(self) -> date:
        node = self._scalar("a date")
        if not _DATE.match(node.value):
            self.fail(f"'{node.value}' is not a date", "write it as YYYY-MM-DD")
        return self.parsed(date.fromisoformat, "write an existing day as YYYY-MM-DD")

    def choice(self, enum: type[E]) -> E:
        """A member of a closed set, by its value."""
        node = self._scalar("one of " + ", ".join(enum))
        if node.value not in {member.value for member in enum}:
            self.fail(f"'{node.value}' is unknown", "write one of " + ", ".join(enum))
        return enum(node.value)

    def parsed(self, parse: Callable[[str], T], mend: str) -> T:
        """A text that ``parse`` turns into a value; its ValueError becomes this place's error."""
        text = self._scalar("a text").value
        try:
            return parse(text)
        except (ValueError, KeyError):
            self.fail(f"'{text}' cannot be used", mend)

    def localized(self) -> dict[str, str]:
        """A text in Russian and English: ``{ru: ..., en: ...}``."""
        entries = self.mapping()
        texts = {language: entries.take(language).text() for language in ("ru", "en")}
        entries.finish()
        return texts


def _is_plain(node: yaml.ScalarNode) -> bool:
    """Whether a scalar is written without quotes; libyaml says it with "" where PyYAML has None."""
    return not node.style


def _key_text(node: yaml.Node, parent: Source) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    Source(parent.file, node.start_mark.line + 1, parent.key).fail("has a key that is not a text", "write a plain key")


class Mapping:
    """The keys of a mapping, each to be taken once; `finish` refuses what is left."""

    def __init__(self, entries: dict[str, Node], source: Source) -> None:
        self._entries = entries
        self._known: list[str] = []
        self.source = source

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        """All remaining entries, taken as they come: for mappings whose keys are data."""
        entries, self._entries = self._entries, {}
        return iter(entries.items())

    def fail(self, problem: str, mend: str) -> NoReturn:
        """Raise the one-line error of the whole mapping."""
        self.source.fail(problem, mend)

    def take(self, key: str) -> Node:
        """The value of a required key."""
        node = self.optional(key)
        if node is None:
            self.source.fail(f"has no '{key}'", f"add the key '{key}'", missing=key)
        return node

    def optional(self, key: str) -> Node | None:
        """The value of a key that may be absent or null."""
        self._known.append(key)
        node = self._entries.pop(key, None)
        return None if node is None or node.is_null else node

    def finish(self) -> None:
        """Refuse every key that nobody asked for."""
        for key, node in self._entries.items():
            node.source.fail(f"unknown key '{key}'", "known here: " + ", ".join(sorted(set(self._known))))


def read_yaml(path: Path) -> Node:
    """The root of a YAML file.

    Raises ConfigError when the file cannot be read or is no YAML, in one line.
    """
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise ConfigError(f"{path}: is larger than {_MAX_FILE_BYTES} bytes; split it")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8; save it as UTF-8") from error
    return parse_yaml(text, file=str(path))


def parse_yaml(text: str, *, file: str) -> Node:
    """The root of a YAML text; `file` names it in errors."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_nesting(text, loader, file)
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        Source(file, line, "").fail(f"is not YAML ({error.problem})", "mend the syntax of this line")
    except yaml.YAMLError as error:
        raise ConfigError(f"{file}: is not YAML; remove its control characters") from error
    if root is None:
        raise ConfigError(f"{file}:1: is empty; write its keys")
    return Node(root, file=file, key="")


def _check_nesting(text: str, loader: type[yaml.SafeLoader], file: str) -> None:
    """Refuse what would exhaust the stack: libyaml's composer recurses and would take the process with it."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_NESTING:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise ConfigError(f"{file}:{line}: is nested more than {_MAX_NESTING} levels deep; flatten it")
