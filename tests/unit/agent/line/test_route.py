"""The kernel's tables of routes and neighbours."""

from pathlib import Path

import pytest

from netmon_agent.line.route import default_gateway, default_gateway6, neighbour_state

ROUTES = """\
Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
wan0	0100090A	00000000	0001	0	0	0	00FFFFFF	0	0	0
ppp0	00000000	00000000	0001	0	0	0	00000000	0	0	0
wan0	00000000	0100090A	0003	0	0	0	00000000	0	0	0
wan1	00000000	0102090A	0003	0	0	9	00000000	0	0	0
"""
ROUTES6 = """\
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     wan0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     wan0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 20010db8000000000000000000000001 00000400 00000001 00000000 00000003     wan1
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
"""  # noqa: E501 - as the kernel prints them
ARP = """\
IP address       HW type     Flags       HW address            Mask     Device
10.9.0.1         0x1         0x2         02:00:00:00:00:01     *        wan0
10.9.2.1         0x1         0x0         00:00:00:00:00:00     *        wan1
"""


def test_the_way_out_is_the_first_default_route_with_a_router(tmp_path: Path) -> None:
    table = tmp_path / "route"
    table.write_text(ROUTES)
    assert default_gateway(None, table) == ("wan0", "10.9.0.1")
    assert default_gateway("wan1", table) == ("wan1", "10.9.2.1")
    assert default_gateway("ppp0", table) is None, "a point-to-point line has no router's address"
    assert default_gateway(None, tmp_path / "absent") is None


def test_a_link_local_router_comes_with_its_interface(tmp_path: Path) -> None:
    table = tmp_path / "ipv6_route"
    table.write_text(ROUTES6)
    assert default_gateway6(None, table) == ("wan0", "fe80::1%wan0")
    assert default_gateway6("wan1", table) == ("wan1", "2001:db8::1")
    assert default_gateway6("lo", table) is None
    assert default_gateway6(None, tmp_path / "absent") is None


@pytest.mark.parametrize(("address", "state"), [("10.9.0.1", True), ("10.9.2.1", False), ("10.9.3.1", None)])
def test_a_neighbour_answers_arp_or_not_or_was_not_asked(tmp_path: Path, address: str, state: bool | None) -> None:
    table = tmp_path / "arp"
    table.write_text(ARP)
    assert neighbour_state(address, table) is state
    assert neighbour_state(address, tmp_path / "absent") is None
