"""The schemas say what the program does: the same closed sets, the same examples, the same refusals."""

import copy
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path as FilePath

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from netmon.domain.absence import AbsenceCause
from netmon.domain.latency import OutageCause
from netmon.domain.measurement import Decision, Direction, Flag, Mode, Path, Reason, ResultKind
from netmon.domain.path_diagnosis import PathMethod, PathOutcome, PathReadiness, PathTrigger
from netmon.domain.slot import SlotEnd, SlotReason
from netmon.errors import WireError
from netmon.wire.canonical import b64decode
from netmon.wire.receipt import Receipt, read_receipt
from netmon.wire.records import AnswerResult, Note, RecordKind
from netmon.wire.ticket import Ticket, open_ticket, sign_ticket
from tests.support.wire_examples import (
    BODIES,
    SCHEMAS,
    Document,
    examples,
    is_valid,
    parse,
    parse_line,
    schema,
    schema_names,
    valid_examples,
    validator,
)

CLOSED_SETS: dict[str, type[StrEnum]] = {
    "direction": Direction,
    "mode": Mode,
    "result_kind": ResultKind,
    "decision": Decision,
    "path": Path,
    "reason": Reason,
    "flag": Flag,
    "slot_end": SlotEnd,
    "slot_reason": SlotReason,
    "outage_cause": OutageCause,
    "absence_cause": AbsenceCause,
    "path_method": PathMethod,
    "path_trigger": PathTrigger,
    "path_outcome": PathOutcome,
    "path_readiness": PathReadiness,
    "record_kind": RecordKind,
    "answer_result": AnswerResult,
    "note": Note,
}
VALID = list(valid_examples())
INVALID = examples("invalid")
# What takes two members or the order of times to see is the parser's alone.
ACROSS_MEMBERS = (
    "are out of order",
    "more probes were lost than sent",
    "more probes were answered than sent",
    "round-trip times are present exactly",
)
CONTRACT = FilePath(__file__).parents[3] / "docs" / "wire.md"


def numbered(documents: list[tuple[str, Document]]) -> list[str]:
    return [f"{name}-{number}" for number, (name, _) in enumerate(documents)]


@pytest.mark.parametrize("name", sorted(CLOSED_SETS))
def test_a_closed_set_of_the_schema_is_the_one_of_the_code(name: str) -> None:
    assert schema("common")["$defs"][name]["enum"] == [member.value for member in CLOSED_SETS[name]]


def test_no_closed_set_of_the_schema_is_left_out_here() -> None:
    named = {name for name, definition in schema("common")["$defs"].items() if "enum" in definition}
    assert named == set(CLOSED_SETS)


@pytest.mark.parametrize("name", sorted(CLOSED_SETS))
def test_every_member_of_a_closed_set_has_an_example(name: str) -> None:
    texts = set(texts_of([document for _, document in VALID]))
    assert {member.value for member in CLOSED_SETS[name]} - texts == set()


@pytest.mark.parametrize("name", sorted(CLOSED_SETS))
def test_every_member_of_a_closed_set_is_explained(name: str) -> None:
    text = CONTRACT.read_text(encoding="utf-8")
    assert [member.value for member in CLOSED_SETS[name] if f"`{member.value}`" not in text] == []


def texts_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)


@pytest.mark.parametrize("name", schema_names())
def test_a_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize(("name", "document"), VALID, ids=numbered(VALID))
def test_a_valid_example_is_valid_and_is_read(name: str, document: Document) -> None:
    assert [error.message for error in validator(name).iter_errors(document)] == []
    parse(name, document)


@pytest.mark.parametrize("example", INVALID, ids=[f"{one['of']}: {one['why']}" for one in INVALID])
def test_an_invalid_example_is_refused_with_its_message(example: Document) -> None:
    with pytest.raises(WireError) as caught:
        read_example(example)
    assert example["error"] in str(caught.value)
    if "document" in example:
        assert is_valid(example["of"], example["document"]) is not example["schema"]


def read_example(example: Document) -> object:
    return parse_line(example["line"]) if "line" in example else parse(example["of"], example["document"])


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every member of a document."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key)
        yield from places(inner, (*path, key))


# A whole number with a fraction (1.0) is left out: JSON Schema takes it for a whole number, the parser does not.
STRANGERS: list[object] = [
    None,
    True,
    "",
    "x",
    "down",
    "x" * 5000,
    0,
    1,
    -1,
    0.5,
    -0.5,
    10**18,
    [],
    {},
    ["x"],
    [{}],
    {"x": 1},
]
REMOVE = object()


@given(st.sampled_from(VALID), st.data())
def test_schema_and_parser_agree_about_what_is_wrong(example: tuple[str, Document], data: st.DataObject) -> None:
    name, document = example[0], copy.deepcopy(example[1])
    path = data.draw(st.sampled_from(sorted(places(document), key=str)))
    change = data.draw(st.sampled_from([REMOVE, *STRANGERS]))
    parent = document
    for key in path[:-1]:
        parent = parent[key]  # type: ignore[index]
    if change is REMOVE:
        del parent[path[-1]]  # type: ignore[arg-type]
    else:
        parent[path[-1]] = change  # type: ignore[index]
    assert_same_answer(name, document)


def assert_same_answer(name: str, document: Document) -> None:
    refusal = refusal_of(name, document)
    if not is_valid(name, document):
        # Readers of answers pass over what a later collector may add.
        assert refusal is not None or name == "answers", document
    elif refusal is not None:
        assert any(rule in refusal for rule in ACROSS_MEMBERS), refusal


def refusal_of(name: str, document: Document) -> str | None:
    """Why the program refuses a document, None when it does not."""
    try:
        parse(name, document)
    except WireError as error:
        return str(error)
    return None


@pytest.mark.parametrize("name", ["timetable", "enrolment-request", "enrolment", "ticket", "receipt", "device"])
def test_a_schema_names_every_member_that_the_program_writes(name: str) -> None:
    written = parse(name, examples(name)[0]).document()  # type: ignore[attr-defined]
    assert set(written) == set(schema(name)["properties"])


@pytest.mark.parametrize("kind", RecordKind)
def test_the_schema_of_a_body_names_every_member_that_the_program_writes(kind: RecordKind) -> None:
    body = examples(f"record-{kind.value}")[0]["body"]
    written = BODIES[kind](body).document()
    assert set(written) == set(schema(f"body-{kind.value}")["properties"])


def test_schemas_are_installed_with_the_package() -> None:
    assert SCHEMAS.joinpath("record.schema.json").is_file()
    assert {"record", "answers", "timetable", "enrolment-request", "enrolment", "ticket", "receipt"} < set(
        schema_names()
    )


@pytest.mark.parametrize(
    "vector", [one for one in examples("signed") if one["what"] == "ticket"], ids=lambda one: one["key"]
)
def test_a_ticket_is_signed_as_the_example_says(vector: Document) -> None:
    keys = {vector["key"]: bytes.fromhex(vector["key_hex"])}
    ticket = Ticket.from_document(vector["payload"])
    assert sign_ticket(ticket, keys) == vector["text"]
    assert open_ticket(vector["text"], keys) == ticket


@pytest.mark.parametrize("number", range(2))
def test_a_receipt_is_verified_as_the_example_says(number: int) -> None:
    vector = [one for one in examples("signed") if one["what"] == "receipt"][number]
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(vector["public_key_hex"]))
    payload, _, signature = vector["text"].partition(".")
    public.verify(b64decode(signature), b"netmon-receipt-v1\0" + b64decode(payload))
    assert read_receipt(vector["text"]) == Receipt.from_document(vector["payload"])
