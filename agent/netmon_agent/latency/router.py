"""The first router: probed beside the targets, so that a fault on this side of it is told from one on the line."""

import socket
from collections.abc import Callable

from netmon.wire.timetable import Timetable
from netmon_agent.address import Address
from netmon_agent.latency.echo import is_permitted
from netmon_agent.latency.resolve import SocketAddress, numeric
from netmon_agent.line.route import first_router, neighbour_state
from netmon_agent.settings import Gateway

_DISCARD = 9  # without ICMP a handshake has to do: who refuses is there


class FirstRouter:
    """Looked up for every round: another lease may bring another one."""

    def __init__(
        self,
        whose: Gateway,
        interface: str | None,
        *,
        look_up: Callable[[str | None], str | None] = first_router,
        has_echo: Callable[[socket.AddressFamily], bool] = is_permitted,
        neighbour: Callable[[str], bool | None] = neighbour_state,
    ) -> None:
        self._whose, self._interface = whose, interface
        self._look_up, self._has_echo, self._neighbour = look_up, has_echo, neighbour
        self._answered: set[str] = set()

    def place(self, timetable: Timetable) -> SocketAddress | None:
        """Where to probe it; None where there is none, or nobody wants to know."""
        host = None if self._whose is Gateway.NONE else self._look_up(self._interface or timetable.interface)
        place = None if host is None else numeric(Address(host, 0))
        if place is None or self._has_echo(place[0]):
            return place
        return place[0], (place[1][0], _DISCARD)

    def is_there(self, place: SocketAddress, rtt_s: float | None) -> bool | None:
        """Whether the school's own router is on; None where it is not the school's, or nothing tells.

        One that never answered an echo may still answer ARP, which the kernel asks for it before it sends anything.
        """
        if self._whose is not Gateway.SCHOOL:
            return None
        host = place[1][0]
        if rtt_s is not None:
            self._answered.add(host)
            return True
        return False if host in self._answered else self._neighbour(host)
