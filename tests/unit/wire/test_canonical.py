"""One document, one byte string; and nothing that cannot be stored gets past the reader."""

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.errors import WireError
from netmon.wire.canonical import (
    Fields,
    b64decode,
    b64encode,
    canonical_json,
    content_hash,
    format_time,
    parse_object,
    parse_time,
)
from tests.support.wire import json_objects, texts

LIMIT = 100_000


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@given(json_objects)
def test_a_document_survives_the_way_there_and_back(document: dict[str, object]) -> None:
    assert parse_object(canonical_json(document), limit=LIMIT) == document


@given(json_objects)
def test_escapes_and_layout_do_not_change_what_is_read(document: dict[str, object]) -> None:
    assert parse_object(json.dumps(document, indent=1), limit=LIMIT) == document


@given(json_objects)
def test_the_order_of_members_does_not_change_the_bytes(document: dict[str, object]) -> None:
    backwards = dict(reversed(document.items()))
    assert canonical_json(backwards) == canonical_json(document)
    assert content_hash(backwards) == content_hash(document)


def test_the_canonical_form_is_fixed() -> None:
    assert canonical_json({"b": [1, 2.5, None], "a": "ю"}) == '{"a":"ю","b":[1,2.5,null]}'.encode()
    assert content_hash({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '"text"',
        "null",
        "{",
        "{} {}",
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": -Infinity}',
        '{"a": 1e400}',
        '{"a": 1, "a": 1}',
        '{"a": {"b": 1, "b": 2}}',
        '{"a": "\\ud800"}',
        '{"a": "\\u0000"}',
        '{"a\\u0000": 1}',
        '{"a": ["\\udfff"]}',
        '{"a": ' + "9" * 5000 + "}",
        '{"a": ' + "[" * 33 + "]" * 33 + "}",
        '{"a": ' + "[" * 5000 + "]" * 5000 + "}",
    ],
)
def test_what_is_no_plain_json_object_is_refused(text: str) -> None:
    for data in (text, text.encode()):
        with pytest.raises(WireError):
            parse_object(data, limit=LIMIT)


def test_only_utf_8_is_read() -> None:
    for data in ('{"a": 1}'.encode("utf-16"), '{"a": 1}'.encode("utf-32"), b'{"a": "\xff"}', b'\xef\xbb\xbf{"a": 1}'):
        with pytest.raises(WireError):
            parse_object(data, limit=LIMIT)


def test_a_written_backslash_is_no_escape() -> None:
    assert parse_object('{"a": "\\\\u0000"}', limit=LIMIT) == {"a": "\\u0000"}


def test_wide_documents_are_not_taken_for_deep_ones() -> None:
    document: dict[str, object] = {"a": [[1]] * 100}
    assert parse_object(canonical_json(document), limit=LIMIT) == document


def test_a_document_longer_than_the_limit_is_refused_unread() -> None:
    assert parse_object("{}", limit=2) == {}
    with pytest.raises(WireError, match="longer than 2 bytes"):
        parse_object("{ }", limit=2)


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_raise_a_wire_error(data: bytes) -> None:
    with contextlib.suppress(WireError):
        parse_object(data, limit=LIMIT)


@given(st.binary(max_size=100))
def test_base64_survives_the_way_there_and_back(data: bytes) -> None:
    assert b64decode(b64encode(data)) == data


@given(st.text(max_size=20))
def test_a_base64_text_is_refused_or_the_only_one_of_its_bytes(text: str) -> None:
    try:
        data = b64decode(text)
    except WireError:
        return
    assert b64encode(data) == text


@pytest.mark.parametrize("text", ["Zg==", "Zh", "a", "+w", "/w", "Z g", "Zg\n", "Ж"])
def test_a_second_spelling_of_the_same_bytes_is_refused(text: str) -> None:
    with pytest.raises(WireError):
        b64decode(text)


@given(st.datetimes(timezones=st.timezones()))
def test_a_time_survives_the_way_there_and_back(at: datetime) -> None:
    try:
        utc = at.astimezone(UTC)
    except OverflowError:
        return
    assert parse_time(format_time(utc)) == utc
    assert format_time(utc).endswith("Z")


def test_a_time_is_written_in_utc_to_the_microsecond() -> None:
    moscow = timezone(timedelta(hours=3))
    assert format_time(datetime(2026, 11, 23, 13, 0, 0, 5, tzinfo=moscow)) == "2026-11-23T10:00:00.000005Z"


@pytest.mark.parametrize(
    "value",
    ["", "now", "2026-11-23", "2026-11-23T10:00:00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", 0, None],
)
def test_a_time_without_a_zone_or_outside_of_the_calendar_is_refused(value: object) -> None:
    with pytest.raises(WireError):
        parse_time(value)


def fields(**members: object) -> Fields:
    return Fields(members, "record")


def test_typed_members_are_given_as_they_are() -> None:
    one = fields(t="x", i=5, n=1, b=False, c="red", o={"i": 1}, l=["a"], at="2026-11-23T10:00:00Z", r=[1])
    assert (one.text("t"), one.integer("i"), one.boolean("b"), one.raw("r")) == ("x", 5, False, [1])
    assert (one.choice("c", Colour), one.texts("l")) == (Colour.RED, ("a",))
    assert one.number("n") == 1.0
    assert isinstance(fields(n=1).number("n"), float)
    assert one.time("at") == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert one.nested("o").integer("i") == 1
    assert one.rest == {}
    one.finish()


READS: dict[str, Callable[[Fields], object]] = {
    "text": lambda one: one.text("x"),
    "integer": lambda one: one.integer("x"),
    "number": lambda one: one.number("x"),
    "boolean": lambda one: one.boolean("x"),
    "time": lambda one: one.time("x"),
    "object": lambda one: one.nested("x"),
    "texts": lambda one: one.texts("x"),
    "choice": lambda one: one.choice("x", Colour),
}


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        ("text", 5, "record.x is not a text of 1 to 200 characters"),
        ("text", "", "record.x is not a text of 1 to 200 characters"),
        ("text", "y" * 201, "record.x is not a text of 1 to 200 characters"),
        ("integer", True, "record.x is not a whole number from 0 to 9007199254740992"),
        ("integer", 1.0, "record.x is not a whole number from 0 to 9007199254740992"),
        ("integer", "5", "record.x is not a whole number from 0 to 9007199254740992"),
        ("integer", -1, "record.x is not a whole number from 0 to 9007199254740992"),
        ("number", False, "record.x is not a number from 0 to 1e+15"),
        ("number", "5", "record.x is not a number from 0 to 1e+15"),
        ("number", 10**400, "record.x is not a number from 0 to 1e+15"),
        ("boolean", 0, "record.x is not true or false"),
        ("boolean", None, "record.x is not true or false"),
        ("time", "2026-11-23T10:00:00", "record.x: '2026-11-23T10:00:00' has no time zone"),
        ("object", [], "record.x is not an object"),
        ("texts", [1], "record.x is not a list of at most 100 texts"),
        ("texts", ["a"] * 101, "record.x is not a list of at most 100 texts"),
        ("choice", "green", "record.x is not one of red, blue"),
    ],
)
def test_a_member_of_another_type_is_refused_by_name(read: str, value: object, message: str) -> None:
    with pytest.raises(WireError) as caught:
        READS[read](fields(x=value))
    assert str(caught.value) == message


@pytest.mark.parametrize("read", READS)
def test_a_missing_member_is_an_error_and_no_default(read: str) -> None:
    with pytest.raises(WireError, match=r"record\.x is missing"):
        READS[read](fields(y=1))


def test_null_and_missing_members_count_as_null() -> None:
    one = fields(a=None, b=0)
    assert one.is_null("a")
    assert one.is_null("absent")
    assert not one.is_null("b")
    assert one.rest == {"b": 0}


@given(st.dictionaries(texts, st.integers()))
def test_what_nobody_asked_for_is_kept_or_refused(members: dict[str, object]) -> None:
    one = Fields({**members, "known": 1}, "record")
    one.integer("known")
    expected = {key: value for key, value in members.items() if key != "known"}
    assert one.rest == expected
    if expected:
        with pytest.raises(WireError, match="is unknown"):
            one.finish()
