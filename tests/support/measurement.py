"""Builders for measurement sessions: a real server in a thread, tickets, and servers that misbehave."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

from netmon.clock import Clock, SystemClock
from netmon.domain.identifiers import LineId, ServerId, TicketId
from netmon.domain.measurement import Direction, Mode
from netmon.wire.ticket import Ticket, sign_ticket
from netmon_agent.methods.base import Patience, SessionRequest
from netmon_collector.measurement_server.keys import SigningKey
from netmon_collector.measurement_server.server import MeasurementServer
from netmon_collector.measurement_server.settings import Limits, Settings

KEY = b"k" * 32
SERVER = ServerId("server-1")
IMPATIENT = Patience(connect_s=1.0, answer_s=0.5, stall_s=0.5, decision_s=3.0, estimate_s=3.0, sustained_s=6.0)


def some_settings(**changes: object) -> Settings:
    """A server on a free port of the loopback."""
    values: dict[str, object] = {"server": SERVER, "host": "127.0.0.1", "port": 0, "keys": {"default": KEY}}
    return Settings(**{**values, "budget_bps": 400_000_000, **changes})  # type: ignore[arg-type]


@contextlib.contextmanager
def running_server(settings: Settings | None = None, clock: Clock | None = None) -> Iterator[MeasurementServer]:
    """A real measurement server, stopped at the end."""
    server = MeasurementServer(
        settings or some_settings(limits=Limits(handshake_s=1.0, idle_s=1.0)),
        signer=SigningKey.generate(),
        clock=clock or SystemClock(),
    )
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        assert server.stop(within_s=10.0)
        thread.join()


def a_ticket(clock: Clock, **changes: object) -> Ticket:
    """A ticket that the server of `some_settings` accepts now."""
    now = clock.now()
    values: dict[str, object] = {
        "key_id": "default",
        "id": TicketId("ticket-1"),
        "line": LineId("line-1"),
        "server": SERVER,
        "direction": Direction.DOWN,
        "mode": Mode.ESTIMATE,
        "not_before": now,
        "not_after": now + timedelta(minutes=5),
        "max_bytes": 200_000_000,
        "rate_bps": 200_000_000,
        "duration_s": 10.0,
    }
    return Ticket(**{**values, **changes})  # type: ignore[arg-type]


def a_request(address: tuple[str, int], ticket: Ticket | str | None = None, **changes: object) -> SessionRequest:
    """A request under a ticket, signed here if it is not yet."""
    clock = SystemClock()
    opened = ticket if isinstance(ticket, Ticket) else None
    if ticket is None:
        opened = ticket = a_ticket(clock)
    values: dict[str, object] = {
        "host": address[0],
        "port": address[1],
        "direction": opened.direction if opened else Direction.DOWN,
        "mode": opened.mode if opened else Mode.ESTIMATE,
        "clock": clock,
        "ticket": sign_ticket(ticket, {ticket.key_id: KEY}) if isinstance(ticket, Ticket) else ticket,
        "patience": IMPATIENT,
    }
    return SessionRequest(**{**values, **changes})  # type: ignore[arg-type]


@contextlib.contextmanager
def misbehaving_server(behave: Callable[[socket.socket], None]) -> Iterator[tuple[str, int]]:
    """A listener that does something else than the protocol says, on every connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    connections: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            with contextlib.suppress(OSError):
                behave(connection)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in connections:
            connection.close()
