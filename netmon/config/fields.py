"""Pieces that several configuration files share."""

from netmon.config.strict import Mapping, Node
from netmon.domain.interval import Interval
from netmon.domain.registry import Text

VERSION = 1


def read_version(keys: Mapping) -> None:
    """The format version that every file states."""
    node = keys.take("version")
    if node.integer() != VERSION:
        node.fail(f"version {node.integer()} is unknown", f"write {VERSION}, or install a netmon that reads it")


def read_text(node: Node) -> Text:
    """A text in Russian and English."""
    texts = node.localized()
    return Text(ru=texts["ru"], en=texts["en"])


def read_interval(keys: Mapping) -> Interval:
    """The optional local dates ``from`` (included) and ``to`` (not included)."""
    start, end = keys.optional("from"), keys.optional("to")
    first = None if start is None else start.date()
    last = None if end is None else end.date()
    if end is not None and first is not None and last is not None and last <= first:
        end.fail(f"{last} is not after 'from'", "'to' is the first day on which it no longer holds")
    return Interval(first, last)
