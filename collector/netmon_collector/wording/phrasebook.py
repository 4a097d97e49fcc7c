"""The phrasebook of a language: English message ids, their translations from the .po files, plural forms."""

import re
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from netmon_collector.wording.language import Language

NO_BREAK_SPACE = "\u00a0"
_DASH = re.compile(r" (?=– )")


class Phrasebook:
    """Says messages in one language. Message ids are English, so English needs no catalogue."""

    def __init__(self, language: Language, translations: NullTranslations) -> None:
        self.language = language
        self._translations = translations

    def say(self, message: str, /, **values: object) -> str:
        """A message with its values filled in."""
        return _typeset(self._translations.gettext(message), values)

    def plural(self, singular: str, plural: str, number: int, /, **values: object) -> str:
        """A message in the plural form of a number, which it may use as ``{n}``."""
        return _typeset(self._translations.ngettext(singular, plural, number), {"n": number, **values})


def _typeset(template: str, values: dict[str, object]) -> str:
    """Fill in the values; a dash never begins a line."""
    return _DASH.sub(NO_BREAK_SPACE, template).format(**values)


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark a message that a table holds, so that it is found for translation."""
    return message


def read_catalogues(language: Language) -> Mapping[str, Catalog]:
    """The .po files of a language other than English by their names, one a part of the program.

    Raises OSError where there are none.
    """
    folder = files("netmon_collector") / "locale" / language.value / "LC_MESSAGES"
    return {path.name: _read(path, language) for path in sorted(folder.iterdir(), key=lambda path: path.name)}


def _read(path: Traversable, language: Language) -> Catalog:
    with path.open("rb") as po_file:
        return read_po(po_file, locale=language.value, abort_invalid=True)


@cache
def phrasebook(language: Language) -> Phrasebook:
    """The phrasebook of a language: compiled in memory, once in a process, so that no binary file is kept."""
    if language is Language.EN:
        return Phrasebook(language, NullTranslations())
    whole = Catalog(locale=language.value)
    for part in read_catalogues(language).values():
        for message in part:
            if message.id:
                whole.add(message.id, message.string, flags=message.flags)
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return Phrasebook(language, GNUTranslations(compiled))
