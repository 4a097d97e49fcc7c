"""The words of the doctor's page in one language: the agent has no Babel."""

from collections.abc import Callable
from importlib import resources

from netmon.po import parse_po

Translate = Callable[[str], str]

LANGUAGES = ("ru", "en")


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
