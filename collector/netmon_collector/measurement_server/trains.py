"""UDP trains at the server: first the proof of the address, then the train."""

import contextlib
import queue
import secrets
import socket
import threading
import time
from dataclasses import dataclass

from netmon.domain.measurement import Direction
from netmon.transfer.train import prepare_receiver, receive_train, send_train, windows
from netmon.wire import datagram
from netmon.wire.session import MAX_WINDOWS, Train, TrainReport

_WINDOW_S = 0.025
_SKIP_SHARE = 0.4
_PAYLOAD_BYTES = 1500
_SILENCE_S = 0.3
_PAUSE_S = 0.1

Address = tuple[object, ...]


class TrainDesk:
    """Answers the datagrams that open trains. No train without a token, no byte before the address is proven."""

    def __init__(self, address: tuple[str, int], family: int) -> None:
        self._family, self._address = family, address
        self._socket = self._bind()
        self._secret = secrets.token_bytes(32)
        self._payload = secrets.token_bytes(_PAYLOAD_BYTES)
        self._waiting: dict[bytes, queue.Queue[Address]] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def _bind(self) -> socket.socket:
        connection = socket.socket(self._family, socket.SOCK_DGRAM)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if self._family == socket.AF_INET6:
            connection.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, self._address[0] != "::")
        connection.bind(self._address)
        return connection

    def serve(self) -> None:
        """Answer until closed."""
        while True:
            try:
                data, address = self._socket.recvfrom(2048)
            except OSError:  # closed, or the kernel is short of memory for a moment
                if self._closing.wait(_PAUSE_S):
                    return
                continue
            if self._closing.is_set():
                return
            with contextlib.suppress(OSError):
                self._answer(data, address)

    def _answer(self, data: bytes, address: Address) -> None:
        message = datagram.unpack(data)
        if message is None:
            return
        kind, token, cookie = message
        with self._lock:
            waiting = self._waiting.get(token)
        if waiting is None:
            return
        expected = datagram.cookie_for(self._secret, token, address)
        if kind == datagram.PROBE:
            self._socket.sendto(datagram.pack(datagram.COOKIE, token, expected), address)
        elif kind == datagram.START and secrets.compare_digest(cookie, expected):
            with contextlib.suppress(queue.Full):
                waiting.put_nowait(address)

    def expect(self) -> "ExpectedTrain":
        """A new token; datagrams that carry it are answered until the train is closed."""
        token = secrets.token_bytes(datagram.TOKEN_BYTES)
        arrived: queue.Queue[Address] = queue.Queue(1)
        with self._lock:
            self._waiting[token] = arrived
        return ExpectedTrain(self, token, arrived)

    def forget(self, token: bytes) -> None:
        with self._lock:
            self._waiting.pop(token, None)

    def connected_to(self, address: Address) -> socket.socket:
        """A socket of our own port that talks to one proven address."""
        connection = self._bind()
        connection.connect(address)
        return connection

    @property
    def payload(self) -> bytes:
        return self._payload

    def close(self) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):  # wakes the thread, though a UDP socket is never connected
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@dataclass(frozen=True, slots=True)
class ExpectedTrain:
    """A train that was announced over TCP and whose datagrams may come."""

    desk: TrainDesk
    token: bytes
    arrived: "queue.Queue[Address]"

    def run(self, order: Train, direction: Direction, *, within_s: float, ends_s: float) -> TrainReport:
        """Wait for the proven address, then send or receive; an empty report when UDP does not pass.

        Nothing goes on beyond `ends_s` of the monotonic clock.
        """
        try:
            address = self.arrived.get(timeout=max(0.0, min(within_s, ends_s - time.monotonic())))
        except queue.Empty:
            return TrainReport(packets=0, dropped=0, windows=())
        with self.desk.connected_to(address) as connection:
            if direction is Direction.DOWN:
                return self._send(connection, order, ends_s)
            return self._receive(connection, order, ends_s)

    def _send(self, connection: socket.socket, order: Train, ends_s: float) -> TrainReport:
        header = 48 if connection.family == socket.AF_INET6 and not _is_mapped(connection) else 28
        sent = send_train(
            connection,
            rate_bps=order.rate_bps,
            packet_bytes=order.packet_bytes,
            header_bytes=header,
            count=order.packets,
            payload=self.desk.payload,
            ends_s=ends_s,
        )
        return TrainReport(packets=sent, dropped=0, windows=())

    def _receive(self, connection: socket.socket, order: Train, ends_s: float) -> TrainReport:
        prepare_receiver(connection)
        for _ in range(2):  # one may be lost; the agent sends its train once
            connection.send(datagram.pack(datagram.GO, self.token))
        length_s = order.packets * order.packet_bytes * 8 / order.rate_bps
        train = receive_train(
            connection,
            first_within_s=1.0,
            idle_s=_SILENCE_S,
            most_s=min(2 * length_s + 2.0, ends_s - time.monotonic()),
            on_packet=_ignore,
        )
        cut = windows(train.arrivals, length_s=_WINDOW_S, skip_share=_SKIP_SHARE)[:MAX_WINDOWS]
        rows = tuple((one.received, one.sent, round(one.sending_s * 1e6), round(one.arriving_s * 1e6)) for one in cut)
        return TrainReport(packets=len(train.arrivals), dropped=train.dropped_here, windows=rows)

    def close(self) -> None:
        self.desk.forget(self.token)


def _ignore(_arrived_ns: int) -> None:
    pass


def _is_mapped(connection: socket.socket) -> bool:
    return str(connection.getpeername()[0]).startswith("::ffff:")
