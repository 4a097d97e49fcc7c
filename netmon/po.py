"""A reader of .po files for programs without Babel: gettext of the standard library wants compiled files."""

import ast
from collections.abc import Iterator


def parse_po(text: str) -> dict[str, str]:
    """Translations by message; messages with plural forms are passed over, contexts are not known.

    Raises ValueError with the number of a line that is no .po.
    """
    found: dict[str, str] = {}
    entry: dict[str, str] = {}
    for keyword, value in _words(text):
        if keyword == "msgid":
            _keep(entry, found)
            entry = {}
        entry[keyword] = value
    _keep(entry, found)
    return found


def _keep(entry: dict[str, str], found: dict[str, str]) -> None:
    if entry.get("msgid") and entry.get("msgstr"):
        found[entry["msgid"]] = entry["msgstr"]


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Keyword and whole string of each entry; a string may go on over several lines."""
    keyword, value = "", ""
    for number, row in enumerate(text.splitlines(), 1):
        line = row.strip()
        if not line or line.startswith("#"):
            continue
        first, _, rest = line.partition(" ")
        if first in ("msgid", "msgid_plural", "msgstr") or first.startswith("msgstr["):
            if keyword:
                yield keyword, value
            keyword, value, line = first, "", rest
        try:
            part = ast.literal_eval(line)
        except (SyntaxError, ValueError):
            part = None
        if not keyword or not isinstance(part, str):
            raise ValueError(f"line {number} is not a .po line: {row!r}")
        value += part
    if keyword:
        yield keyword, value
