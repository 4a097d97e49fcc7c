"""Real bytes between a real agent and a real server on the loopback."""

import socket
import threading

import pytest

from netmon.clock import SystemClock
from netmon.domain.identifiers import TicketId
from netmon.domain.measurement import Decision, Direction, Flag, Mode, Path, Reason, ResultKind
from netmon.wire.receipt import verify_receipt
from netmon_agent.methods.native import measure
from netmon_collector.measurement_server.keys import SigningKey
from netmon_collector.measurement_server.server import MeasurementServer
from tests.support.measurement import a_request, a_ticket, running_server, some_settings

CLOCK = SystemClock()


@pytest.mark.parametrize("direction", list(Direction))
def test_what_the_server_grants_is_read_as_a_lower_bound_of_the_line(direction: Direction) -> None:
    with running_server() as server:
        result = measure(a_request(server.address, a_ticket(CLOCK, direction=direction, rate_bps=80_000_000)))
    assert result.kind is ResultKind.LOWER_BOUND
    assert result.reason is Reason.SENDER_LIMITED
    assert result.censored_at_bps == 80_000_000
    assert result.rate_bps == pytest.approx(80_000_000, rel=0.08)
    assert result.goodput_bps == pytest.approx(80_000_000, rel=0.08)
    assert result.path is Path.DIRECT
    assert Flag.NO_WAN_COUNTERS in result.flags


@pytest.mark.parametrize("direction", list(Direction))
def test_a_fast_line_is_at_least_the_limit_and_the_rate_says_where_it_was_capped(direction: Direction) -> None:
    with running_server() as server:
        ticket = a_ticket(CLOCK, direction=direction, mode=Mode.DECISION)
        result = measure(a_request(server.address, ticket, threshold_bps=50_000_000, limit_bps=47_500_000, udp=False))
    assert result.kind is ResultKind.RATE
    assert result.decision is Decision.AT_LEAST
    assert result.censored_at_bps == 52_250_000
    assert result.rate_bps == pytest.approx(52_250_000, rel=0.08)


def test_the_receipt_names_the_ticket_and_is_signed_by_the_server() -> None:
    signer = SigningKey.generate()
    server = MeasurementServer(some_settings(), signer=signer, clock=CLOCK)
    thread = threading.Thread(target=server.serve)
    thread.start()
    result = measure(a_request(server.address, a_ticket(CLOCK, id=TicketId("t-7"))))
    assert server.stop(within_s=5.0)
    thread.join()
    assert result.receipt is not None
    receipt = verify_receipt(result.receipt, _Public(signer))
    assert (receipt.ticket, receipt.line, receipt.server) == ("t-7", "line-1", "server-1")
    assert receipt.bytes == pytest.approx(result.bytes, rel=0.08)
    assert receipt.peer_address == "127.0.0.1"


class _Public:
    def __init__(self, signer: SigningKey) -> None:
        self._signer = signer

    def is_valid(self, signature: bytes, data: bytes, /) -> bool:
        return self._signer.sign(data) == signature  # Ed25519 is deterministic


def test_background_needs_an_interface_and_is_told_apart() -> None:
    with running_server() as server:
        result = measure(a_request(server.address, interface="lo"))
    assert Flag.NO_WAN_COUNTERS not in result.flags
    assert result.background_bps is not None


def test_ipv6_works_alike() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6")
    with running_server(some_settings(host="::1")) as server:
        result = measure(a_request(server.address))
    assert result.rate_bps is not None


def test_running_tests_never_exceed_the_budget() -> None:
    """Two at once fit, the third is refused with a time to come back."""
    results = []

    def run(number: int) -> None:
        ticket = a_ticket(CLOCK, id=TicketId(f"t-{number}"), rate_bps=150_000_000)
        results.append(measure(a_request(server.address, ticket)))

    with running_server() as server:
        threads = [threading.Thread(target=run, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    refused = [result for result in results if result.reason is Reason.SERVER_BUSY]
    assert len(refused) == 1
    assert refused[0].retry_at is not None
    assert sum(result.rate_bps or 0 for result in results) <= 400_000_000
