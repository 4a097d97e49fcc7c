"""The strict reader refuses what it does not know, in one line that names the place and the mend."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from netmon.config.strict import Node, parse_yaml, read_yaml
from netmon.errors import ConfigError

_MARK = yaml.Mark("f.yaml", 0, 0, 0, None, 0)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def value(text: str) -> Node:
    """The node of ``key: <text>`` in the file f.yaml."""
    mapping = parse_yaml(f"key: {text}\n", file="f.yaml").mapping()
    return mapping.take("key")


def refusal(read: Callable[[], object]) -> str:
    with pytest.raises(ConfigError) as caught:
        read()
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [('"1.10"', "1.10"), ('"001"', "001"), ("school-01", "school-01"), ("result-1.10", "result-1.10")],
)
def test_an_identifier_keeps_every_character(text: str, expected: str) -> None:
    assert value(text).identifier() == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.10", 'f.yaml:1: key: 1.10 is a number, not an identifier; put it in quotes: "1.10"'),
        ("001", 'f.yaml:1: key: 001 is a number, not an identifier; put it in quotes: "001"'),
        ("-5", 'f.yaml:1: key: -5 is a number, not an identifier; put it in quotes: "-5"'),
        ('"a b"', "f.yaml:1: key: 'a b' is not an identifier; use letters, digits, '_', '.' and '-' only"),
        ('""', "f.yaml:1: key: '' is not an identifier; use letters, digits, '_', '.' and '-' only"),
        ("[a]", "f.yaml:1: key: is not an identifier; write an identifier"),
        ("{a: 1}", "f.yaml:1: key: is not an identifier; write an identifier"),
    ],
)
def test_what_is_no_identifier_is_refused(text: str, message: str) -> None:
    assert refusal(value(text).identifier) == message


def test_a_text_is_taken_as_it_is_written() -> None:
    assert value("Школа № 1, 2-й этаж").text() == "Школа № 1, 2-й этаж"
    assert value('"100"').text() == "100"
    assert value("no").text() == "no"
    assert value("'true'").text() == "true"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("100", 'f.yaml:1: key: 100 is not a text; put it in quotes: "100"'),
        ("1.5", 'f.yaml:1: key: 1.5 is not a text; put it in quotes: "1.5"'),
        ("true", 'f.yaml:1: key: true is not a text; put it in quotes: "true"'),
        ('"  "', "f.yaml:1: key: is empty; write a text or leave the key out"),
        ("[a]", "f.yaml:1: key: is not a text; write a text"),
    ],
)
def test_what_is_no_text_is_refused(text: str, message: str) -> None:
    assert refusal(value(text).text) == message


def test_only_true_and_false_are_booleans() -> None:
    assert value("true").boolean() is True
    assert value("false").boolean() is False
    for text in ("yes", "no", "True", "on", "1"):
        assert refusal(value(text).boolean) == (
            f"f.yaml:1: key: '{text}' is not true or false; write true or false without quotes"
        )
    assert refusal(value('"true"').boolean) == (
        "f.yaml:1: key: 'true' is not true or false; write true or false without quotes"
    )


def test_a_whole_number_is_decimal_and_within_its_bounds() -> None:
    assert value("010").integer() == 10
    assert value("-3").integer() == -3
    assert value("5").integer(0, 5) == 5
    assert refusal(lambda: value("6").integer(0, 5)) == "f.yaml:1: key: 6 is too large; write 5 or less"
    assert refusal(lambda: value("-1").integer(0, 5)) == "f.yaml:1: key: -1 is too small; write 0 or more"


@pytest.mark.parametrize("text", ["1.0", "1e3", "0x10", "1_000", "true", "Infinity", "9" * 19, "9" * 5000])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    message = f"f.yaml:1: key: '{text}' is not a whole number; write digits without quotes"
    assert refusal(value(text).integer) == message


def test_a_quoted_number_is_no_number() -> None:
    assert refusal(value('"5"').integer) == "f.yaml:1: key: '5' is not a whole number; write digits without quotes"
    assert refusal(value('"5"').number) == (
        "f.yaml:1: key: '5' is not a number; write digits with a decimal point, without quotes"
    )


def test_a_number_is_written_in_digits_with_a_point() -> None:
    assert value("0.25").number() == 0.25
    assert value("5").number(0.0, 5.0) == 5.0
    assert refusal(lambda: value("5.5").number(0, 5)) == "f.yaml:1: key: 5.5 is too large; write 5 or less"
    for text in (".nan", ".inf", "1e3", ".5", "5.", "true", "9" * 400, '"5,0"'):
        assert "is not a number; write digits with a decimal point, without quotes" in refusal(value(text).number)


def test_a_decimal_is_exact() -> None:
    assert value("69.96").decimal(0, 100) == Decimal("69.96")
    assert refusal(lambda: value("100.01").decimal(0, 100)) == "f.yaml:1: key: 100.01 is too large; write 100 or less"


def test_a_date_is_a_day_of_the_calendar() -> None:
    assert value("2024-02-29").date() == date(2024, 2, 29)
    assert value('"2024-02-29"').date() == date(2024, 2, 29)
    assert refusal(value("29.02.2024").date) == "f.yaml:1: key: '29.02.2024' is not a date; write it as YYYY-MM-DD"
    assert refusal(value("2024-02-29T10:00:00Z").date) == (
        "f.yaml:1: key: '2024-02-29T10:00:00Z' is not a date; write it as YYYY-MM-DD"
    )
    assert refusal(value("2025-02-29").date) == (
        "f.yaml:1: key: '2025-02-29' cannot be used; write an existing day as YYYY-MM-DD"
    )


def test_a_choice_is_one_of_a_closed_set() -> None:
    assert value("red").choice(Colour) is Colour.RED
    assert refusal(lambda: value("green").choice(Colour)) == "f.yaml:1: key: 'green' is unknown; write one of red, blue"
    assert refusal(lambda: value("RED").choice(Colour)) == "f.yaml:1: key: 'RED' is unknown; write one of red, blue"
    assert refusal(lambda: value("[red]").choice(Colour)) == (
        "f.yaml:1: key: is not one of red, blue; write one of red, blue"
    )


def test_a_parsed_text_gives_the_mend_of_its_reader() -> None:
    assert value("5a").parsed(lambda text: int(text, 16), "write it in hexadecimal") == 0x5A
    assert refusal(lambda: value("xy").parsed(lambda text: int(text, 16), "write it in hexadecimal")) == (
        "f.yaml:1: key: 'xy' cannot be used; write it in hexadecimal"
    )


def test_a_localized_text_has_both_languages() -> None:
    assert value("{ru: Да, en: Yes}").localized() == {"ru": "Да", "en": "Yes"}
    assert refusal(value("{ru: Да}").localized) == "f.yaml:1: key: has no 'en'; add the key 'en'"
    assert refusal(value("{ru: Да, en: Yes, de: Ja}").localized) == (
        "f.yaml:1: key.de: unknown key 'de'; known here: en, ru"
    )


def test_null_is_an_absent_value() -> None:
    mapping = parse_yaml('a:\nb: ~\nc: null\nd: ""\n', file="f.yaml").mapping()
    assert [mapping.optional(key) for key in "abc"] == [None, None, None]
    assert mapping.optional("d") is not None
    assert mapping.optional("e") is None
    mapping.finish()
    assert refusal(lambda: parse_yaml("a:\n", file="f.yaml").mapping().take("a")) == (
        "f.yaml:1: has no 'a'; add the key 'a'"
    )


def test_an_unknown_key_is_refused_at_its_own_line() -> None:
    mapping = parse_yaml("a: 1\nc:\n  d: 1\nb: 2\n", file="f.yaml").mapping()
    mapping.take("a")
    mapping.optional("b")
    assert refusal(mapping.finish) == "f.yaml:2: c: unknown key 'c'; known here: a, b"


def test_a_key_given_twice_is_refused() -> None:
    assert refusal(parse_yaml("a: 1\nb: 2\na: 3\n", file="f.yaml").mapping) == (
        "f.yaml:3: a: is given twice; keep one of the two"
    )


def test_a_key_that_is_not_a_text_is_refused() -> None:
    assert refusal(parse_yaml("? [a]\n: 1\n", file="f.yaml").mapping) == (
        "f.yaml:1: has a key that is not a text; write a plain key"
    )


def test_a_wrong_shape_is_refused() -> None:
    assert refusal(value("[a]").mapping) == "f.yaml:1: key: is not a mapping; write 'key: value' lines under it"
    assert refusal(value("a").items) == "f.yaml:1: key: is not a list; write '- item' lines or [a, b]"
    assert value("{a: 1}").is_mapping
    assert not value("[a]").is_mapping
    assert value("[a]").is_list
    assert not value("a").is_list


def test_the_place_names_the_whole_way_to_the_value() -> None:
    root = parse_yaml("sites:\n  - id: a\n  - lines:\n      - id: 7\n", file="f.yaml").mapping()
    second = root.take("sites").items()[1].mapping()
    first_line = second.take("lines").items()[0].mapping()
    assert refusal(first_line.take("id").identifier) == (
        'f.yaml:4: sites[1].lines[0].id: 7 is a number, not an identifier; put it in quotes: "7"'
    )


def test_a_mapping_whose_keys_are_data_is_taken_entry_by_entry() -> None:
    mapping = parse_yaml("2019: 17\n2020: 35\n", file="f.yaml").mapping()
    assert {key: node.integer() for key, node in mapping} == {"2019": 17, "2020": 35}
    mapping.finish()


@pytest.mark.parametrize(
    ("text", "begins", "mend"),
    [
        ("a: [1", "f.yaml:", "mend the syntax of this line"),
        ("a: 1\n b: 2", "f.yaml:2: is not YAML (mapping values are not allowed", "mend the syntax of this line"),
        ("\ta: 1", "f.yaml:1: is not YAML (found character", "mend the syntax of this line"),
        ("a: *b", "f.yaml:1: is not YAML (found undefined alias", "mend the syntax of this line"),
        ("---\na: 1\n---\nb: 2", "f.yaml:3: is not YAML (but found another document)", "mend the syntax of this line"),
        ("a: \x00", "f.yaml: is not YAML", "remove its control characters"),
        ("", "f.yaml:1: is empty", "write its keys"),
        ("# a comment only\n", "f.yaml:1: is empty", "write its keys"),
        ("[" * 100_000, "f.yaml:1: is nested more than 100 levels deep", "flatten it"),
    ],
)
def test_what_is_no_yaml_is_refused_in_one_line(text: str, begins: str, mend: str) -> None:
    message = refusal(lambda: parse_yaml(text, file="f.yaml"))
    assert message.startswith(begins)
    assert message.endswith(f"; {mend}")
    assert len(message.splitlines()) == 1


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("\ufeffa: 1\n", encoding="utf-8")
    assert read_yaml(path).mapping().take("a").integer() == 1


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "absent.yaml"
    assert refusal(lambda: read_yaml(missing)) == (
        f"{missing}: cannot be read (No such file or directory); check the path and its permissions"
    )
    assert refusal(lambda: read_yaml(tmp_path)) == (
        f"{tmp_path}: cannot be read (Is a directory); check the path and its permissions"
    )


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes("имя: Школа\n".encode("cp1251"))
    assert refusal(lambda: read_yaml(path)) == f"{path}: is not UTF-8; save it as UTF-8"


def test_a_file_that_is_too_big_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    assert refusal(lambda: read_yaml(path)) == f"{path}: is larger than 67108864 bytes; split it"


def message_of(read: Callable[[], object]) -> str:
    """What a refused reading says, nothing when it is accepted."""
    try:
        read()
    except ConfigError as error:
        return str(error)
    return ""


@given(st.text())
def test_every_refusal_is_one_printable_line(text: str) -> None:
    node = Node(yaml.ScalarNode("", text, start_mark=_MARK, style='"'), file="f.yaml", key="key")
    for read in (node.text, node.identifier, node.integer, node.date, node.boolean, node.mapping):
        assert message_of(read).isprintable()


@given(st.text())
def test_no_text_does_more_than_raise_a_config_error(text: str) -> None:
    assert len(message_of(lambda: parse_yaml(text, file="f.yaml").mapping()).splitlines()) <= 1
