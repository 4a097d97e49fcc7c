"""The first router on the way out, and whether it is there, as the kernel's tables say."""

import contextlib
import socket
from pathlib import Path

_ROUTES, _ROUTES6, _NEIGHBOURS = Path("/proc/net/route"), Path("/proc/net/ipv6_route"), Path("/proc/net/arp")
_UP, _GATEWAY = 0x1, 0x2
_RESOLVED = 0x2
_LINK_LOCAL = ("fe8", "fe9", "fea", "feb")


def default_gateway(interface: str | None, table: Path = _ROUTES) -> tuple[str, str] | None:
    """Interface and IPv4 address of the way out, over one interface where it is named."""
    with contextlib.suppress(OSError):
        for row in table.read_text(encoding="ascii").splitlines()[1:]:
            name, destination, gateway, flags = row.split()[:4]
            if destination == "00000000" and int(flags, 16) & _GATEWAY and interface in (None, name):
                return name, socket.inet_ntoa(bytes.fromhex(gateway)[::-1])
    return None


def default_gateway6(interface: str | None, table: Path = _ROUTES6) -> tuple[str, str] | None:
    """The same for IPv6; a link-local address comes with its interface after a percent sign."""
    with contextlib.suppress(OSError):
        for row in table.read_text(encoding="ascii").splitlines():
            destination, length, _, _, gateway, _, _, _, flags, name = row.split()
            is_default = not int(destination, 16) and length == "00" and int(flags, 16) & _UP
            if is_default and int(flags, 16) & _GATEWAY and interface in (None, name):
                address = socket.inet_ntop(socket.AF_INET6, bytes.fromhex(gateway))
                return name, f"{address}%{name}" if gateway.startswith(_LINK_LOCAL) else address
    return None


def first_router(interface: str | None) -> str | None:
    """The address of the first router, by IPv4 where there is one."""
    way = default_gateway(interface) or default_gateway6(interface)
    return None if way is None else way[1]


def neighbour_state(address: str, table: Path = _NEIGHBOURS) -> bool | None:
    """Whether an IPv4 neighbour answers the kernel's ARP; None where the kernel has not asked."""
    with contextlib.suppress(OSError):
        for row in table.read_text(encoding="ascii").splitlines()[1:]:
            fields = row.split()
            if fields[0] == address:
                return bool(int(fields[2], 16) & _RESOLVED)
    return None
