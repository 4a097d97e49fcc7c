"""What a gateway forwards between its line and its users, by the counters of all its interfaces.

Only what came in on one side and went out on the other counts: a cache that serves the school, a copy within the LAN
and what the device fetches for itself leave one of the two sides still.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from netmon_agent.line.interface import (
    PROC_NET_DEV,
    InterfaceGoneError,
    Traffic,
    header_bytes,
    parse_counters,
)

IP_FORWARD = Path("/proc/sys/net/ipv4/ip_forward")
# They carry no user's cable or radio: the loop, the shaper's mirror of the line, containers and virtual machines.
_NO_USERS = re.compile(r"(lo|ifb.*|imq.*|docker.*|veth.*|virbr.*|br-[0-9a-f]{12})\Z")


@dataclass(frozen=True, slots=True)
class Sides:
    """IP-layer bytes since boot of the line, and of everything on the users' side put together."""

    line: Traffic
    users: Traffic

    def forwarded_since(self, before: "Sides", *, down: bool) -> int:
        """Bytes that crossed the device in one direction, at most."""
        if down:
            came, went = self.line.received_bytes, self.users.sent_bytes
            return min(came - before.line.received_bytes, went - before.users.sent_bytes)
        came, went = self.users.received_bytes, self.line.sent_bytes
        return min(came - before.users.received_bytes, went - before.line.sent_bytes)


def is_gateway(path: Path = IP_FORWARD) -> bool:
    """Whether this machine forwards at all; one beside the router sees nobody's traffic but its own."""
    with contextlib.suppress(OSError):
        return path.read_text(encoding="ascii").strip() == "1"
    return False


def parse_sides(table: bytes, line: str, headers: Mapping[str, int]) -> Sides:
    """The text of /proc/net/dev; `headers` are the link layer's bytes by interface. Raises InterfaceGoneError."""
    users = [parse_counters(table, name, headers.get(name, 0)) for name in interfaces(table) if is_users(name, line)]
    return Sides(
        line=parse_counters(table, line, headers.get(line, 0)),
        users=Traffic(
            received_bytes=sum(one.received_bytes for one in users), sent_bytes=sum(one.sent_bytes for one in users)
        ),
    )


def interfaces(table: bytes) -> Iterator[str]:
    for row in table.splitlines()[2:]:
        yield row.partition(b":")[0].strip().decode("ascii", "replace")


def is_users(name: str, line: str) -> bool:
    return name != line and not _NO_USERS.match(name)


def read_sides(line: str, *, path: Path = PROC_NET_DEV) -> Sides:
    """The counters now. Raises InterfaceGoneError."""
    table = path.read_bytes()
    return parse_sides(table, line, {name: _header(name) for name in interfaces(table)})


def _header(name: str) -> int:
    with contextlib.suppress(InterfaceGoneError):
        return header_bytes(name)
    return 0
