"""The dialogue of one measurement session between agent and measurement server (docs/wire-session.md)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from netmon.domain.identifiers import ServerId
from netmon.domain.kinds import Reason
from netmon.errors import WireError
from netmon.wire.canonical import Fields, canonical_json, format_time, parse_object, parse_time

VERSION = 1
MAX_LINE_BYTES = 8192
MAX_CONNECTIONS = 16
MAX_WINDOWS = 100


@dataclass(frozen=True, slots=True)
class _Bare:
    """A message that says nothing but its type."""

    def document(self) -> dict[str, object]:
        return {}

    @classmethod
    def read(cls, _fields: Fields) -> Self:
        return cls()


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """The server's first line on every connection: who it is and what time it has."""

    server: ServerId
    time: datetime
    budget_bps: int
    keys: tuple[str, ...]

    def document(self) -> dict[str, object]:
        return {"server": self.server, "time": format_time(self.time), "budget_bps": self.budget_bps, "keys": self.keys}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            server=ServerId(fields.text("server")),
            time=fields.time("time"),
            budget_bps=fields.integer("budget_bps"),
            keys=fields.texts("keys"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """The agent asks for a session."""

    ticket: str
    connections: int

    def document(self) -> dict[str, object]:
        return {"ticket": self.ticket, "connections": self.connections}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            ticket=fields.text("ticket", limit=MAX_LINE_BYTES),
            connections=fields.integer("connections", minimum=1, maximum=MAX_CONNECTIONS),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The session is open. `peer_*` is the agent as the server sees it, `local_*` the server as it sees itself."""

    session: str
    time: datetime
    rate_bps: int
    congestion_control: str
    peer_address: str
    peer_port: int
    local_address: str
    local_port: int
    mss: int

    def document(self) -> dict[str, object]:
        return {
            "session": self.session,
            "time": format_time(self.time),
            "rate_bps": self.rate_bps,
            "congestion_control": self.congestion_control,
            "peer_address": self.peer_address,
            "peer_port": self.peer_port,
            "local_address": self.local_address,
            "local_port": self.local_port,
            "mss": self.mss,
        }

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            session=fields.text("session"),
            time=fields.time("time"),
            rate_bps=fields.integer("rate_bps", minimum=1),
            congestion_control=fields.text("congestion_control"),
            peer_address=fields.text("peer_address"),
            peer_port=fields.integer("peer_port"),
            local_address=fields.text("local_address"),
            local_port=fields.integer("local_port"),
            mss=fields.integer("mss"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No session, and why; `retry_at` where trying again can help."""

    reason: Reason
    time: datetime
    retry_at: datetime | None = None

    def document(self) -> dict[str, object]:
        return {
            "reason": self.reason.value,
            "time": format_time(self.time),
            "retry_at": format_time(self.retry_at) if self.retry_at else None,
        }

    @classmethod
    def read(cls, fields: Fields) -> Self:
        try:
            reason = Reason(fields.text("reason"))
        except ValueError as error:
            raise WireError(f"refused: {error}") from error
        retry = fields.raw("retry_at")
        return cls(reason=reason, time=fields.time("time"), retry_at=None if retry is None else parse_time(retry))


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A further connection carries data for a session."""

    session: str

    def document(self) -> dict[str, object]:
        return {"session": self.session}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(session=fields.text("session"))


@dataclass(frozen=True, slots=True)
class Joined(_Bare):
    """The connection belongs to the session; everything after this line on it is payload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """Start the transfer, or change its pace: `pace_bps` is TCP payload over all connections, None unpaced."""

    pace_bps: int | None

    def document(self) -> dict[str, object]:
        return {"pace_bps": self.pace_bps}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(pace_bps=None if fields.is_null("pace_bps") else fields.integer("pace_bps", minimum=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Train:
    """The agent asks for a train of UDP packets (IP-layer rate and packet size) in the ticket's direction."""

    rate_bps: int
    packets: int
    packet_bytes: int

    def document(self) -> dict[str, object]:
        return {"rate_bps": self.rate_bps, "packets": self.packets, "packet_bytes": self.packet_bytes}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            rate_bps=fields.integer("rate_bps", minimum=1),
            packets=fields.integer("packets", minimum=1, maximum=1_000_000),
            packet_bytes=fields.integer("packet_bytes", minimum=100, maximum=1500),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainReady:
    """The server waits for the agent's datagrams with this token (32 hexadecimal digits) at the same port number."""

    token: str

    def document(self) -> dict[str, object]:
        return {"token": self.token}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        token = fields.text("token")
        if len(token) != 32 or not set(token) <= set("0123456789abcdef"):
            raise WireError("message.token is not 32 hexadecimal digits")
        return cls(token=token)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainReport:
    """What the server sent, or received in windows of (received, sent, sending us, arriving us)."""

    packets: int
    dropped: int
    windows: tuple[tuple[int, int, int, int], ...]

    def document(self) -> dict[str, object]:
        return {"packets": self.packets, "dropped": self.dropped, "windows": self.windows}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        rows = fields.raw("windows")
        if not isinstance(rows, list) or len(rows) > MAX_WINDOWS:
            raise WireError(f"message.windows is not a list of at most {MAX_WINDOWS}")
        return cls(
            packets=fields.integer("packets"),
            dropped=fields.integer("dropped"),
            windows=tuple(_window(row) for row in rows),
        )


def _window(row: object) -> tuple[int, int, int, int]:
    if not isinstance(row, list) or len(row) != 4 or not all(type(value) is int and value >= 0 for value in row):
        raise WireError("message.windows has a row that is not four whole numbers")
    return (row[0], row[1], row[2], row[3])


@dataclass(frozen=True, slots=True)
class Ping(_Bare):
    """The agent asks for a Pong: a round trip through everything that sits between the two programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    """The answer to a Ping, with the round trip as the server's kernel knows it."""

    time: datetime
    min_rtt_s: float

    def document(self) -> dict[str, object]:
        return {"time": format_time(self.time), "min_rtt_s": self.min_rtt_s}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(time=fields.time("time"), min_rtt_s=fields.number("min_rtt_s"))


@dataclass(frozen=True, slots=True)
class Finish(_Bare):
    """The agent is done and asks for its receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The signed receipt of the session."""

    receipt: str
    time: datetime

    def document(self) -> dict[str, object]:
        return {"receipt": self.receipt, "time": format_time(self.time)}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(receipt=fields.text("receipt", limit=MAX_LINE_BYTES), time=fields.time("time"))


Message = (
    Greeting
    | Open
    | Accepted
    | Refused
    | Join
    | Joined
    | Begin
    | Train
    | TrainReady
    | TrainReport
    | Ping
    | Pong
    | Finish
    | Finished
)

_TYPES: dict[str, type[Message]] = {
    kind.__name__.lower(): kind
    for kind in (
        *(Greeting, Open, Accepted, Refused, Join, Joined, Begin, Train, TrainReady, TrainReport),
        *(Ping, Pong, Finish, Finished),
    )
}


def encode(message: Message) -> bytes:
    """The message as one line, its end included."""
    document = {"v": VERSION, "type": type(message).__name__.lower(), **message.document()}
    return canonical_json(document) + b"\n"


def decode(line: bytes) -> Message:
    """The message in a line. Raises WireError for anything else; unknown members are later versions' and pass."""
    fields = Fields(parse_object(line, limit=MAX_LINE_BYTES), "message")
    if fields.integer("v") != VERSION:
        raise WireError(f"message.v is not {VERSION}")
    name = fields.text("type")
    kind = _TYPES.get(name)
    if kind is None:
        raise WireError(f"message.type '{name}' is unknown")
    return kind.read(fields)
