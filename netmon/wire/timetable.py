"""The timetable and the enrolment: what the collector hands to one agent (docs/wire.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from netmon.domain.identifiers import LineId, ServerId, SlotId
from netmon.domain.kinds import Direction, Mode
from netmon.errors import WireError
from netmon.wire.canonical import Fields, format_time, objects

VERSION = 1
MAX_TIMETABLE_BYTES = 8 * 1024 * 1024
MAX_SLOTS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOffer:
    """A ticket with the address of the server that takes it."""

    server: ServerId
    host: str
    port: int
    ticket: str

    def document(self) -> dict[str, object]:
        return {"server": self.server, "host": self.host, "port": self.port, "ticket": self.ticket}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            server=ServerId(fields.text("server")),
            host=fields.text("host"),
            port=fields.integer("port", minimum=1, maximum=65535),
            ticket=fields.text("ticket", limit=2048),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSlot:
    """One slot for the agent: measure once in [starts_at, ends_at) with the first ticket whose server answers.

    `organic_s` is for how long users' own traffic must reach the limit to stand in for that; None: never.
    """

    id: SlotId
    direction: Direction
    mode: Mode
    starts_at: datetime
    ends_at: datetime
    threshold_bps: int | None
    limit_bps: int | None
    offers: tuple[TicketOffer, ...]
    organic_s: int | None = None

    def document(self) -> dict[str, object]:
        return {
            "id": self.id,
            "direction": self.direction.value,
            "mode": self.mode.value,
            "starts_at": format_time(self.starts_at),
            "ends_at": format_time(self.ends_at),
            "threshold_bps": self.threshold_bps,
            "limit_bps": self.limit_bps,
            "organic_s": self.organic_s,
            "offers": [offer.document() for offer in self.offers],
        }

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            id=SlotId(fields.text("id")),
            direction=fields.choice("direction", Direction),
            mode=fields.choice("mode", Mode),
            starts_at=fields.time("starts_at"),
            ends_at=fields.time("ends_at"),
            threshold_bps=None if fields.is_null("threshold_bps") else fields.integer("threshold_bps", minimum=1),
            limit_bps=None if fields.is_null("limit_bps") else fields.integer("limit_bps", minimum=1),
            offers=tuple(TicketOffer.read(item) for item in objects(fields.raw("offers"), "slot.offers", 4)),
            organic_s=None if fields.is_null("organic_s") else fields.integer("organic_s", minimum=1, maximum=60),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeTarget:
    """Somewhere to probe by a TCP handshake between measurements."""

    name: str
    host: str
    port: int

    def document(self) -> dict[str, object]:
        return {"name": self.name, "host": self.host, "port": self.port}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            name=fields.text("name", limit=100),
            host=fields.text("host"),
            port=fields.integer("port", minimum=1, maximum=65535),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbePlan:
    """How a line is probed: every `interval_s`, summed up in windows of `window_s`."""

    interval_s: float
    window_s: float
    targets: tuple[ProbeTarget, ...]

    def document(self) -> dict[str, object]:
        return {
            "interval_s": self.interval_s,
            "window_s": self.window_s,
            "targets": [target.document() for target in self.targets],
        }

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            interval_s=fields.number("interval_s", minimum=0.5, maximum=3600.0),
            window_s=fields.number("window_s", minimum=1.0, maximum=3600.0),
            targets=tuple(ProbeTarget.read(item) for item in objects(fields.raw("targets"), "probes.targets", 16)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """Everything that one agent needs to work on its own until the last slot.

    `line` is None while the agent is bound to no line. `poll_s` is how long to wait before asking again.
    """

    line: LineId | None
    interface: str | None
    issued_at: datetime
    poll_s: float
    slots: tuple[PlannedSlot, ...]
    probes: ProbePlan

    def document(self) -> dict[str, object]:
        return {
            "v": VERSION,
            "line": self.line,
            "interface": self.interface,
            "issued_at": format_time(self.issued_at),
            "poll_s": self.poll_s,
            "slots": [slot.document() for slot in self.slots],
            "probes": self.probes.document(),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Self:
        """Raises WireError when the document is no timetable; unknown members are a later collector's and pass."""
        fields = Fields(document, "timetable")
        if fields.integer("v") != VERSION:
            raise WireError(f"timetable.v is not {VERSION}")
        return cls(
            line=None if fields.is_null("line") else LineId(fields.text("line")),
            interface=None if fields.is_null("interface") else fields.text("interface", limit=15),
            issued_at=fields.time("issued_at"),
            poll_s=fields.number("poll_s", minimum=1.0, maximum=86400.0),
            slots=tuple(PlannedSlot.read(item) for item in objects(fields.raw("slots"), "timetable.slots", MAX_SLOTS)),
            probes=ProbePlan.read(fields.nested("probes")),
        )


def answers_document(answers: Sequence[Mapping[str, object]], *, server_time: datetime) -> dict[str, object]:
    """The body of the answer to a batch of records."""
    return {"v": VERSION, "time": format_time(server_time), "answers": list(answers)}


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentRequest:
    """A new device shows the printed code."""

    code: str
    software: str

    def document(self) -> dict[str, object]:
        return {"v": VERSION, "code": self.code, "software": self.software}

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Self:
        """Raises WireError when the document is no request."""
        fields = Fields(document, "enrolment")
        if fields.integer("v") != VERSION:
            raise WireError(f"enrolment.v is not {VERSION}")
        return cls(code=fields.text("code", limit=40), software=fields.text("software", limit=100))


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """The identity that the device gets in return; the token is shown this once and stored only as a hash."""

    agent: str
    token: str
    line: LineId
    time: datetime

    def document(self) -> dict[str, object]:
        return {
            "v": VERSION,
            "agent": self.agent,
            "token": self.token,
            "line": self.line,
            "time": format_time(self.time),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Self:
        """Raises WireError when the document is no enrolment."""
        fields = Fields(document, "enrolment")
        if fields.integer("v") != VERSION:
            raise WireError(f"enrolment.v is not {VERSION}")
        return cls(
            agent=fields.text("agent"),
            token=fields.text("token"),
            line=LineId(fields.text("line")),
            time=fields.time("time"),
        )
