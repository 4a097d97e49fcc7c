"""The first router: where it is probed, and when its silence is the school's."""

import socket

import pytest

from netmon_agent.latency.router import FirstRouter
from netmon_agent.settings import Gateway
from tests.support.agent import a_timetable

HOST = "10.0.0.1"
PLACE = (socket.AF_INET, (HOST, 0))


def a_router(whose: Gateway = Gateway.SCHOOL, *, arp: bool | None = None, **changes: object) -> FirstRouter:
    values: dict[str, object] = {
        "look_up": lambda _: HOST,
        "has_echo": lambda _: True,
        "neighbour": lambda _: arp,
    }
    return FirstRouter(whose, None, **{**values, **changes})  # type: ignore[arg-type]


def test_it_is_sent_an_echo_and_a_handshake_where_none_is_permitted() -> None:
    assert a_router().place(a_timetable()) == PLACE
    assert a_router(has_echo=lambda _: False).place(a_timetable()) == (socket.AF_INET, (HOST, 9))
    link_local = a_router(look_up=lambda _: "fe80::1%wan0").place(a_timetable())
    assert link_local == (socket.AF_INET6, ("fe80::1%wan0", 0))


def test_it_is_not_probed_where_there_is_none_or_nobody_asks() -> None:
    assert a_router(look_up=lambda _: None).place(a_timetable()) is None
    assert a_router(Gateway.NONE).place(a_timetable()) is None


def test_it_is_looked_up_on_the_interface_of_the_line() -> None:
    asked: list[str | None] = []
    router = a_router(look_up=asked.append)
    router.place(a_timetable(interface="wan0"))
    FirstRouter(Gateway.SCHOOL, "eth1", look_up=asked.append).place(a_timetable(interface="wan0"))
    assert asked == ["wan0", "eth1"]


def test_the_providers_router_says_nothing_about_the_schools_side() -> None:
    assert a_router(Gateway.PROVIDER, arp=False).is_there(PLACE, None) is None
    assert a_router(Gateway.PROVIDER).is_there(PLACE, 0.001) is None


@pytest.mark.parametrize("arp", [True, False, None])
def test_one_that_never_answered_an_echo_is_judged_by_arp(arp: bool | None) -> None:
    assert a_router(arp=arp).is_there(PLACE, None) is arp


def test_one_that_has_answered_echoes_is_judged_by_them() -> None:
    router = a_router(arp=True)
    assert router.is_there(PLACE, 0.001) is True
    assert router.is_there(PLACE, None) is False
