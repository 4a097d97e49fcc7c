"""Counters of the interface that leads to the provider."""

import fcntl
import os
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from netmon.errors import NetmonError

# Not sysfs: that belongs to whoever mounted it, while this one is always the reader's own network namespace.
PROC_NET_DEV = Path("/proc/net/dev")
_SIOCGIFHWADDR = 0x8927
_WITH_ETHERNET_HEADER = frozenset({1, 772})  # ARPHRD_ETHER, ARPHRD_LOOPBACK
_ETHERNET_HEADER_BYTES = 14
_MOST_BYTES = 1 << 20
_COUNTED_SHARE = 0.98


class InterfaceGoneError(NetmonError):
    """The interface does not exist, or no longer."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """IP-layer bytes since the interface came up."""

    received_bytes: int
    sent_bytes: int


def counted(counted_bytes: int, own_bytes: int) -> bool:
    """Whether counters show our own bytes; traffic that the hardware forwards past the kernel is missing in them."""
    return counted_bytes >= _COUNTED_SHARE * own_bytes


def header_bytes(name: str) -> int:
    """What the counters of an interface include above each IP packet. Raises InterfaceGoneError."""
    request = struct.pack("16s24x", name.encode()[:15])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            answer = fcntl.ioctl(probe, _SIOCGIFHWADDR, request)
        except OSError as error:
            raise InterfaceGoneError(f"the interface {name} does not exist") from error
    (kind,) = struct.unpack_from("H", answer, 16)
    return _ETHERNET_HEADER_BYTES if kind in _WITH_ETHERNET_HEADER else 0


def parse_counters(table: bytes, name: str, header: int) -> Traffic:
    """The row of an interface in the text of /proc/net/dev. Raises InterfaceGoneError when it has none."""
    for row in table.splitlines()[2:]:
        interface, _, numbers = row.partition(b":")
        if interface.strip() == name.encode():
            fields = [int(field) for field in numbers.split()]
            return Traffic(
                received_bytes=fields[0] - header * fields[1],
                sent_bytes=fields[8] - header * fields[9],
            )
    raise InterfaceGoneError(f"the interface {name} is gone")


class InterfaceCounters:
    """Byte counters through one descriptor that stays open: some microseconds for a reading."""

    def __init__(self, name: str, *, header: int, table: Path = PROC_NET_DEV) -> None:
        self._name, self._header = name, header
        self._file = os.open(table, os.O_RDONLY)

    def read(self) -> Traffic:
        """The counts now. Raises InterfaceGoneError."""
        return parse_counters(os.pread(self._file, _MOST_BYTES, 0), self._name, self._header)

    def close(self) -> None:
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_counters(name: str) -> InterfaceCounters:
    """The counters of an interface of this machine. Raises InterfaceGoneError."""
    counters = InterfaceCounters(name, header=header_bytes(name))
    try:
        counters.read()
    except InterfaceGoneError:
        counters.close()
        raise
    return counters
