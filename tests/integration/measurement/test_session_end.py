"""A session is over at its deadline, whatever the agent does: nobody keeps others from the budget."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest

from netmon.clock import SystemClock
from netmon.domain.identifiers import TicketId
from netmon.domain.measurement import Direction, Mode
from netmon.transfer.lines import LineChannel
from netmon.wire import datagram, session
from netmon.wire.ticket import sign_ticket
from netmon_agent.methods.native import measure
from netmon_collector.measurement_server.server import MeasurementServer
from netmon_collector.measurement_server.settings import Limits
from tests.support.measurement import KEY, a_request, a_ticket, running_server, some_settings

CLOCK = SystemClock()
DURATION_S, GRACE_S = 0.4, 0.6
_LATE_S = 1.0  # what a busy machine may add


@pytest.fixture
def server() -> Iterator[MeasurementServer]:
    with running_server(some_settings(limits=Limits(grace_s=GRACE_S))) as running:
        yield running


class Stubborn:
    """An agent that opens a session which takes the whole budget, and then does as it likes."""

    def __init__(self, address: tuple[str, int], *, mode: Mode = Mode.ESTIMATE) -> None:
        self.connection = socket.create_connection(address)
        self._lines = LineChannel(self.connection, monotonic=time.monotonic, most_bytes=session.MAX_LINE_BYTES)
        ticket = a_ticket(CLOCK, rate_bps=400_000_000, duration_s=DURATION_S, mode=mode, direction=Direction.DOWN)
        self.hear()
        self.say(session.Open(ticket=sign_ticket(ticket, {"default": KEY}), connections=1))
        self.accepted = self.hear()
        self.opened_s = time.monotonic()

    def say(self, message: session.Message) -> None:
        self._lines.write(session.encode(message), within_s=5)

    def hear(self) -> session.Message:
        return session.decode(self._lines.read(within_s=5))

    def lasted_s(self, act: Callable[[], object]) -> float:
        """How long the server let it act."""
        try:
            while time.monotonic() < self.opened_s + 5:
                act()
        except Exception:  # noqa: BLE001 - whatever way it ended
            pass
        self.connection.close()
        return time.monotonic() - self.opened_s


def assert_free(server: MeasurementServer) -> None:
    assert measure(a_request(server.address, a_ticket(CLOCK, id=TicketId("next")))).rate_bps is not None


def test_pings_do_not_prolong_a_session(server: MeasurementServer) -> None:
    agent = Stubborn(server.address)

    def ping() -> None:
        agent.say(session.Ping())
        agent.hear()
        time.sleep(0.01)

    assert agent.lasted_s(ping) < DURATION_S + GRACE_S + _LATE_S
    assert_free(server)


def test_pings_instead_of_a_ticket_end_with_the_handshake() -> None:
    with running_server(some_settings(limits=Limits(handshake_s=0.5))) as server:
        connection = socket.create_connection(server.address)
        lines = LineChannel(connection, monotonic=time.monotonic, most_bytes=session.MAX_LINE_BYTES)
        start_s = time.monotonic()
        with pytest.raises(Exception, match=r"closed|reset|Broken"):  # noqa: PT012
            while time.monotonic() < start_s + 5:
                lines.read(within_s=5)
                lines.write(session.encode(session.Ping()), within_s=5)
                time.sleep(0.01)
        connection.close()


@pytest.mark.parametrize("order", [(1000, 700), (100_000, 100)])
def test_a_train_slower_than_sensible_is_refused(server: MeasurementServer, order: tuple[int, int]) -> None:
    rate_bps, packets = order
    agent = Stubborn(server.address, mode=Mode.DECISION)
    agent.say(session.Train(rate_bps=rate_bps, packets=packets, packet_bytes=1500))
    assert agent.lasted_s(agent.hear) < 0.5 + _LATE_S
    assert_free(server)


def test_a_train_ends_with_its_session(server: MeasurementServer) -> None:
    agent = Stubborn(server.address, mode=Mode.DECISION)
    agent.say(session.Train(rate_bps=8_000_000, packets=1300, packet_bytes=1500))  # 1.95 s, and 1 s is left
    ready = agent.hear()
    assert isinstance(ready, session.TrainReady)
    token = bytes.fromhex(ready.token)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(2)
        udp.connect(server.address)
        udp.send(datagram.pack(datagram.PROBE, token))
        message = datagram.unpack(udp.recv(2048))
        assert message is not None
        udp.send(datagram.pack(datagram.START, token, message[2]))
        assert agent.lasted_s(agent.hear) < DURATION_S + GRACE_S + 0.5
    assert_free(server)
