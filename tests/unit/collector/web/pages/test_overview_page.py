"""The page as HTML: everything escaped, nothing inline, a sensible outline."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from netmon.domain.registry import Text
from netmon_collector.wording import Language
from tests.support.pages import a_state, an_entered_coverage, the_overview

RU, EN = Language.RU, Language.EN


class Outline(HTMLParser):
    """The elements with their attributes, and which were left open."""

    _VOID = frozenset({"meta", "link", "br", "hr", "img", "input"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self._VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def html(language: Language = RU, **changes: Any) -> str:
    return the_overview(replace(a_state(), **changes), language)


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page)).replace("\u00a0", " ")


@pytest.mark.parametrize("language", Language)
def test_the_page_is_in_one_language_and_says_so(language: Language) -> None:
    outline = Outline(html(language))

    assert outline.open == []
    assert outline.all("html") == [{"lang": language.value}]
    chosen = [link["lang"] for link in outline.all("a") if "hreflang" in link and "aria-current" in link]
    assert chosen == [language.value]


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    outline = Outline(html())

    assert all(set(script) >= {"src"} for script in outline.all("script"))
    assert not outline.all("style")
    for _, attributes in outline.elements:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        for name in ("href", "src"):
            assert (attributes.get(name) or "#").startswith(("#", "?", "./"))


def test_headings_descend_without_gaps() -> None:
    levels = [name for name, _ in Outline(html()).elements if re.fullmatch(r"h[1-6]", name)]

    assert levels == ["h1", "h2", "h3", "h2", "h2", "h2"]


def test_identifiers_are_unique_and_references_lead_somewhere() -> None:
    outline = Outline(the_overview(a_state(demonstration=True)))
    identifiers = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]

    assert len(identifiers) == len(set(identifiers))
    for _, attributes in outline.elements:
        target = attributes.get("href") or ""
        if target.startswith("#"):
            assert target[1:] in identifiers
        if "aria-labelledby" in attributes:
            assert attributes["aria-labelledby"] in identifiers


def test_names_are_escaped() -> None:
    evil = Text(ru="<script>alert(1)</script>", en='"><img src=x onerror=alert(1)>')
    for language in Language:
        outline = Outline(html(language, title=evil))
        assert all("src" in script for script in outline.all("script"))
        assert not outline.all("img")


def test_a_territory_without_a_roadmap_of_its_own_has_the_general_words() -> None:
    assert "организаций, в которых скорость интернета подтверждённо не ниже требуемой" in text(html(title=None))


def test_a_reached_target_says_so() -> None:
    coverage = replace(a_state().coverage, target_percent=47)

    assert "Целевое значение 2026 года: 47 % достигнуто" in text(html(coverage=coverage))


def test_a_missed_target_says_by_how_many() -> None:
    assert "Target of 2026: 100% not reached: 9 organisations are missing" in text(html(EN))
    assert "Целевое значение 2026 года: 100 % не достигнуто: не хватает 9 организаций" in text(html())
    assert "Верхняя граница: 13 из 17 (76 %), если все 5 организаций" in text(html())


def test_no_target_says_so() -> None:
    coverage = replace(a_state().coverage, target_percent=None)

    assert "Целевое значение на 2026 год не задано." in text(html(coverage=coverage))


def test_an_entered_value_names_its_document() -> None:
    assert "Введено вручную: отчёт за 2021 год" in text(html(coverage=an_entered_coverage(2021, 8, illustrative=False)))


def test_an_empty_registry_says_so() -> None:
    coverage = replace(a_state().coverage, organisations=(), denominator=0, numerator=0, upper_numerator=0)

    assert "The registry holds no organisation in force on this date." in text(html(EN, coverage=coverage))


def test_a_demonstration_is_marked_and_real_data_are_not() -> None:
    marked = text(the_overview(a_state(demonstration=True), notes=["Заключения даны не по действующей методике."]))

    assert "Демонстрация. Заключения даны не по действующей методике." in marked
    assert "2 канала эмулированы" in marked
    assert "имитация: их никто не измерял" in marked
    assert "Демонстрация" not in text(html())
    assert "имитация" not in text(html())


def test_no_line_breaks_within_a_unit() -> None:
    assert "Мбит/\u2060с" in html()
    assert "Мбит/с" not in html()
    assert "Mb/s" not in html(EN)


def test_an_unknown_year_has_neither_value_nor_verdict_in_the_table() -> None:
    assert "31.12.2025 – 100 % нет данных" in text(html())
