"""Checks of the cable and the first hop: network card, counters, gateway."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from netmon_agent.doctor.patient import Patient
from netmon_agent.doctor.report import Finding, fine, note, problem
from netmon_agent.doctor.texts import Text
from netmon_agent.latency.carrier import has_link
from netmon_agent.line.binding import bind_to
from netmon_agent.line.card import LinkSpeed, link_speed
from netmon_agent.line.interface import PROC_NET_DEV, InterfaceGoneError, counted, open_counters
from netmon_agent.line.route import default_gateway, neighbour_state

_SOME_HOST = "192.0.2.1"  # TEST-NET: where no server is known yet, any address leads over the default route
_DISCARD = 9
_SETTLE_S = 1.5  # some drivers count when a packet has left, some once a second
_GLANCE_S = 0.05
_DATAGRAMS, _DATAGRAM_BYTES, _HEADERS = 20, 1000, 28
_OWN_BYTES = _DATAGRAMS * (_DATAGRAM_BYTES + _HEADERS)
_BAD_SHARE = 0.001


def check_interface(patient: Patient, *, speed_of: Callable[[str], LinkSpeed | None] = link_speed) -> Iterator[Finding]:
    name = patient.interface
    if name is None:
        host = next((address.host for address in patient.servers().values()), _SOME_HOST)
        yield problem(Text.INTERFACE, Text.INTERFACE_UNNAMED, Text.INTERFACE_NAME_IT, host=host)
        return
    if not has_link(name):
        yield problem(Text.INTERFACE, Text.INTERFACE_GONE, Text.INTERFACE_PLUG, name=name)
        return
    speed, threshold = speed_of(name), round(patient.threshold_bps / 1e6)
    if speed is None:
        yield note(Text.INTERFACE, Text.INTERFACE_VIRTUAL, name=name)
    else:
        duplex = Text.FULL_DUPLEX if speed.full_duplex else Text.HALF_DUPLEX
        fields = {"name": name, "mbps": speed.speed_bps // 1_000_000, "duplex": duplex, "threshold": threshold}
        # A card of exactly the threshold carries less than it: headers and gaps need their part.
        if speed.speed_bps <= patient.threshold_bps or not speed.full_duplex:
            yield problem(Text.INTERFACE, Text.INTERFACE_SLOW, Text.INTERFACE_CABLE, **fields)
        else:
            yield fine(Text.INTERFACE, Text.INTERFACE_SPEED, **fields)
    yield from _damaged(name)


def _damaged(name: str, table: Path = PROC_NET_DEV) -> Iterator[Finding]:
    for row in table.read_text(encoding="ascii").splitlines()[2:]:
        interface, _, numbers = row.partition(":")
        if interface.strip() == name:
            packets, errors = (int(field) for field in numbers.split()[1:3])
            if errors > _BAD_SHARE * max(packets, 1000):
                yield problem(
                    Text.INTERFACE,
                    Text.INTERFACE_ERRORS,
                    Text.INTERFACE_CABLE,
                    name=name,
                    errors=errors,
                    packets=packets,
                )


def check_gateway(patient: Patient) -> Iterator[Finding]:
    """The kernel has to find the gateway to send it anything; what it found is in its table then."""
    way = default_gateway(patient.interface)
    if way is None:
        yield problem(Text.GATEWAY, Text.GATEWAY_NONE, Text.GATEWAY_MEND)
        return
    name, gateway = way
    counted_bytes = _sent_to(gateway, name)
    is_there = neighbour_state(gateway)
    if is_there is None:
        yield note(Text.GATEWAY, Text.GATEWAY_UNKNOWN, gateway=gateway)
    elif not is_there:
        yield problem(Text.GATEWAY, Text.GATEWAY_SILENT, Text.GATEWAY_MEND, gateway=gateway)
        return
    else:
        yield fine(Text.GATEWAY, Text.GATEWAY_FINE, gateway=gateway)
    if counted_bytes is None:
        return
    if counted(counted_bytes, _OWN_BYTES):
        yield fine(Text.COUNTERS, Text.COUNTERS_FINE)
    else:
        fields = {"own": _OWN_BYTES, "counted": max(counted_bytes, 0)}
        yield problem(Text.COUNTERS, Text.COUNTERS_BLIND, Text.COUNTERS_MEND, **fields)


def _sent_to(gateway: str, interface: str) -> int | None:
    """Send some datagrams to where nobody listens; by how much the interface's count grew."""
    try:
        with open_counters(interface) as counters, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
            bind_to(connection, interface)
            connection.sendto(b"", (gateway, _DISCARD))  # the neighbour is asked for first, and drops what waits
            _await_neighbour(gateway)
            before = counters.read().sent_bytes
            for _ in range(_DATAGRAMS):
                with contextlib.suppress(OSError):
                    connection.sendto(bytes(_DATAGRAM_BYTES), (gateway, _DISCARD))
            return _settled(lambda: counters.read().sent_bytes - before)
    except (OSError, InterfaceGoneError):
        return None


def _settled(read: Callable[[], int]) -> int:
    """What the counters show once the driver has counted everything."""
    deadline = time.monotonic() + _SETTLE_S
    while not counted(seen := read(), _OWN_BYTES) and time.monotonic() < deadline:
        time.sleep(_GLANCE_S)
    return seen


def _await_neighbour(gateway: str) -> None:
    """A connection attempt returns when the neighbour is known, or is known not to answer."""
    with contextlib.suppress(OSError):
        socket.create_connection((gateway, _DISCARD), timeout=1.5).close()
