"""The examples of tests/data/wire, the schemas beside the code, and the parser of each document."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from netmon.errors import WireError
from netmon.wire.agent_bodies import AbsenceBody
from netmon.wire.bodies import LatencyBody, MeasurementBody, OutageBody, SlotBody
from netmon.wire.canonical import Fields, canonical_json, parse_object, parse_time
from netmon.wire.device import DeviceState
from netmon.wire.path_body import PathBody
from netmon.wire.receipt import Receipt
from netmon.wire.records import Answer, Envelope, RecordKind
from netmon.wire.ticket import Ticket
from netmon.wire.timetable import Enrolment, EnrolmentRequest, Timetable

DATA = Path(__file__).parent.parent / "data" / "wire"
SCHEMAS = files("netmon.wire").joinpath("schema")
Document = dict[str, Any]
Body = MeasurementBody | SlotBody | LatencyBody | OutageBody | AbsenceBody | PathBody
BODIES: Mapping[RecordKind, Callable[[Mapping[str, object]], Body]] = {
    RecordKind.MEASUREMENT: MeasurementBody.read,
    RecordKind.SLOT: SlotBody.read,
    RecordKind.LATENCY: LatencyBody.read,
    RecordKind.OUTAGE: OutageBody.read,
    RecordKind.ABSENCE: AbsenceBody.read,
    RecordKind.PATH: PathBody.read,
}
# The schema of a file of examples, where it has not the file's name.
_SCHEMA_OF = {f"record-{kind.value}": "record" for kind in RecordKind}
VALID = (*_SCHEMA_OF, "answers", "timetable", "enrolment-request", "enrolment", "ticket", "receipt", "device")


def examples(name: str) -> list[Document]:
    """The documents of one file."""
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_bytes().splitlines()]


def valid_examples() -> Iterator[tuple[str, Document]]:
    """Every valid document with the name of its schema."""
    for name in VALID:
        for document in examples(name):
            yield _SCHEMA_OF.get(name, name), document


@cache
def schema(name: str) -> Document:
    content: Document = json.loads(SCHEMAS.joinpath(f"{name}.schema.json").read_text(encoding="utf-8"))
    return content


def schema_names() -> list[str]:
    return sorted(path.name.removesuffix(".schema.json") for path in SCHEMAS.iterdir())


@cache
def validator(name: str) -> Draft202012Validator:
    """The validator of a schema; its neighbours are found by their file names."""
    resources = [
        (f"{one}.schema.json", Resource.from_contents(schema(one), default_specification=DRAFT202012))
        for one in schema_names()
    ]
    registry: Registry[Any] = Registry().with_resources(resources)
    times = FormatChecker(formats=())
    times.checks("date-time", raises=WireError)(lambda value: not isinstance(value, str) or bool(parse_time(value)))
    return Draft202012Validator(
        {"$ref": f"{name}.schema.json"},
        registry=registry,
        format_checker=times,
    )


def is_valid(name: str, document: object) -> bool:
    return bool(validator(name).is_valid(document))


def parse(name: str, document: Mapping[str, object]) -> object:
    """What the program makes of a document. Raises WireError."""
    return PARSERS[name](document)


def parse_line(line: str) -> object:
    """What the program makes of a line of a batch. Raises WireError."""
    envelope = Envelope.parse(line)
    return BODIES[envelope.kind](envelope.body)


def _parse_record(document: Mapping[str, object]) -> object:
    return parse_line(canonical_json(document).decode())


def _parse_answers(document: Mapping[str, object]) -> object:
    answers = document.get("answers")
    if not isinstance(answers, list) or not all(isinstance(one, dict) for one in answers):
        raise WireError("answers is not a list of objects")
    return [Answer.read(Fields(one, f"answers[{index}]")) for index, one in enumerate(answers)]


PARSERS: Mapping[str, Callable[[Mapping[str, object]], object]] = {
    "record": _parse_record,
    "answers": _parse_answers,
    "timetable": Timetable.from_document,
    "enrolment-request": EnrolmentRequest.from_document,
    "enrolment": Enrolment.from_document,
    "ticket": Ticket.from_document,
    "receipt": Receipt.from_document,
    "device": DeviceState.from_document,
}


def as_object(document: Mapping[str, object]) -> dict[str, object]:
    """The document once it travelled."""
    return parse_object(canonical_json(document), limit=10_000_000)
