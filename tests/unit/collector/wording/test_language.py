"""How a reader's language is chosen: the wish, else the browser's list, else Russian."""

import pytest

from netmon_collector.wording import Language, choose_language, known_language


@pytest.mark.parametrize(
    ("asked", "accepted", "expected"),
    [
        ("en", "ru", Language.EN),
        ("RU", "en", Language.RU),
        ("de", "en-GB", Language.EN),
        (None, None, Language.RU),
        (None, "", Language.RU),
        (None, "de, fr;q=0.5", Language.RU),
        (None, "en-US,en;q=0.9,ru;q=0.8", Language.EN),
        (None, "en;q=0.3, ru;q=0.7", Language.RU),
        (None, "ru;q=0, en;q=0.1", Language.EN),
        (None, "en;q=much, ru;q=0.1", Language.RU),
        (None, "en;q=7", Language.RU),
        (None, "en;level=1", Language.EN),
    ],
)
def test_the_language_is_chosen(asked: str | None, accepted: str | None, expected: Language) -> None:
    assert choose_language(asked, accepted) is expected


def test_an_unknown_language_is_none() -> None:
    assert known_language("tlh") is None
