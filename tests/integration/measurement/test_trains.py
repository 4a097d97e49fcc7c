"""UDP trains: cheap decisions, and nothing for who cannot prove an address."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from netmon.clock import SystemClock
from netmon.domain.identifiers import TicketId
from netmon.domain.measurement import Decision, Direction, Mode
from netmon.wire import datagram
from netmon.wire.receipt import read_receipt
from netmon_agent.line.interface import PROC_NET_DEV, InterfaceCounters
from netmon_agent.methods.native import measure
from netmon_agent.methods.session import Session
from netmon_agent.methods.train import probe
from netmon_collector.measurement_server.server import MeasurementServer
from netmon_collector.measurement_server.trains import TrainDesk
from tests.support.measurement import a_request, a_ticket, running_server
from tests.support.relay import relay_to

CLOCK = SystemClock()


@pytest.fixture
def server() -> Iterator[MeasurementServer]:
    with running_server() as running:
        yield running


@pytest.mark.parametrize("direction", list(Direction))
def test_a_train_decides_for_half_a_second_of_the_rate(server: MeasurementServer, direction: Direction) -> None:
    ticket = a_ticket(CLOCK, direction=direction, mode=Mode.DECISION)
    result = measure(a_request(server.address, ticket, threshold_bps=50_000_000, limit_bps=47_500_000))
    assert result.decision is Decision.AT_LEAST
    assert result.detail["transport"] == "udp"
    assert result.censored_at_bps == 54_625_000
    assert result.bytes < 0.6 * 50_000_000 / 8
    assert result.receipt is not None
    assert read_receipt(result.receipt).udp_bytes == pytest.approx(result.bytes, rel=0.05)


def test_where_udp_does_not_pass_tcp_decides_in_the_same_session(server: MeasurementServer) -> None:
    with relay_to(server.address) as address:
        ticket = a_ticket(CLOCK, mode=Mode.DECISION, id=TicketId("relayed"))
        result = measure(a_request(address, ticket, threshold_bps=30_000_000, limit_bps=28_500_000))
    assert result.decision is Decision.AT_LEAST
    assert result.detail["transport"] == "tcp"
    assert result.detail["train"] == "no answer"


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("direction", list(Direction))
def test_counters_that_do_not_show_the_train_say_nothing_about_others(
    server: MeasurementServer, tmp_path: Path, direction: Direction, shown: bool
) -> None:
    frozen = tmp_path / "dev"  # as where the hardware forwards past the kernel
    frozen.write_bytes(PROC_NET_DEV.read_bytes())
    ticket = a_ticket(CLOCK, direction=direction, mode=Mode.DECISION, id=TicketId(f"counted-{direction}-{shown}"))
    request = a_request(server.address, ticket)
    with (
        InterfaceCounters("lo", header=14, table=PROC_NET_DEV if shown else frozen) as counters,
        Session(*server.address, patience=request.patience, monotonic=CLOCK.monotonic, interface="lo") as session,
    ):
        session.open(request.ticket or "", 2)
        found = probe(
            session, direction, limit_bps=20_000_000, granted_bps=100_000_000, background_bps=0.0, counters=counters
        )
    assert found is not None
    assert found.counted is shown


class Stranger:
    """Somebody with a UDP socket."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(address)
        self.socket.settimeout(0.1)

    def ask(self, question: bytes) -> bytes | None:
        self.socket.send(question)
        try:
            return self.socket.recv(4096)
        except TimeoutError:
            return None


@pytest.fixture
def desk() -> Iterator[tuple[TrainDesk, Stranger]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        opened = TrainDesk(address, socket.AF_INET)
        thread = threading.Thread(target=opened.serve)
        thread.start()
        stranger = Stranger(address)
        yield opened, stranger
        stranger.socket.close()
        opened.close()
        thread.join()


def test_a_datagram_without_a_token_is_not_answered(desk: tuple[TrainDesk, Stranger]) -> None:
    _, stranger = desk
    assert stranger.ask(datagram.pack(datagram.PROBE, b"t" * 16)) is None
    assert stranger.ask(b"") is None
    assert stranger.ask(b"rubbish") is None


def test_the_answer_to_a_probe_is_no_larger_than_the_probe(desk: tuple[TrainDesk, Stranger]) -> None:
    opened, stranger = desk
    expected = opened.expect()
    probe = datagram.pack(datagram.PROBE, expected.token)
    answer = stranger.ask(probe)
    assert answer is not None
    assert len(answer) <= len(probe)
    message = datagram.unpack(answer)
    assert message is not None
    assert message[0] == datagram.COOKIE


def test_a_start_without_the_cookie_of_its_address_starts_nothing(desk: tuple[TrainDesk, Stranger]) -> None:
    opened, stranger = desk
    expected = opened.expect()
    assert stranger.ask(datagram.pack(datagram.START, expected.token, b"guess" + bytes(11))) is None
    assert expected.arrived.empty()


def test_a_token_is_forgotten_with_its_train(desk: tuple[TrainDesk, Stranger]) -> None:
    opened, stranger = desk
    expected = opened.expect()
    expected.close()
    assert stranger.ask(datagram.pack(datagram.PROBE, expected.token)) is None
