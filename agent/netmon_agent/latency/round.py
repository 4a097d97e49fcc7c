"""One round of probes, all at once: a TCP handshake with a port, an ICMP echo where the port is 0."""

import contextlib
import errno
import select
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from netmon_agent.latency.echo import Echo, open_socket
from netmon_agent.latency.resolve import SocketAddress
from netmon_agent.line.binding import bind_to
from netmon_agent.line.interface import InterfaceGoneError

_UNDER_WAY = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK})
_ANSWERED = frozenset({0, errno.ECONNREFUSED})  # whoever refuses is there to refuse
_NOT_YET = None


Verdict = Callable[[], bool | None]


@dataclass(frozen=True, slots=True)
class _Probe:
    """A probe under way; `verdict` says, once its socket is ready, whether it was answered, None for not yet."""

    name: str
    sent: float
    connection: socket.socket
    verdict: Verdict


def round_trips(
    targets: Mapping[str, SocketAddress],
    *,
    timeout_s: float,
    monotonic: Callable[[], float],
    interface: str | None = None,
) -> dict[str, float | None]:
    """The round-trip time of every target in seconds, None where nothing came back in time over the interface."""
    found: dict[str, float | None] = dict.fromkeys(targets)
    with contextlib.ExitStack() as stack:
        waiting: list[_Probe] = []
        for name, (family, place) in targets.items():
            is_echo = place[1] == 0
            try:
                connection = stack.enter_context(open_socket(family) if is_echo else _stream_socket(family))
                bind_to(connection, interface)
                sent = monotonic()
                verdict = _ping(connection, place) if is_echo else _shake_hands(connection, place)
            except (OSError, InterfaceGoneError):
                continue  # no socket of this family, none at all, or no such line: nothing comes back
            waiting.append(_Probe(name, sent, connection, verdict))
        _collect(waiting, found, deadline=monotonic() + timeout_s, monotonic=monotonic)
    return found


def _stream_socket(family: socket.AddressFamily) -> socket.socket:
    return socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)


def _ping(connection: socket.socket, place: tuple[str, int]) -> Verdict:
    connection.connect(place)
    echo = Echo(connection)
    return lambda: True if echo.is_answered() else _NOT_YET


def _shake_hands(connection: socket.socket, place: tuple[str, int]) -> Verdict:
    problem = connection.connect_ex(place)
    if problem not in _UNDER_WAY | _ANSWERED:
        raise OSError(problem, "no way leads there")
    return lambda: _has_answered(connection)


def _has_answered(connection: socket.socket) -> bool:
    return connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) in _ANSWERED


def _collect(
    probes: list[_Probe], found: dict[str, float | None], *, deadline: float, monotonic: Callable[[], float]
) -> None:
    poll = select.poll()
    waiting = {probe.connection.fileno(): probe for probe in probes}
    for descriptor, probe in waiting.items():
        is_stream = probe.connection.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_STREAM
        poll.register(descriptor, select.POLLOUT if is_stream else select.POLLIN)
    while waiting and (left_s := deadline - monotonic()) > 0:
        for descriptor, _ in poll.poll(left_s * 1000):
            at, probe = monotonic(), waiting[descriptor]
            try:
                verdict = probe.verdict()
            except OSError:  # a router says that there is no way
                verdict = False
            if verdict is _NOT_YET:
                continue
            if verdict:
                found[probe.name] = at - probe.sent
            poll.unregister(descriptor)
            del waiting[descriptor]
