"""The catalogue: every message of the sources has a Russian translation of the same shape, and nothing is stale."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir

import netmon_collector
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook, read_catalogues

SOURCES = Path(netmon_collector.__file__).parent
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "say": None,
    "_say": None,
    "plural": (1, 2),
    "_plural": (1, 2),
    "N_": None,
}
METHODS = [("**.py", "python"), ("web/pages/**.html", "jinja2"), ("report/**.html", "jinja2")]


@cache
def in_sources() -> Mapping[str, str | tuple[str, ...]]:
    """Message ids by their singular."""
    found = (message[2] for message in extract_from_dir(SOURCES, method_map=METHODS, options_map={}, keywords=KEYWORDS))
    return {(message if isinstance(message, str) else message[0]): message for message in found}


def translated() -> list[Message]:
    return [message for part in read_catalogues(Language.RU).values() for message in part if message.id]


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def places(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text)} - {None}


def test_every_message_is_translated() -> None:
    assert len(in_sources()) > 100
    assert set(in_sources()) - {forms(message.id)[0] for message in translated()} == set()


def test_a_message_is_translated_in_one_file() -> None:
    counted = Counter(forms(message.id)[0] for message in translated())

    assert [message for message, times in counted.items() if times > 1] == []


def test_no_translation_is_stale() -> None:
    assert {forms(message.id)[0] for message in translated()} - set(in_sources()) == set()


@pytest.mark.parametrize("message", translated(), ids=lambda message: forms(message.id)[0][:40])
def test_a_translation_is_whole(message: Message) -> None:
    source = in_sources()[forms(message.id)[0]]
    russian = forms(message.string)

    assert not message.fuzzy
    assert len(russian) == (1 if isinstance(source, str) else 3)
    for text in russian:
        assert text.strip()
        assert places(text) == places(forms(message.id)[-1])
        assert text.endswith(".") == forms(message.id)[0].endswith(".")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, "из 1 засчитанного замера"),
        (3, "из 3 засчитанных замеров"),
        (11, "из 11 засчитанных замеров"),
        (21, "из 21 засчитанного замера"),
        (112, "из 112 засчитанных замеров"),
    ],
)
def test_russian_counts_in_its_own_forms(number: int, expected: str) -> None:
    text = phrasebook(Language.RU).plural("of {n} counted measurement", "of {n} counted measurements", number)

    assert text == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, "нужен ещё 1 засчитанный замер"),
        (3, "нужны ещё 3 засчитанных замера"),
        (5, "нужно ещё 5 засчитанных замеров"),
    ],
)
def test_russian_verbs_agree_with_the_number(number: int, expected: str) -> None:
    text = phrasebook(Language.RU).plural(
        "A verdict takes {n} more counted measurement.", "A verdict takes {n} more counted measurements.", number
    )

    assert text == f"Для заключения {expected}."


def test_english_needs_no_catalogue() -> None:
    assert phrasebook(Language.EN).plural("of {n} line", "of {n} lines", 2) == "of 2 lines"


def test_a_phrasebook_is_made_once() -> None:
    assert phrasebook(Language.RU) is phrasebook(Language.RU)
