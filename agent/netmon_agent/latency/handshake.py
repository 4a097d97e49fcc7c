"""One round of probes: a TCP handshake with every target at once."""

import contextlib
import errno
import select
import socket
from collections.abc import Callable, Mapping

from netmon_agent.latency.resolve import SocketAddress
from netmon_agent.line.binding import bind_to
from netmon_agent.line.interface import InterfaceGoneError

_UNDER_WAY = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK})
_ANSWERED = frozenset({0, errno.ECONNREFUSED})  # whoever refuses is there to refuse


def handshakes(
    targets: Mapping[str, SocketAddress],
    *,
    timeout_s: float,
    monotonic: Callable[[], float],
    interface: str | None = None,
) -> dict[str, float | None]:
    """The round-trip time of every target in seconds, None where nothing came back in time over the interface."""
    found: dict[str, float | None] = dict.fromkeys(targets)
    with contextlib.ExitStack() as stack:
        poll = select.poll()
        waiting: dict[int, tuple[str, socket.socket, float]] = {}
        for name, (family, place) in targets.items():
            try:
                probe = stack.enter_context(socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK))
                bind_to(probe, interface)
            except (OSError, InterfaceGoneError):
                continue  # no socket of this family, none at all, or no such line: nothing comes back
            sent = monotonic()
            problem = probe.connect_ex(place)
            if problem in _UNDER_WAY:
                waiting[probe.fileno()] = (name, probe, sent)
                poll.register(probe, select.POLLOUT)
            elif problem in _ANSWERED:
                found[name] = monotonic() - sent
        _collect(poll, waiting, found, deadline=monotonic() + timeout_s, monotonic=monotonic)
    return found


def _collect(
    poll: select.poll,
    waiting: dict[int, tuple[str, socket.socket, float]],
    found: dict[str, float | None],
    *,
    deadline: float,
    monotonic: Callable[[], float],
) -> None:
    while waiting and (left_s := deadline - monotonic()) > 0:
        for descriptor, _ in poll.poll(left_s * 1000):
            at = monotonic()
            name, probe, sent = waiting.pop(descriptor)
            poll.unregister(descriptor)
            if probe.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) in _ANSWERED:
                found[name] = at - sent
