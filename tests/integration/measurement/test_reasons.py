"""One test per reason that comes from the network or the machine, each produced by real sockets or files."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from netmon.clock import SystemClock
from netmon.domain.identifiers import ServerId
from netmon.domain.measurement import Mode, Reason, ResultKind
from netmon.wire.session import Accepted, Greeting, Joined, Pong, encode
from netmon.wire.ticket import Ticket, sign_ticket
from netmon_agent.line.card import LinkSpeed
from netmon_agent.line.host import ProcessorTimes
from netmon_agent.methods.base import MethodResult
from netmon_agent.methods.native import measure
from tests.support.measurement import SERVER, a_request, a_ticket, misbehaving_server, running_server, some_settings

CLOCK = SystemClock()


@pytest.fixture(autouse=True)
def no_descriptor_is_left_open() -> Iterator[None]:
    before = len(list(Path("/proc/self/fd").iterdir()))
    yield
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def assert_nothing(result: MethodResult, reason: Reason) -> None:
    assert result.kind is ResultKind.NONE
    assert result.reason is reason
    assert result.rate_bps is None
    assert result.message
    assert "\n" not in result.message
    assert result.duration_s < 5


def refused(ticket: Ticket | str) -> MethodResult:
    with running_server() as server:
        return measure(a_request(server.address, ticket))


def test_a_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    assert_nothing(measure(a_request(address)), Reason.SERVER_UNREACHABLE)


def test_an_expired_ticket_is_refused() -> None:
    ticket = a_ticket(CLOCK, not_after=CLOCK.now() - timedelta(seconds=1))
    assert_nothing(refused(ticket), Reason.TICKET_EXPIRED)


def test_a_ticket_for_later_is_refused_with_its_time() -> None:
    later = CLOCK.now() + timedelta(hours=1)
    result = refused(a_ticket(CLOCK, not_before=later, not_after=later + timedelta(minutes=5)))
    assert_nothing(result, Reason.TICKET_NOT_YET_VALID)
    assert result.retry_at == later


def test_a_ticket_opens_one_session() -> None:
    with running_server() as server:
        request = a_request(server.address)
        assert measure(request).rate_bps is not None
        assert_nothing(measure(request), Reason.TICKET_REUSED)


def test_a_forged_ticket_is_refused() -> None:
    assert_nothing(refused(sign_ticket(a_ticket(CLOCK), {"default": b"x" * 32})), Reason.TICKET_FORGED)


def test_a_ticket_for_another_server_is_refused() -> None:
    assert_nothing(refused(a_ticket(CLOCK, server=ServerId("server-2"))), Reason.TICKET_WRONG_SERVER)


def test_a_ticket_that_cannot_be_read_is_not_even_sent() -> None:
    assert_nothing(refused("rubbish"), Reason.TICKET_MALFORMED)


def test_after_the_loss_of_its_memory_a_server_refuses_older_tickets_with_a_time(tmp_path: Path) -> None:
    ticket = a_ticket(CLOCK)
    with running_server(some_settings(state=tmp_path / "state")) as server:
        result = measure(a_request(server.address, ticket))
    assert_nothing(result, Reason.SERVER_RESTARTED)
    assert result.retry_at == ticket.not_after


def test_a_restart_with_its_memory_still_knows_the_used_tickets(tmp_path: Path) -> None:
    settings = some_settings(state=tmp_path / "state")
    with running_server(settings):
        pass
    ticket = a_ticket(CLOCK)
    with running_server(settings) as server:
        assert measure(a_request(server.address, ticket)).rate_bps is not None
    with running_server(settings) as server:
        assert_nothing(measure(a_request(server.address, ticket)), Reason.TICKET_REUSED)


def test_a_server_without_room_names_a_time() -> None:
    with running_server() as server:
        held = [socket.create_connection(server.address) for _ in range(128)]
        result = measure(a_request(server.address))
        for connection in held:
            connection.close()
    assert_nothing(result, Reason.SERVER_BUSY)
    assert result.retry_at is not None


def greet(connection: socket.socket) -> None:
    connection.sendall(encode(Greeting(server=SERVER, time=CLOCK.now(), budget_bps=10**9, keys=("default",))))


def accept_and(then: str) -> "list[object]":
    """A server which plays its part until the data should flow."""
    control: list[socket.socket] = []

    def behave(connection: socket.socket) -> None:
        connection.settimeout(1.0)
        greet(connection)
        if not control:
            control.append(connection)
            for _ in range(4):
                connection.recv(4096)
                connection.sendall(encode(Pong(time=CLOCK.now(), min_rtt_s=0.0)))
            connection.recv(4096)
            connection.sendall(encode(_accepted(connection)))
            return
        connection.recv(4096)
        connection.sendall(encode(Joined()))
        if then == "close":
            connection.sendall(b"x" * 1000)
            connection.shutdown(socket.SHUT_WR)

    return [behave]


def _accepted(connection: socket.socket) -> Accepted:
    return Accepted(
        session="s",
        time=CLOCK.now(),
        rate_bps=10**8,
        congestion_control="bbr",
        peer_address="127.0.0.1",
        peer_port=connection.getpeername()[1],
        local_address="127.0.0.1",
        local_port=1,
        mss=1448,
    )


def test_a_server_that_closes_in_the_middle_is_a_lost_connection() -> None:
    (behave,) = accept_and("close")
    with misbehaving_server(behave) as address:  # type: ignore[arg-type]
        assert_nothing(measure(a_request(address)), Reason.CONNECTION_LOST)


def test_a_server_that_closes_instead_of_greeting_is_a_lost_connection() -> None:
    with misbehaving_server(lambda connection: connection.shutdown(socket.SHUT_RDWR)) as address:
        assert_nothing(measure(a_request(address)), Reason.CONNECTION_LOST)


@pytest.mark.parametrize(
    "garbage",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0" * 100_000, b'{"v":1,"type":"pong","time":1}\n', b'{"v":1}\n', b"[]\n"],
)
def test_garbage_is_a_protocol_error(garbage: bytes) -> None:
    with misbehaving_server(lambda connection: connection.sendall(garbage)) as address:
        assert_nothing(measure(a_request(address)), Reason.PROTOCOL_ERROR)


def test_a_message_out_of_turn_is_a_protocol_error() -> None:
    with misbehaving_server(lambda connection: connection.sendall(encode(Joined()))) as address:
        assert_nothing(measure(a_request(address)), Reason.PROTOCOL_ERROR)


def test_a_silent_server_is_stalled() -> None:
    with misbehaving_server(lambda connection: None) as address:
        assert_nothing(measure(a_request(address)), Reason.SERVER_STALLED)


def test_a_transfer_in_which_nothing_moves_is_stalled() -> None:
    (behave,) = accept_and("nothing")
    with misbehaving_server(behave) as address:  # type: ignore[arg-type]
        assert_nothing(measure(a_request(address)), Reason.SERVER_STALLED)


def test_an_interface_that_does_not_exist_is_gone() -> None:
    with running_server() as server:
        assert_nothing(measure(a_request(server.address, interface="nosuch0")), Reason.INTERFACE_GONE)


def test_spent_bytes_end_a_measurement_before_it_has_a_figure() -> None:
    with running_server() as server:
        result = measure(a_request(server.address, a_ticket(CLOCK, max_bytes=2_000_000, rate_bps=50_000_000)))
    assert result.kind is ResultKind.NONE
    assert result.reason is Reason.BYTE_CAP


def test_a_ticket_of_half_a_second_is_too_short_for_a_figure() -> None:
    with running_server() as server:
        result = measure(a_request(server.address, a_ticket(CLOCK, duration_s=0.9)))
    assert result.kind is ResultKind.NONE
    assert result.reason is Reason.TOO_SHORT


def test_a_line_faster_than_the_grant_never_fails_a_decision_by_it() -> None:
    with running_server() as server:
        ticket = a_ticket(CLOCK, mode=Mode.DECISION, rate_bps=20_000_000)
        result = measure(a_request(server.address, ticket, threshold_bps=40_000_000, limit_bps=38_000_000))
    assert result.reason is Reason.SENDER_LIMITED


def test_a_card_that_is_no_faster_than_the_transfer_gives_a_lower_bound() -> None:
    with running_server() as server:
        ticket = a_ticket(CLOCK, rate_bps=100_000_000)
        request = a_request(server.address, ticket, interface="lo")
        result = measure(request, speed_of=lambda name: LinkSpeed(speed_bps=100_000_000, full_duplex=True))
    assert result.kind is ResultKind.LOWER_BOUND
    assert result.reason is Reason.METER_NIC


def test_a_machine_whose_time_is_stolen_gives_a_lower_bound() -> None:
    readings = iter([ProcessorTimes(1000, 900, 0), ProcessorTimes(2000, 1700, 200)])
    with running_server() as server:
        ticket = a_ticket(CLOCK, rate_bps=200_000_000, max_bytes=40_000_000)
        result = measure(a_request(server.address, ticket), processor_times=lambda: next(readings))
    assert result.detail["steal"] == 0.2
    assert result.reason in {Reason.METER_CPU, Reason.SENDER_LIMITED}
