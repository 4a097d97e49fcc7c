"""What the verifier says, in Russian and English, without Babel: its messages have no plural forms."""

from functools import cache
from importlib import resources
from typing import Protocol

from netmon.po import parse_po

LANGUAGES = ("ru", "en")


class Say(Protocol):
    """A message in one language with its values filled in."""

    def __call__(self, message: str, /, **values: object) -> str: ...


@cache
def speaker(language: str) -> Say:
    """English is its own translation; what Russian lacks stays English."""
    table: dict[str, str] = {}
    if language != "en":
        folder = resources.files("netmon_collector") / "locale" / language / "LC_MESSAGES"
        for part in sorted(folder.iterdir(), key=lambda part: part.name):
            table |= parse_po(part.read_text(encoding="utf-8"))

    def say(message: str, /, **values: object) -> str:
        return table.get(message, message).format(**values)

    return say
