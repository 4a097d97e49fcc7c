"""A reader of .po files for one language: the agent has no Babel, and gettext wants compiled files."""

import ast
from collections.abc import Callable, Iterator
from importlib import resources

Translate = Callable[[str], str]

LANGUAGES = ("ru", "en")


def parse_po(text: str) -> dict[str, str]:
    """Translations by message; no plurals and no contexts, since the doctor's page needs neither.

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
        if first in ("msgid", "msgstr"):
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


def translator(language: str) -> Translate:
    """English is its own translation; what another language lacks stays English."""
    if language == "en":
        return lambda text: text
    text = resources.files(__package__).joinpath(f"{language}.po").read_text(encoding="utf-8")
    table = parse_po(text)
    return lambda message: table.get(message, message)


def language_of(environment: dict[str, str]) -> str:
    """The language of a locale: Russian, unless it says English in so many words."""
    named = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return "en" if named.lower().startswith("en") else "ru"
