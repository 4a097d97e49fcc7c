"""Names are looked up beside the probes, and what is known stays known."""

import socket

import pytest

from netmon_agent.address import Address
from netmon_agent.latency.resolve import REFRESH_S, RETRY_S, Resolver, SocketAddress, look_up, numeric
from tests.support.agent import FakeClock

NAME = Address("server.example", 8700)
FOUND: SocketAddress = (socket.AF_INET, ("192.0.2.1", 8700))


class Directory:
    def __init__(self) -> None:
        self.known: SocketAddress | None = FOUND
        self.asked = 0

    def __call__(self, address: Address) -> SocketAddress:
        self.asked += 1
        if self.known is None:
            raise OSError("no answer")
        return self.known


@pytest.mark.parametrize(
    ("host", "family"), [("192.0.2.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6), ("a.example", None)]
)
def test_numbers_need_no_directory(host: str, family: socket.AddressFamily | None) -> None:
    found = numeric(Address(host, 80))
    assert (None if found is None else found[0]) == family
    assert Resolver(FakeClock().monotonic).is_pending(Address(host, 80)) is (family is None)


def test_a_name_is_looked_up_beside_the_probes_and_refreshed() -> None:
    clock, directory, hurried = FakeClock(), Directory(), []
    resolver = Resolver(clock.monotonic, lookup=directory, hurry=lambda: hurried.append(1))
    resolver.wanted([NAME, Address("192.0.2.9", 1)])
    assert (resolver.get(NAME), resolver.is_pending(NAME), hurried) == (None, True, [1])
    assert resolver.step() == REFRESH_S
    assert (resolver.get(NAME), resolver.is_pending(NAME)) == (FOUND, False)
    clock.advance(REFRESH_S)
    resolver.step()
    assert directory.asked == 2
    resolver.wanted([NAME])
    assert hurried == [1], "nothing new"


def test_what_is_known_stays_known_while_looking_up_fails() -> None:
    clock, directory = FakeClock(), Directory()
    resolver = Resolver(clock.monotonic, lookup=directory)
    resolver.wanted([NAME])
    resolver.step()
    directory.known = None
    clock.advance(REFRESH_S)
    assert resolver.step() == RETRY_S
    assert resolver.get(NAME) == FOUND


def test_a_name_that_never_resolved_is_no_longer_pending_once_it_was_tried() -> None:
    directory = Directory()
    directory.known = None
    resolver = Resolver(FakeClock().monotonic, lookup=directory)
    resolver.wanted([NAME])
    resolver.step()
    assert (resolver.get(NAME), resolver.is_pending(NAME)) == (None, False)


def test_a_name_that_nobody_wants_any_more_is_not_looked_up() -> None:
    clock, directory = FakeClock(), Directory()
    resolver = Resolver(clock.monotonic, lookup=directory)
    resolver.wanted([NAME])
    resolver.wanted([])
    assert (resolver.step(), directory.asked) == (REFRESH_S, 0)


def test_the_machines_own_directory_answers() -> None:
    family, place = look_up(Address("localhost", 80))
    assert place[1] == 80
    assert family in (socket.AF_INET, socket.AF_INET6)
