"""The agent's side of one session with a measurement server: control connection and data connections."""

import contextlib
import os
import select
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from netmon.domain.kinds import Reason
from netmon.errors import WireError
from netmon.transfer.lines import LineChannel, LineClosedError, LineError
from netmon.transfer.options import end_with_reset
from netmon.wire import session as wire
from netmon_agent.line.binding import bind_to
from netmon_agent.methods.base import MeasurementError, Patience

M = TypeVar("M", bound=wire.Message)


class ControlChannel:
    """One connection of the session's dialogue, from its greeting on."""

    def __init__(self, connection: socket.socket, *, patience: Patience, monotonic: Callable[[], float]) -> None:
        self._lines = LineChannel(connection, monotonic=monotonic, most_bytes=wire.MAX_LINE_BYTES)
        self._answer_s = patience.answer_s
        self.socket = connection

    def send(self, message: wire.Message) -> None:
        """Raises MeasurementError."""
        try:
            self._lines.write(wire.encode(message), within_s=self._answer_s)
        except OSError as error:
            raise MeasurementError(Reason.CONNECTION_LOST, f"the server went away: {error}") from error

    def receive(self, wanted: type[M], *, later_s: float = 0.0) -> M:
        """The next message, which has to be of the wanted kind; a refusal is raised with its own reason.

        `later_s` is what the server may take beyond its usual time to answer.
        """
        message = self._read(later_s)
        while isinstance(message, wire.Pong) and wanted is not wire.Pong:
            message = self._read(later_s)  # answers to the pings under load, whose times the kernel has taken
        if isinstance(message, wire.Refused):
            raise MeasurementError(message.reason, _refusal(message), retry_at=message.retry_at)
        if not isinstance(message, wanted):
            raise MeasurementError(
                Reason.PROTOCOL_ERROR, f"the server sent {type(message).__name__} instead of {wanted.__name__}"
            )
        return message

    def _read(self, later_s: float) -> wire.Message:
        try:
            return wire.decode(self._lines.read(within_s=self._answer_s + later_s))
        except TimeoutError as error:
            raise MeasurementError(Reason.SERVER_STALLED, "the server does not answer") from error
        except (LineClosedError, ConnectionError) as error:
            raise MeasurementError(Reason.CONNECTION_LOST, f"the server closed the connection: {error}") from error
        except (WireError, LineError) as error:
            raise MeasurementError(Reason.PROTOCOL_ERROR, f"the server's answer cannot be used: {error}") from error
        except OSError as error:
            raise MeasurementError(Reason.CONNECTION_LOST, f"the connection broke: {error}") from error


def _refusal(message: wire.Refused) -> str:
    retry = f", try again at {message.retry_at:%Y-%m-%d %H:%M:%S} UTC" if message.retry_at else ""
    return f"the server refused: {message.reason.value}{retry}"


def connect(host: str, port: int, patience: Patience, interface: str | None = None) -> socket.socket:
    """A connection over whatever address family works. Raises MeasurementError, InterfaceGoneError."""
    problem: OSError = OSError("no address")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        found, problem = [], error
    for family, kind, protocol, _, address in found:
        try:
            return _connected(socket.socket(family, kind, protocol), address, patience, interface)
        except OSError as error:
            problem = error
    raise MeasurementError(Reason.SERVER_UNREACHABLE, f"{host}:{port} cannot be reached: {problem}") from problem


def _connected(
    connection: socket.socket, address: tuple[object, ...], patience: Patience, interface: str | None
) -> socket.socket:
    try:
        bind_to(connection, interface)
        connection.settimeout(patience.connect_s)
        connection.connect(address)
    except BaseException:
        connection.close()
        raise
    return connection


def greet(
    host: str, port: int, *, patience: Patience, monotonic: Callable[[], float], interface: str | None = None
) -> tuple[ControlChannel, wire.Greeting]:
    """A connection and the server's greeting on it; the caller closes the channel's socket."""
    connection = connect(host, port, patience, interface)
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        channel = ControlChannel(connection, patience=patience, monotonic=monotonic)
        return channel, channel.receive(wire.Greeting)
    except BaseException:
        connection.close()
        raise


def _await_connected(connection: socket.socket, within_s: float) -> None:
    waiting = select.poll()
    waiting.register(connection, select.POLLOUT)
    waiting.poll(within_s * 1000)
    problem = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    try:
        connection.getpeername()
    except OSError as error:
        raise MeasurementError(
            Reason.SERVER_UNREACHABLE, f"a data connection failed: {os.strerror(problem) if problem else 'no answer'}"
        ) from error


class Session:
    """An accepted session with all its connections; leaving the context ends every one of them."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        patience: Patience,
        monotonic: Callable[[], float],
        interface: str | None = None,
    ) -> None:
        """Every socket of it stays on the interface, where one is named."""
        self.interface = interface
        self._address = (host, port)
        self._patience = patience
        self._monotonic = monotonic
        self._open = contextlib.ExitStack()
        self.data: list[socket.socket] = []

    def __enter__(self) -> Self:
        host, port = self._address
        self.control, self.greeting = greet(
            host, port, patience=self._patience, monotonic=self._monotonic, interface=self.interface
        )
        self._open.callback(end_with_reset, self.control.socket)
        return self

    def round_trip_s(self) -> tuple[float, float]:
        """A round trip through both programs, and the shortest one that the server's kernel saw on its side."""
        start = self._monotonic()
        self.control.send(wire.Ping())
        pong = self.control.receive(wire.Pong)
        return self._monotonic() - start, pong.min_rtt_s

    def open(self, ticket: str, connections: int) -> wire.Accepted:
        """Present the ticket. Raises MeasurementError."""
        self.control.send(wire.Open(ticket=ticket, connections=connections))
        return self.control.receive(wire.Accepted)

    def join(self, accepted: wire.Accepted, connections: int) -> None:
        """Connect the data connections and join them to the session. Raises MeasurementError."""
        self._connect_data(connections)
        channels = [
            ControlChannel(connection, patience=self._patience, monotonic=self._monotonic) for connection in self.data
        ]
        for channel in channels:
            channel.receive(wire.Greeting)
            channel.send(wire.Join(session=accepted.session))
        for channel in channels:
            channel.receive(wire.Joined)
        for connection in self.data:
            connection.setblocking(False)

    def _connect_data(self, connections: int) -> None:
        """Connect to the address that the control connection reached, all at once to save round trips."""
        family, address = self.control.socket.family, self.control.socket.getpeername()
        for _ in range(connections):
            connection = socket.socket(family, socket.SOCK_STREAM)
            self._open.callback(end_with_reset, connection)
            bind_to(connection, self.interface)
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                connection.connect(address)
            self.data.append(connection)
        for connection in self.data:
            _await_connected(connection, self._patience.connect_s)

    def begin(self, pace_bps: int | None) -> None:
        """Start the transfer, or change its pace (payload bits per second over all connections)."""
        self.control.send(wire.Begin(pace_bps=pace_bps))

    def stop(self) -> None:
        """End the data connections at once."""
        for connection in self.data:
            end_with_reset(connection)

    def finish(self) -> wire.Finished:
        """End the transfer and take the receipt. Raises MeasurementError."""
        self.control.send(wire.Finish())
        return self.control.receive(wire.Finished)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()


def greeting_of(
    host: str, port: int, *, patience: Patience, monotonic: Callable[[], float], interface: str | None = None
) -> wire.Greeting:
    """Who the server is and what time it has. Raises MeasurementError, InterfaceGoneError."""
    channel, greeting = greet(host, port, patience=patience, monotonic=monotonic, interface=interface)
    channel.socket.close()
    return greeting
