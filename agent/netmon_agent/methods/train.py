"""The UDP train of a threshold decision: cheap, and asked first where UDP passes."""

import contextlib
import os
import socket
import time
from dataclasses import dataclass

from netmon.domain.kinds import Direction
from netmon.transfer.tcp_info import header_bytes, read_tcp_info
from netmon.transfer.train import Arrival, ReceivedTrain, Window, prepare_receiver, receive_train, send_train, windows
from netmon.wire import datagram
from netmon.wire.session import Train, TrainReady, TrainReport
from netmon_agent.line.binding import bind_to
from netmon_agent.line.interface import InterfaceCounters, counted
from netmon_agent.methods.session import Session
from netmon_agent.statistics.train import (
    DURATION_S,
    PACE_OVER_LIMIT,
    SKIP_SHARE,
    WINDOW_S,
    TrainFinding,
    judge_train,
)

_LARGEST_PACKET = 1500
_LEAST_SHARE = 0.3
_TRIES = 3
_SILENCE_S = 0.3
_SERVER_WAITS_S = 2.0
_SNAPSHOT_NS = 25_000_000
_QUIET_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class TrainResult:
    """What a train cost and what it found; no finding where UDP does not pass or says nothing.

    `counted` says whether the interface's counters show the train's own bytes, so that others' can be read off them.
    """

    wire_bytes: int
    finding: TrainFinding | None
    counted: bool


class Background:
    """Reads the interface's counters now and then while packets arrive."""

    def __init__(self, counters: InterfaceCounters | None) -> None:
        self._counters = counters
        self._snapshots: list[tuple[int, int]] = []
        self._last_ns = 0

    def packet(self, arrived_ns: int) -> None:
        if self._counters is not None and arrived_ns - self._last_ns >= _SNAPSHOT_NS:
            self._last_ns = arrived_ns
            self._snapshots.append((time.time_ns(), self._counters.read().received_bytes))

    def others_bps(self, arrivals: list[Arrival], packet_bytes: int) -> float:
        """The rate of everything else that was received during the part of the train that counts."""
        if len(self._snapshots) < 2 or not arrivals:
            return 0.0
        first, last = arrivals[0].arrived_ns, arrivals[-1].arrived_ns
        later = [one for one in self._snapshots if one[0] >= first + SKIP_SHARE * (last - first)]
        if len(later) < 2:
            return 0.0
        (start_ns, start_bytes), (end_ns, end_bytes) = later[0], later[-1]
        own = sum(packet_bytes for one in arrivals if start_ns < one.arrived_ns <= end_ns)
        return max(0.0, (end_bytes - start_bytes - own) * 8e9 / (end_ns - start_ns))


def probe(
    session: Session,
    direction: Direction,
    *,
    limit_bps: int,
    granted_bps: int,
    background_bps: float,
    counters: InterfaceCounters | None,
) -> TrainResult | None:
    """Run one train about a limit; None where it cannot be run at all.

    Only what others leave missing is sent. An upload beside others' traffic is left to TCP: what leaves our card
    then is not what passes the line. Raises MeasurementError, InterfaceGoneError.
    """
    rate_bps = round(max(PACE_OVER_LIMIT * limit_bps - background_bps, _LEAST_SHARE * limit_bps))
    up = direction is Direction.UP
    if rate_bps > granted_bps or (up and background_bps > _QUIET_SHARE * limit_bps):
        return None
    info = read_tcp_info(session.control.socket)
    packet_bytes = min(_LARGEST_PACKET, info.sent_mss + header_bytes(session.control.socket.family, info))
    order = Train(rate_bps=rate_bps, packets=int(rate_bps * DURATION_S / 8 / packet_bytes), packet_bytes=packet_bytes)
    session.control.send(order)
    counted_before = _bytes(counters, up=up)
    token = bytes.fromhex(session.control.receive(TrainReady).token)
    with _connected(session) as connection:
        exchange = _Exchange(connection, token, patience_s=max(0.2, 3 * info.min_rtt_s))
        run = _upload if up else _download
        sent, train, others_bps = run(exchange, order, counters, background_bps)
        report = session.control.receive(TrainReport, later_s=_SERVER_WAITS_S)
    cut = _reported(report) if up else windows(train.arrivals, length_s=WINDOW_S, skip_share=SKIP_SHARE)
    finding = judge_train(
        cut,
        packet_bytes=packet_bytes,
        others_bps=others_bps,
        limit_bps=limit_bps,
        dropped_here=report.dropped if up else train.dropped_here,
    )
    own_bytes = (sent if up else len(train.arrivals)) * packet_bytes
    seen = counters is not None and counted(_bytes(counters, up=up) - counted_before, own_bytes)
    return TrainResult(own_bytes, finding, seen)


def _bytes(counters: InterfaceCounters | None, *, up: bool) -> int:
    if counters is None:
        return 0
    traffic = counters.read()
    return traffic.sent_bytes if up else traffic.received_bytes


def _reported(report: TrainReport) -> list[Window]:
    return [
        Window(received=received, sent=sent, sending_s=sending_us / 1e6, arriving_s=arriving_us / 1e6)
        for received, sent, sending_us, arriving_us in report.windows
        if arriving_us > 0
    ]


def _connected(session: Session) -> socket.socket:
    connection = socket.socket(session.control.socket.family, socket.SOCK_DGRAM)
    try:
        bind_to(connection, session.interface)
        connection.connect(session.control.socket.getpeername())
        prepare_receiver(connection)
    except BaseException:
        connection.close()
        raise
    return connection


@dataclass(frozen=True, slots=True, kw_only=False)
class _Exchange:
    """The round trips before a train."""

    connection: socket.socket
    token: bytes
    patience_s: float

    def cookie(self) -> bytes | None:
        """The server's cookie for our address; None where UDP does not pass."""
        return self._ask(datagram.pack(datagram.PROBE, self.token), datagram.COOKIE)

    def start(self, cookie: bytes) -> None:
        self.connection.send(datagram.pack(datagram.START, self.token, cookie))

    def go(self, cookie: bytes) -> bool:
        """Whether the server is ready to receive."""
        return self._ask(datagram.pack(datagram.START, self.token, cookie), datagram.GO) is not None

    def _ask(self, question: bytes, wanted: bytes) -> bytes | None:
        for _ in range(_TRIES):
            with contextlib.suppress(OSError):
                self.connection.send(question)
                self.connection.settimeout(self.patience_s)
                message = datagram.unpack(self.connection.recv(2048))
                if message is not None and message[:2] == (wanted, self.token):
                    return message[2]
        return None


_NOTHING = ReceivedTrain((), 0, 0)
_Ran = tuple[int, ReceivedTrain, float]


def _download(exchange: _Exchange, order: Train, counters: InterfaceCounters | None, background_bps: float) -> _Ran:
    cookie = exchange.cookie()
    if cookie is None:
        return 0, _NOTHING, background_bps
    background = Background(counters)
    for _ in range(_TRIES):
        exchange.start(cookie)
        train = receive_train(
            exchange.connection,
            first_within_s=exchange.patience_s,
            idle_s=_SILENCE_S,
            most_s=3 * DURATION_S + exchange.patience_s,
            on_packet=background.packet,
        )
        if train.arrivals:
            return 0, train, background.others_bps(list(train.arrivals), order.packet_bytes)
    return 0, _NOTHING, background_bps


def _upload(exchange: _Exchange, order: Train, _counters: InterfaceCounters | None, background_bps: float) -> _Ran:
    cookie = exchange.cookie()
    if cookie is None or not exchange.go(cookie):
        return 0, _NOTHING, background_bps
    family = exchange.connection.family
    exchange.connection.settimeout(None)
    sent = send_train(
        exchange.connection,
        rate_bps=order.rate_bps,
        packet_bytes=order.packet_bytes,
        header_bytes=48 if family == socket.AF_INET6 else 28,
        count=order.packets,
        payload=os.urandom(_LARGEST_PACKET),
    )
    return sent, _NOTHING, background_bps
