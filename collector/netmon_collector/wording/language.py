"""The languages of the product and how one is chosen for a reader."""

from enum import StrEnum


class Language(StrEnum):
    """Closed: another language is a member here, a locale below and a .po file (docs/glossary.md has the terms)."""

    RU = "ru"
    EN = "en"

    @property
    def locale(self) -> str:
        """The locale of numbers and dates: day before month in both languages."""
        return "en_GB" if self is Language.EN else "ru"


DEFAULT = Language.RU


def known_language(text: str | None) -> Language | None:
    """The language of a tag such as ``ru``, ``RU`` or ``en-US``; None for any other."""
    primary = (text or "").strip().lower().split("-")[0]
    return next((language for language in Language if language.value == primary), None)


def choose_language(asked: str | None, accept_language: str | None) -> Language:
    """What the reader asked for, else the best of an Accept-Language header (RFC 9110, 12.5.4), else Russian."""
    found = known_language(asked)
    if found is not None:
        return found
    ranked: list[tuple[float, int, Language]] = []
    for place, entry in enumerate((accept_language or "").split(",")):
        tag, _, parameter = entry.partition(";")
        language, weight = known_language(tag), _weight(parameter)
        if language is not None and weight > 0:
            ranked.append((-weight, place, language))
    return min(ranked)[2] if ranked else DEFAULT


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
