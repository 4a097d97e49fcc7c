"""Records: what an agent reports, one JSON object a line, and the collector's answer to each (docs/wire.md).

Records are open documents: known members are strict, unknown ones are kept as `extra`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from netmon.errors import WireError
from netmon.wire.canonical import Fields, canonical_json, content_hash, format_time, parse_object

VERSION = 1
MAX_RECORD_BYTES = 32 * 1024
MAX_BATCH_RECORDS = 500
MAX_BATCH_BYTES = 4 * 1024 * 1024  # decompressed


class RecordKind(StrEnum):
    """Closed: later changes only add."""

    MEASUREMENT = "measurement"
    SLOT = "slot"
    LATENCY = "latency"
    OUTAGE = "outage"
    ABSENCE = "absence"
    PATH = "path"


class AnswerResult(StrEnum):
    """What became of one record. Closed: later changes only add."""

    STORED = "stored"
    DUPLICATE = "duplicate"  # the same record was stored before
    CONFLICT = "conflict"  # another record has this place: two devices share an identity; kept in quarantine
    REJECTED = "rejected"  # never to be sent again; the agent keeps it aside
    LATER = "later"  # to be sent again

    @property
    def is_final(self) -> bool:
        """Whether the agent may take the record out of its outbox."""
        return self is not AnswerResult.LATER


class Note(StrEnum):
    """What the collector found about a record that it took, or why it did not. Closed: later changes only add."""

    MALFORMED = "malformed"
    UNBOUND = "unbound"  # the agent was bound to no line at the record's time
    CLOCK_UNKNOWN = "clock_unknown"  # the time of receiving stands in; the record does not decide
    FROM_THE_FUTURE = "from_the_future"  # likewise, because the device's time lies ahead of ours
    RECEIPT_ABSENT = "receipt_absent"
    RECEIPT_INVALID = "receipt_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One record as it travels: its place in the agent's outbox, the device's time and the body of its kind.

    `clock_offset_s` is what the device knew to add to its clock when it wrote the record; None if it knew nothing.
    """

    stream: str
    sequence: int
    kind: RecordKind
    device_at: datetime
    clock_offset_s: float | None
    body: Mapping[str, object]

    def document(self) -> dict[str, object]:
        return {
            "v": VERSION,
            "stream": self.stream,
            "seq": self.sequence,
            "kind": self.kind.value,
            "device_at": format_time(self.device_at),
            "clock_offset_s": self.clock_offset_s,
            "body": dict(self.body),
        }

    def line(self) -> bytes:
        return canonical_json(self.document()) + b"\n"

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical document: two records with one key and one hash are the same."""
        return content_hash(self.document())

    @classmethod
    def parse(cls, line: bytes | str) -> Self:
        """Raises WireError when the line is no record; the body is still to be read by its kind."""
        fields = Fields(parse_object(line, limit=MAX_RECORD_BYTES), "record")
        if fields.integer("v") != VERSION:
            raise WireError(f"record.v is not {VERSION}")
        body = fields.raw("body")
        if not isinstance(body, dict):
            raise WireError("record.body is not an object")
        offset_known = not fields.is_null("clock_offset_s")
        found = cls(
            stream=fields.text("stream", limit=64),
            sequence=fields.integer("seq", minimum=1),
            kind=fields.choice("kind", RecordKind),
            device_at=fields.time("device_at"),
            clock_offset_s=fields.number("clock_offset_s", minimum=-1e11, maximum=1e11) if offset_known else None,
            body=body,
        )
        fields.finish()
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The collector's answer to one line of a batch; a line that was no record has neither stream nor sequence."""

    stream: str | None
    sequence: int | None
    result: AnswerResult
    notes: tuple[Note, ...] = ()
    detail: str | None = None

    def document(self) -> dict[str, object]:
        return {
            "stream": self.stream,
            "seq": self.sequence,
            "result": self.result.value,
            "notes": [note.value for note in self.notes],
            "detail": self.detail,
        }

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Raises WireError when the object is no answer; unknown notes are a later collector's and are left out."""
        known = {note.value for note in Note}
        return cls(
            stream=None if fields.is_null("stream") else fields.text("stream"),
            sequence=None if fields.is_null("seq") else fields.integer("seq"),
            result=fields.choice("result", AnswerResult),
            notes=tuple(Note(text) for text in fields.texts("notes") if text in known),
            detail=None if fields.is_null("detail") else fields.text("detail", limit=1000),
        )
