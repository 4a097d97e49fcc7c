"""Names of probe targets to addresses, kept, so that a dead line does not make every probe wait for DNS."""

import socket
from collections.abc import Callable, Iterable

from netmon_agent.address import Address

REFRESH_S = 600.0
RETRY_S = 15.0

SocketAddress = tuple[socket.AddressFamily, tuple[str, int]]
Lookup = Callable[[Address], SocketAddress]


def look_up(address: Address) -> SocketAddress:
    """The first address of a name. Raises OSError."""
    family, _, _, _, place = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
    return family, (str(place[0]), int(place[1]))


def numeric(address: Address) -> SocketAddress | None:
    """The address where the host is one already."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, address.host.partition("%")[0])
        except OSError:
            continue
        return family, (address.host, address.port)
    return None


class Resolver:
    """Looks names up in a thread of its own; what it knows stays known while looking up fails."""

    def __init__(
        self, monotonic: Callable[[], float], *, lookup: Lookup = look_up, hurry: Callable[[], None] = lambda: None
    ) -> None:
        """`hurry` is called when there is something new to look up."""
        self._monotonic = monotonic
        self._lookup = lookup
        self._hurry = hurry
        self._tried: set[Address] = set()
        self._known: dict[Address, SocketAddress] = {}
        self._due: dict[Address, float] = {}

    def wanted(self, addresses: Iterable[Address]) -> None:
        """Say which addresses are needed from now on."""
        names = {address for address in addresses if numeric(address) is None}
        new = names - self._due.keys()
        self._due = {name: self._due.get(name, self._monotonic()) for name in names}
        if new:
            self._hurry()

    def is_pending(self, address: Address) -> bool:
        """Whether a name waits for its first answer from DNS, good or bad."""
        return numeric(address) is None and address not in self._tried

    def get(self, address: Address) -> SocketAddress | None:
        return numeric(address) or self._known.get(address)

    def step(self) -> float:
        """Look up what is due; answers the seconds until something is due again."""
        for name, due in list(self._due.items()):
            if due <= self._monotonic():
                self._refresh(name)
        return max(min(self._due.values(), default=self._monotonic() + REFRESH_S) - self._monotonic(), 0.0)

    def _refresh(self, name: Address) -> None:
        try:
            self._known[name] = self._lookup(name)
            wait_s = REFRESH_S
        except OSError:
            wait_s = RETRY_S
        self._tried.add(name)
        if name in self._due:
            self._due[name] = self._monotonic() + wait_s
