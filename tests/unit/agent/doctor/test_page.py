"""The doctor's page: both languages whole, and words that fit their fields."""

import string

import pytest

from netmon.po import parse_po
from netmon_agent.doctor.phrasebook import language_of, translator
from netmon_agent.doctor.report import fine, note, page, problem
from netmon_agent.doctor.texts import Text


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("text", Text)
def test_every_text_has_russian_words_with_the_same_fields(text: Text) -> None:
    russian = translator("ru")(text)
    assert russian, text
    if text not in (Text.DNS, Text.IDENTITY_UNUSABLE):
        assert russian != text, "not translated"
    assert fields_of(russian) == fields_of(text)


def test_the_russian_file_has_nothing_that_nobody_says() -> None:
    from importlib import resources

    table = parse_po(resources.files("netmon_agent.doctor").joinpath("ru.po").read_text(encoding="utf-8"))
    assert set(table) == {text.value for text in Text}


def test_strings_go_on_over_lines_and_the_header_is_no_message() -> None:
    text = '# a comment\nmsgid ""\nmsgstr "Language: ru\\n"\n\nmsgid "a "\n"\\"b\\""\nmsgstr "в"\n'
    assert parse_po(text) == {'a "b"': "в"}


@pytest.mark.parametrize("text", ['msgid "a', 'msgid 7\nmsgstr "b"', '"a"', "msgctxt x"])
def test_what_is_no_po_names_its_line(text: str) -> None:
    with pytest.raises(ValueError, match="line 1 is not a"):
        parse_po(text)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "ru"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "C"}, "ru"),
        ({"LANG": "en_GB"}, "en"),
        ({"LC_ALL": "en_US", "LANG": "ru_RU"}, "en"),
        ({"LC_MESSAGES": "ru_RU", "LANG": "en_US"}, "ru"),
    ],
)
def test_the_page_is_russian_unless_the_locale_is_english(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


def test_the_page_says_what_to_do_and_what_to_send_to_the_operator() -> None:
    where = {"host": "198.51.100.7", "port": 8700, "source": "10.0.0.2", "server": "s-1", "problem": "no answer"}
    blocked = problem(Text.SERVER, Text.SERVER_SILENT, Text.SERVER_MEND, Text.LETTER_OPEN, **where)
    findings = [fine(Text.PROXY, Text.PROXY_NONE), note(Text.DNS, Text.DNS_NO_NAMES), blocked, blocked]
    assert page(findings, translator("en")).splitlines() == [
        "ok         Proxy: none is set",
        "note       DNS: no names are needed",
        *["problem    Server s-1: no answer", "           What to do: Send the text below to the operator."] * 2,
        "",
        "Problems: 2. Begin with the first one.",
        "",
        "Text for the internet operator:",
        "Please let this device, 10.0.0.2, open connections to 198.51.100.7, port 8700, TCP and UDP, "
        "without a proxy and without a limit of their speed.",
    ]
    assert page([fine(Text.PROXY, Text.PROXY_NONE)], translator("ru")) == (
        "в порядке  Прокси: не задан\n\nВсё в порядке.\n"
    )
