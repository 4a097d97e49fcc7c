"""Pieces that several configuration files share."""

from netmon.config.strict import Mapping, Node
from netmon.domain.interval import Interval
from netmon.domain.registry import Text

VERSION = 1
_HIGHEST_PORT = 65_535
_LONGEST_PORT = 5


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


def parse_host_port(text: str, *, lowest_port: int = 1) -> tuple[str, int]:
    """``HOST:PORT`` or ``[IPV6]:PORT``; to listen on, the lowest port is 0: any that is free.

    Raises ValueError, whose message says what the text is.
    """
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError("an IPv6 address without its brackets, as in [2001:db8::1]:443")
    is_number = port.isascii() and port.isdecimal() and len(port) <= _LONGEST_PORT
    if not colon or not host or not is_number or not lowest_port <= int(port) <= _HIGHEST_PORT:
        raise ValueError("not HOST:PORT")
    if any(character.isspace() or character in "/@[]" for character in host):
        raise ValueError("not HOST:PORT")
    return host, int(port)
