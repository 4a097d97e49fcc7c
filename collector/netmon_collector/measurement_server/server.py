"""The listening server: greets, limits, and hands every connection to its session."""

import contextlib
import errno
import logging
import socket
import threading
from collections import Counter
from datetime import timedelta

from netmon.clock import Clock
from netmon.domain.measurement import Reason
from netmon.transfer.options import PREFERRED_CONGESTION_CONTROL, bbr_available, congestion_control
from netmon.wire import session as wire
from netmon.wire.receipt import Signer
from netmon_collector.measurement_server.acceptor import Acceptor
from netmon_collector.measurement_server.admission import Budget
from netmon_collector.measurement_server.clock_state import clock_synchronised
from netmon_collector.measurement_server.control import Control, SessionEndedError
from netmon_collector.measurement_server.gate import Gate, RefusedError
from netmon_collector.measurement_server.metrics import Counts, MetricsServer, Sample
from netmon_collector.measurement_server.session import Session, SessionRunner
from netmon_collector.measurement_server.settings import Settings
from netmon_collector.measurement_server.trains import TrainDesk
from netmon_collector.measurement_server.used_tickets import UsedTickets

_BACKLOG = 256
_BUSY_RETRY_S = 30
_DRAIN_RETRY_S = 60

log = logging.getLogger("netmon.server")


class MeasurementServer:
    """Serves sessions on one address until it is stopped. One thread per connection; none outlives its limits."""

    def __init__(self, settings: Settings, *, signer: Signer, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._budget = Budget(settings.budget_bps)
        used = UsedTickets(settings.state, now=clock.now())
        self._gate = Gate(
            server=settings.server,
            keys=settings.keys,
            used=used,
            budget=self._budget,
            clock=clock,
            grace_s=settings.limits.grace_s,
        )
        self._counts = Counts()
        self._sessions: dict[str, Session] = {}
        self._clients: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._listener, self._desk = _open_port(settings.host, settings.port)
        self._acceptor = Acceptor(self._listener, self._handle_apart, clock=clock)
        self._metrics = (
            MetricsServer(settings.metrics, self._samples, lambda: self._acceptor.running) if settings.metrics else None
        )
        self._runner = SessionRunner(
            server=settings.server, clock=clock, limits=settings.limits, signer=signer, desk=self._desk
        )
        self._congestion_control = (
            PREFERRED_CONGESTION_CONTROL if bbr_available() else congestion_control(self._listener)
        )

    @property
    def address(self) -> tuple[str, int]:
        """Where the server listens, with the port that the kernel gave for port 0."""
        name = self._listener.getsockname()
        return name[0], name[1]

    def serve(self) -> None:
        """Accept until `stop` is called."""
        threading.Thread(target=self._desk.serve, daemon=True).start()
        self._acceptor.run()

    def _handle_apart(self, connection: socket.socket, client: str) -> None:
        threading.Thread(target=self._handle, args=(connection, client), daemon=True).start()

    def stop(self, *, within_s: float) -> bool:
        """Take no new session, let the running ones end; whether everybody was gone in time."""
        self._gate.drain(self._clock.now() + timedelta(seconds=_DRAIN_RETRY_S))
        with self._idle:  # the running sessions' data connections are still to come
            self._idle.wait_for(lambda: not (self._sessions or self._budget.sessions), within_s)
        self._acceptor.stop()
        with self._idle:
            gone = self._idle.wait_for(lambda: not self._clients, within_s)
        self._desk.close()
        if self._metrics:
            self._metrics.close()
        return gone

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Where the metrics are served, if they are."""
        return self._metrics.address if self._metrics else None

    def _samples(self) -> list[Sample]:
        return [
            ("netmon_server_sessions_running", "gauge", "", float(self._budget.sessions)),
            ("netmon_server_budget_bits_per_second", "gauge", "", float(self._budget.total_bps)),
            ("netmon_server_budget_in_use_bits_per_second", "gauge", "", float(self._budget.in_use_bps)),
            ("netmon_server_bbr", "gauge", "", float(self._congestion_control == PREFERRED_CONGESTION_CONTROL)),
            ("netmon_server_clock_synchronised", "gauge", "", float(bool(clock_synchronised()))),
            ("netmon_server_accept_failures_total", "counter", "", float(self._acceptor.failures)),
            *self._counts.samples(),
        ]

    def _handle(self, connection: socket.socket, client: str) -> None:
        with self._lock:
            limits = self._settings.limits
            full = sum(self._clients.values()) >= limits.connections
            crowded = full or self._clients[client] >= limits.connections_per_client
            self._clients[client] += 1
        kept = False
        control = Control(connection, clock=self._clock, limits=limits)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if crowded:
                raise RefusedError(Reason.SERVER_BUSY, self._clock.now() + timedelta(seconds=_BUSY_RETRY_S))
            kept = self._converse(control)
        except RefusedError as error:
            log.info("refused %s: %s", client, error.reason.value)
            self._counts.refused(error.reason)
            with contextlib.suppress(SessionEndedError):
                control.send(wire.Refused(reason=error.reason, time=self._clock.now(), retry_at=error.retry_at))
        except (SessionEndedError, OSError) as error:
            if control.spoke:  # who only listens to the greeting breaks nothing off
                log.info("session of %s ended: %s", client, error)
                self._counts.broken()
        finally:
            if not kept:
                connection.close()
            with self._idle:
                self._clients[client] -= 1
                self._clients += Counter()  # forget clients at zero
                self._idle.notify_all()

    def _converse(self, control: Control) -> bool:
        """Whether the connection was handed over to a session and stays open."""
        control.send(self._greeting())
        message = control.receive(within_s=self._settings.limits.handshake_s)
        if isinstance(message, wire.Join):
            return self._join(message, control)
        if isinstance(message, wire.Open):
            self._run(message, control)
            return False
        raise SessionEndedError("neither open nor join")

    def _greeting(self) -> wire.Greeting:
        return wire.Greeting(
            server=self._settings.server,
            time=self._clock.now(),
            budget_bps=self._budget.total_bps,
            keys=tuple(self._settings.keys),
        )

    def _join(self, message: wire.Join, control: Control) -> bool:
        with self._lock:
            session = self._sessions.get(message.session)
        if session is None:
            raise SessionEndedError("joins no session")
        control.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)  # payload: full segments only
        control.send(wire.Joined())
        if not session.join(control.socket):
            raise SessionEndedError("joins a full session")
        return True

    def _run(self, message: wire.Open, control: Control) -> None:
        admission = self._gate.admit(message.ticket)
        control.end_at(admission.ends_s)
        session = Session(admission, message.connections)
        with self._lock:
            self._sessions[admission.session] = session
        try:
            control.send(self._runner.accepted(admission, control.socket, self._congestion_control))
            receipt = self._runner.transfer(session, control)
            control.send(self._runner.finished(receipt))
            self._counts.finished(receipt)
            log.info(
                "session %s: %s %s, %d bytes",
                receipt.ticket,
                receipt.direction,
                receipt.mode,
                receipt.bytes + receipt.udp_bytes,
            )
        finally:
            session.close()
            self._budget.release(admission.session)
            with self._idle:
                del self._sessions[admission.session]
                self._idle.notify_all()


def _open_port(host: str, port: int) -> tuple[socket.socket, TrainDesk]:
    """One number for TCP and UDP. Where the kernel may choose it, until both are free. Raises OSError."""
    while True:
        listener = _listen(host, port)
        try:
            return listener, TrainDesk(listener.getsockname()[:2], listener.family)
        except OSError as error:
            listener.close()
            if port != 0 or error.errno != errno.EADDRINUSE:
                raise


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket; a wildcard IPv6 host serves IPv4 as well. Raises OSError."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
    return socket.create_server(
        (host, port), family=family, backlog=_BACKLOG, dualstack_ipv6=family == socket.AF_INET6 and host == "::"
    )
