"""What a device says of itself with each request for its timetable: program, settings, clock, outbox, traffic."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from netmon.domain.kinds import PathReadiness
from netmon.errors import WireError
from netmon.wire.canonical import Fields, parse_object

VERSION = 1
HEADER = "Netmon-Device"
MAX_BYTES = 4096
_MOST_METHODS, _LONGEST = 20, 40
_HASH = re.compile("[0-9a-f]{64}")
_MONTH = re.compile("[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxState:
    """Records that wait and their bytes, those kept aside, and those dropped since the outbox began."""

    waiting: int
    bytes: int
    aside: int
    dropped: int

    def document(self) -> dict[str, object]:
        return {"waiting": self.waiting, "bytes": self.bytes, "aside": self.aside, "dropped": self.dropped}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        names = ("waiting", "bytes", "aside", "dropped")
        return cls(**{name: fields.integer(name) for name in names})


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficState:
    """The agent's own bytes of a month by what they were for, and the month's cap; no month while none is known."""

    month: str | None
    cap_bytes: int
    bytes: Mapping[str, int]

    def document(self) -> dict[str, object]:
        return {"month": self.month, "cap_bytes": self.cap_bytes, "bytes": dict(self.bytes)}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        month = None if fields.is_null("month") else fields.text("month")
        if month is not None and not _MONTH.fullmatch(month):
            raise fields.fail("month", "a month like 2026-11")
        cap, spent = fields.integer("cap_bytes"), fields.raw("bytes")
        if not isinstance(spent, dict) or len(spent) > _MOST_METHODS or any(len(name) > _LONGEST for name in spent):
            raise fields.fail("bytes", f"an object of at most {_MOST_METHODS} counts")
        counts = Fields(spent, "device.traffic.bytes")
        return cls(month=month, cap_bytes=cap, bytes={name: counts.integer(name) for name in spent})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceState:
    """The state of one device. `config_hash` is the SHA-256 of its settings in force, so that drift is seen.

    `clock_offset_s` is what the device adds to its clock, None while it knows nothing.
    """

    software: str
    config_hash: str
    running_s: float
    clock_offset_s: float | None
    outbox: OutboxState
    traffic: TrafficState
    path_diagnosis: PathReadiness

    def document(self) -> dict[str, object]:
        return {
            "v": VERSION,
            "software": self.software,
            "config_hash": self.config_hash,
            "running_s": self.running_s,
            "clock_offset_s": self.clock_offset_s,
            "outbox": self.outbox.document(),
            "traffic": self.traffic.document(),
            "path_diagnosis": self.path_diagnosis.value,
        }

    def header(self) -> str:
        """The document as the value of HEADER: JSON in ASCII."""
        return json.dumps(self.document(), sort_keys=True, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_header(cls, text: str) -> Self:
        """Raises WireError."""
        return cls.from_document(parse_object(text, limit=MAX_BYTES))

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Self:
        """Raises WireError when the document is no state; unknown members are a later agent's and pass."""
        fields = Fields(document, "device")
        if fields.integer("v") != VERSION:
            raise WireError(f"device.v is not {VERSION}")
        found = cls(
            software=fields.text("software", limit=100),
            config_hash=fields.text("config_hash"),
            running_s=fields.number("running_s", maximum=1e10),
            clock_offset_s=None
            if fields.is_null("clock_offset_s")
            else fields.number("clock_offset_s", minimum=-1e11, maximum=1e11),
            outbox=OutboxState.read(fields.nested("outbox")),
            traffic=TrafficState.read(fields.nested("traffic")),
            path_diagnosis=fields.choice("path_diagnosis", PathReadiness),
        )
        if not _HASH.fullmatch(found.config_hash):
            raise fields.fail("config_hash", "a SHA-256 in hexadecimal")
        return found
