"""Whom to probe, where, and who of them is a measurement server."""

from netmon.domain.identifiers import ServerId
from netmon.wire.timetable import ProbePlan, ProbeTarget
from netmon_agent.address import Address
from netmon_agent.latency.targets import targets_of
from tests.support.agent import a_slot, a_timetable, an_offer

SERVER = ProbeTarget(name="server-1", host="192.0.2.1", port=8700)
ELSEWHERE = ProbeTarget(name="resolver", host="192.0.2.53", port=53)
GATEWAY = ProbeTarget(name="neighbour", host="10.0.0.1", port=80)


def a_plan(*targets: ProbeTarget) -> ProbePlan:
    return ProbePlan(interval_s=10.0, window_s=300.0, targets=targets)


def test_a_target_with_a_servers_name_is_a_measurement_server() -> None:
    found = targets_of(a_timetable(a_slot(), probes=a_plan(SERVER, ELSEWHERE)), (GATEWAY,), {})
    assert found.servers == {"server-1"}
    assert found.addresses == {
        "server-1": Address("192.0.2.1", 8700),
        "resolver": Address("192.0.2.53", 53),
        "neighbour": Address("10.0.0.1", 80),
    }


def test_a_target_with_a_servers_address_is_a_measurement_server() -> None:
    other_name = ProbeTarget(name="measuring", host="192.0.2.1", port=8700)
    found = targets_of(a_timetable(a_slot(), probes=a_plan(other_name, ELSEWHERE)), (), {})
    assert found.servers == {"measuring"}


def test_a_server_is_probed_where_this_device_reaches_it() -> None:
    mapped = {ServerId("server-1"): Address("127.0.0.1", 9000)}
    found = targets_of(a_timetable(a_slot(), probes=a_plan(SERVER)), (), mapped)
    assert found.addresses == {"server-1": Address("127.0.0.1", 9000)}
    other_name = ProbeTarget(name="measuring", host="192.0.2.1", port=8700)
    found = targets_of(a_timetable(a_slot(), probes=a_plan(other_name)), (), mapped)
    assert found.addresses == {"measuring": Address("127.0.0.1", 9000)}
    assert targets_of(a_timetable(probes=a_plan(SERVER)), (), mapped).servers == {"server-1"}, "without slots too"


def test_without_slots_the_plan_is_taken_to_be_servers() -> None:
    found = targets_of(a_timetable(probes=a_plan(SERVER, ELSEWHERE)), (GATEWAY,), {})
    assert found.servers == {"server-1", "resolver"}


def test_a_neighbour_does_not_hide_a_planned_target() -> None:
    same_name = ProbeTarget(name="server-1", host="10.0.0.1", port=80)
    found = targets_of(a_timetable(a_slot(offers=(an_offer(),)), probes=a_plan(SERVER)), (same_name,), {})
    assert found.addresses == {"server-1": Address("192.0.2.1", 8700)}
