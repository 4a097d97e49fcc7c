"""One session at the server: from the accepted ticket to the signed receipt."""

import contextlib
import select
import socket
import threading
from dataclasses import dataclass
from datetime import datetime

from netmon.clock import Clock
from netmon.domain.identifiers import ServerId
from netmon.domain.measurement import Direction
from netmon.transfer.options import congestion_control
from netmon.transfer.tcp_info import read_tcp_info
from netmon.wire import session as wire
from netmon.wire.receipt import Receipt, Signer, sign_receipt
from netmon_collector.measurement_server.clock_state import clock_synchronised
from netmon_collector.measurement_server.control import Control, SessionEndedError
from netmon_collector.measurement_server.flow import NO_ACCOUNT, Account, Flow, open_flow
from netmon_collector.measurement_server.gate import Admission
from netmon_collector.measurement_server.settings import Limits
from netmon_collector.measurement_server.trains import TrainDesk

_TICK_S = 0.05
_RECEIPT_S = 0.5  # kept of a session's time for the last words
_LONGEST_TRAIN_S = 2.0
_ADDRESS_S = 1.2  # how long the datagrams of an announced train may take to come


class Session:
    """An admitted session and the data connections that joined it."""

    def __init__(self, admission: Admission, connections: int) -> None:
        self.admission = admission
        self._wanted = connections
        self._data: list[socket.socket] = []
        self._complete = threading.Event()
        self._lock = threading.Lock()
        self._closed = False

    def join(self, connection: socket.socket) -> bool:
        """Hand a data connection over; False when the session has no room for it."""
        with self._lock:
            if self._closed or len(self._data) >= self._wanted:
                return False
            self._data.append(connection)
            if len(self._data) == self._wanted:
                self._complete.set()
            return True

    def connections(self, *, within_s: float) -> list[socket.socket]:
        """All data connections. Raises SessionEndedError when they do not come in time."""
        if not self._complete.wait(within_s):
            raise SessionEndedError("the data connections did not come")
        return list(self._data)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for connection in self._data:
                connection.close()


def plain_address(text: str) -> str:
    """An IPv4 address that an IPv6 socket shows as mapped, as the agent knows it."""
    return text.removeprefix("::ffff:") if "." in text else text


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRunner:
    """Runs sessions of one server."""

    server: ServerId
    clock: Clock
    limits: Limits
    signer: Signer
    desk: TrainDesk

    def transfer(self, session: Session, control: Control) -> Receipt:
        """Wait for the agent's go, move the bytes, and account for them. Raises SessionEndedError."""
        started_at, udp_bytes = self.clock.now(), 0
        message = control.receive(within_s=self.limits.idle_s)
        if isinstance(message, wire.Train):
            udp_bytes = self._train(session.admission, message, control)
            message = control.receive(within_s=self.limits.idle_s)
        if isinstance(message, wire.Finish):
            return self._receipt(
                admission=session.admission,
                account=NO_ACCOUNT,
                started_at=started_at,
                congestion="none",
                peer=control.socket.getpeername(),
                connections=0,
                udp_bytes=udp_bytes,
            )
        if not isinstance(message, wire.Begin):
            raise SessionEndedError("neither begin nor finish")
        return self._tcp(session, control, message, started_at, udp_bytes)

    def _train(self, admission: Admission, order: wire.Train, control: Control) -> int:
        """One UDP train; the IP bytes that were sent or received."""
        size = order.packets * order.packet_bytes
        if order.rate_bps > admission.rate_bps or size > admission.ticket.max_bytes:
            raise SessionEndedError("the train is larger than its ticket")
        if size * 8 > _LONGEST_TRAIN_S * order.rate_bps:
            raise SessionEndedError(f"the train is longer than {_LONGEST_TRAIN_S:g} s")
        with contextlib.closing(self.desk.expect()) as train:
            control.send(wire.TrainReady(token=train.token.hex()))
            report = train.run(order, admission.ticket.direction, within_s=_ADDRESS_S, ends_s=admission.ends_s)
        control.send(report)
        return report.packets * order.packet_bytes

    def _tcp(
        self, session: Session, control: Control, begin: wire.Begin, started_at: datetime, udp_bytes: int
    ) -> Receipt:
        ticket, ends_s = session.admission.ticket, session.admission.ends_s - _RECEIPT_S
        connections = session.connections(within_s=min(self.limits.handshake_s, ends_s - self.clock.monotonic()))
        for connection in connections:
            connection.setblocking(False)
        flow = open_flow(
            ticket.direction,
            connections,
            rate_bps=session.admission.rate_bps,
            most_bytes=ticket.max_bytes,
            now_s=self.clock.monotonic(),
        )
        with contextlib.closing(flow):
            flow.set_pace(begin.pace_bps)
            congestion = congestion_control(connections[0])
            peer = connections[0].getpeername()
            ends_s = min(ends_s, self.clock.monotonic() + ticket.duration_s)
            self._move(flow, control, ends_s=ends_s, direction=ticket.direction)
            account = flow.account()
        return self._receipt(
            admission=session.admission,
            account=account,
            started_at=started_at,
            congestion=congestion,
            peer=peer,
            connections=len(connections),
            udp_bytes=udp_bytes,
        )

    def _move(self, flow: Flow, control: Control, *, ends_s: float, direction: Direction) -> None:
        """Move bytes until the agent has enough, goes away, or its time is over."""
        event = select.POLLOUT if direction is Direction.DOWN else select.POLLIN
        ready = select.poll()
        ready.register(control.socket, select.POLLIN)
        for descriptor in flow.connections:
            ready.register(descriptor, event)
        next_s, finished = self.clock.monotonic() + _TICK_S, False
        moved = (0, self.clock.monotonic())
        while not finished:
            for descriptor, _ in ready.poll(max(0.0, next_s - self.clock.monotonic()) * 1000):
                if descriptor == control.socket.fileno():
                    finished = self._heard(flow, control)
                elif descriptor in flow.connections:
                    flow.move(descriptor)
                if descriptor not in flow.connections and descriptor != control.socket.fileno():
                    ready.unregister(descriptor)
            now = self.clock.monotonic()
            if now >= next_s:
                flow.tick(now, late_s=now - next_s)
                next_s = now + _TICK_S
                moved = self._watched(flow, moved, now)
            if now >= ends_s or flow.over:
                flow.tick(now, late_s=0.0)
                break
        if not finished:
            self._await_finish(control)

    def _watched(self, flow: Flow, moved: tuple[int, float], now_s: float) -> tuple[int, float]:
        """How much has moved and since when no more: an agent that vanished does not hold the budget for long."""
        if flow.moved() > moved[0]:
            return flow.moved(), now_s
        if now_s - moved[1] > self.limits.stall_s:
            raise SessionEndedError(f"nothing moved for {self.limits.stall_s:g} s")
        return moved

    def _heard(self, flow: Flow, control: Control) -> bool:
        """Whether the agent said that it has enough; a new pace is set on the way."""
        while True:
            message = control.receive_or_pong(within_s=self.limits.handshake_s)
            if isinstance(message, wire.Finish):
                flow.tick(self.clock.monotonic(), late_s=0.0)
                return True
            if isinstance(message, wire.Begin):
                flow.set_pace(message.pace_bps)
            elif message is not None:
                raise SessionEndedError("neither begin nor finish")
            if not control.waiting:
                return False

    def _await_finish(self, control: Control) -> None:
        while not isinstance(control.receive(within_s=self.limits.idle_s), wire.Finish):
            pass

    def _receipt(
        self,
        *,
        admission: Admission,
        account: Account,
        started_at: datetime,
        congestion: str,
        peer: tuple[str, int],
        connections: int,
        udp_bytes: int,
    ) -> Receipt:
        ticket = admission.ticket
        return Receipt(
            server=self.server,
            ticket=ticket.id,
            line=ticket.line,
            direction=ticket.direction,
            mode=ticket.mode,
            started_at=started_at,
            ended_at=self.clock.now(),
            bytes=account.bytes,
            udp_bytes=udp_bytes,
            connections=connections,
            retransmitted_bytes=account.retransmitted_bytes,
            send_gap_s=round(account.send_gap_s, 4),
            app_limited_s=round(account.app_limited_s, 4),
            pacing_limited_s=round(account.pacing_limited_s, 4),
            window_limited_s=round(account.window_limited_s, 4),
            congestion_control=congestion,
            peer_address=plain_address(peer[0]),
            peer_port=peer[1],
            peer_mss=account.mss,
            clock_synchronised=clock_synchronised(),
        )

    def accepted(self, admission: Admission, connection: socket.socket, congestion: str) -> wire.Accepted:
        """The answer to an admitted session: what the server sees of the agent and of itself."""
        local, peer = connection.getsockname(), connection.getpeername()
        return wire.Accepted(
            session=admission.session,
            time=self.clock.now(),
            rate_bps=admission.rate_bps,
            congestion_control=congestion,
            peer_address=plain_address(peer[0]),
            peer_port=peer[1],
            local_address=plain_address(local[0]),
            local_port=local[1],
            mss=read_tcp_info(connection).sent_mss,
        )

    def finished(self, receipt: Receipt) -> wire.Finished:
        """The receipt, signed."""
        return wire.Finished(receipt=sign_receipt(receipt, self.signer), time=self.clock.now())
