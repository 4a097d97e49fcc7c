"""Identifiers and files that must name something known, and lists that may be absent."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

from netmon.config.strict import Mapping as Keys
from netmon.config.strict import Node
from netmon.domain.identifiers import TerritoryId
from netmon.errors import ConfigError

T = TypeVar("T")


def optional_items(keys: Keys, key: str) -> list[Node]:
    """The items of a list that may be absent."""
    node = keys.optional(key)
    return [] if node is None else node.items()


def read_known(node: Node, known: Collection[str], kind: str) -> str:
    """The identifier of an entry above in the same file."""
    identifier = node.identifier()
    if identifier not in known:
        node.fail(f"'{identifier}' is no {kind} of this file", "use an id that the file defines above")
    return identifier


def read_territory(node: Node, territories: Collection[TerritoryId]) -> TerritoryId:
    """The identifier of a territory of the registry."""
    territory = TerritoryId(node.identifier())
    if territory not in territories:
        node.fail(f"'{territory}' is no territory of the registry", "use an id of registry.yaml")
    return territory


def read_named_file(node: Node, folder: Path, read: Callable[[Path], T]) -> T:
    """What `read` finds in the file that a value names, relative to a folder; its ConfigError is told at this place."""
    path = folder / node.text()
    try:
        return read(path)
    except ConfigError as error:
        problem, _, mend = str(error).partition("; ")
        node.fail(problem, mend)
