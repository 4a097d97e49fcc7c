"""Builders around the collector's store: a clock set by hand, records as agents send them, the files of a collector."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from netmon.domain.identifiers import AgentId, LineId, ServerId
from netmon.domain.measurement import Direction, Mode, ResultKind
from netmon.domain.measurement import Path as NetworkPath
from netmon.domain.slot import Slot
from netmon.wire.bodies import MeasurementBody
from netmon.wire.receipt import Receipt, sign_receipt
from netmon.wire.records import Envelope, RecordKind
from netmon_collector.measurement_server.keys import SigningKey
from netmon_collector.ports import CodeGrant, NewAgent
from netmon_collector.storage.database import Database
from netmon_collector.storage.migration import migrate
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.enrolment import token_hash
from netmon_collector.use_cases.tickets import MeasurementServer, ticket_id
from tests.support.domain import LINE, MEGABIT, SERVER, a_slot
from tests.support.wire import a_receipt

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday
AGENT = AgentId("agent-test-0001")
TOKEN = "token-of-the-test-agent"
SIGNING_KEY = SigningKey.from_seed(b"s" * 32)
OTHER_SIGNING_KEY = SigningKey.from_seed(b"o" * 32)


class FakeClock:
    """Stands still until it is told to go on."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at
        self.seconds = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def go_on(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds


def a_new_store(url: str) -> SqlStore:
    """A store over a database that gets its schema first."""
    database = Database(url)
    migrate(database)
    return SqlStore(database)


def bind(store: SqlStore, line: LineId = LINE, *, agent: AgentId = AGENT, token: str = TOKEN, at: datetime) -> None:
    """Enrol an agent for a line without a code of paper."""
    grant = CodeGrant(code_hash=f"code of {agent}", line=line, created_at=at, expires_at=at + timedelta(days=1))
    store.add_code(grant)
    new = NewAgent(agent=agent, token_hash=token_hash(token), software="test")
    assert store.enrol(grant.code_hash, new, at=at) == line


def a_server(server: ServerId = SERVER, *, budget_mbps: int = 1000) -> MeasurementServer:
    return MeasurementServer(
        id=server,
        host="192.0.2.1",
        port=8377,
        budget_bps=budget_mbps * MEGABIT,
        key_id="k1",
        keys={"k1": b"1" * 32},
        public_key=bytes.fromhex(SIGNING_KEY.public_hex),
    )


def a_receipt_of(slot: Slot, *, key: SigningKey = SIGNING_KEY, **changes: object) -> str:
    """The signed receipt of a session in a slot, five seconds after it began."""
    started_at = slot.starts_at + timedelta(seconds=5)
    members: dict[str, object] = {
        "server": slot.server,
        "ticket": ticket_id(slot.id, slot.server),
        "line": slot.line,
        "direction": slot.direction,
        "mode": slot.mode,
        "started_at": started_at,
        "ended_at": started_at + timedelta(seconds=2),
    }
    receipt: Receipt = a_receipt(**(members | changes))
    return sign_receipt(receipt, key)


def a_measurement_body(slot: Slot, *, receipt: str | None, **changes: object) -> MeasurementBody:
    """60 Mb/s in a slot, by a device whose clock says that it is one second after the slot's start."""
    body = MeasurementBody(
        slot=slot.id,
        server=slot.server,
        method="native",
        direction=slot.direction,
        mode=slot.mode,
        started_at=slot.starts_at + timedelta(seconds=1),
        duration_s=1.5,
        kind=ResultKind.RATE,
        reason=None,
        rate_bps=60 * MEGABIT,
        goodput_bps=58 * MEGABIT,
        background_bps=None,
        censored_at_bps=None,
        decision=None,
        threshold_bps=50 * MEGABIT,
        limit_bps=47_500_000,
        confidence=None,
        bytes=11_000_000,
        path=NetworkPath.DIRECT,
        flags=frozenset(),
        receipt=receipt,
    )
    return replace(body, **changes)  # type: ignore[arg-type]


def an_envelope(
    kind: RecordKind,
    body: Mapping[str, object],
    *,
    sequence: int = 1,
    stream: str = "main",
    device_at: datetime = NOW,
    clock_offset_s: float | None = 0.0,
) -> Envelope:
    return Envelope(
        stream=stream, sequence=sequence, kind=kind, device_at=device_at, clock_offset_s=clock_offset_s, body=body
    )


def a_measurement_record(
    slot: Slot | None = None,
    *,
    sequence: int = 1,
    with_receipt: bool = True,
    clock_offset_s: float | None = 0.0,
    **changes: object,
) -> Envelope:
    """A measurement in a slot, as its agent sends it."""
    planned = slot or a_slot(NOW - timedelta(hours=1))
    receipt = a_receipt_of(planned) if with_receipt else None
    body = a_measurement_body(planned, receipt=receipt, **changes)
    return an_envelope(RecordKind.MEASUREMENT, body.document(), sequence=sequence, clock_offset_s=clock_offset_s)


def a_decision_slot(starts_at: datetime, *, line: LineId = LINE) -> Slot:
    return a_slot(starts_at, line=line, mode=Mode.DECISION, direction=Direction.DOWN)


@dataclass(frozen=True, slots=True)
class CollectorFiles:
    """The files of a collector in a folder: one district, two schools, one measurement server."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "collector.yaml"

    def write(
        self, *, extra: str = "", listen: str = "[]", access: str = "{public: true}", registry: str | None = None
    ) -> Path:
        """Write what a collector needs, by itself open to every viewer; answers its collector.yaml."""
        key = self.folder / "ticket.key"
        key.write_text("31" * 32 + "\n")
        key.chmod(0o600)
        (self.folder / "registry.yaml").write_text(registry or _REGISTRY, encoding="utf-8")
        self.config.write_text(
            _COLLECTOR.format(listen=listen, key=SIGNING_KEY.public_hex, access=access) + extra, encoding="utf-8"
        )
        return self.config


_COLLECTOR = """\
database: sqlite:///netmon.db
listen: {listen}
registry: registry.yaml
access: {access}
poll_s: 60
servers:
  - id: server-1
    host: 192.0.2.1
    port: 8377
    budget_mbps: 1000
    ticket_keys: [{{id: k1, file: ticket.key}}]
    public_key: "{key}"
"""
_REGISTRY = """\
version: 1
territories:
  - {id: "district", kind: district, name: {ru: "Район", en: "District"}, time_zone: Europe/Moscow}
localities:
  - {id: "town", territory: "district", name: {ru: "Город", en: "Town"}, types: [{type: city}]}
providers: []
organisations:
  - {id: "school-01", territory: "district", name: {ru: "Школа", en: "School"}}
  - {id: "school-02", territory: "district", name: {ru: "Сад", en: "Kindergarten"}}
sites:
  - id: "site-01"
    locality: "town"
    address: {ru: "Адрес", en: "Address"}
    organisations: [{id: "school-01"}]
    lines: [{id: "line-01", role: main, interface: wan0}]
  - id: "site-02"
    locality: "town"
    address: {ru: "Адрес", en: "Address"}
    organisations: [{id: "school-02"}]
    lines: [{id: "line-02", role: main}]
"""
