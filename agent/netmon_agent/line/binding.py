"""Keeps a socket on the line that is measured: a failover to another line must not be measured in its stead."""

import errno
import fcntl
import socket
import struct
from collections.abc import Callable
from pathlib import Path

from netmon_agent.line.interface import InterfaceGoneError

Bind = Callable[[socket.socket, str], None]

_SIOCGIFADDR = 0x8915
_IF_INET6 = Path("/proc/net/if_inet6")
_GLOBAL_SCOPE = "00"
_GONE = frozenset({errno.ENODEV, errno.EINVAL})  # EINVAL: longer than any interface's name


def bind_to_device(connection: socket.socket, interface: str) -> None:
    """Raises OSError; PermissionError where the kernel keeps this to those with CAP_NET_RAW."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode() + b"\0")


def bind_to(connection: socket.socket, interface: str | None, *, to_device: Bind = bind_to_device) -> None:
    """Let a socket that is not connected yet use no other interface; without a name any will do.

    Where the kernel refuses, the interface's own address has to do: answers to it come back over no other line.
    Raises InterfaceGoneError.
    """
    if interface is None:
        return
    try:
        to_device(connection, interface)
    except PermissionError:
        _bind_to_address(connection, interface)
    except OSError as error:
        if error.errno not in _GONE:
            raise
        raise InterfaceGoneError(f"the interface {interface} is gone") from error


def _bind_to_address(connection: socket.socket, interface: str) -> None:
    address = source_address(interface, connection.family)
    if address is None:
        raise InterfaceGoneError(f"the interface {interface} is gone or has no address")
    try:
        connection.bind((address, 0))
    except OSError as error:
        raise InterfaceGoneError(f"the interface {interface} lost its address: {error.strerror}") from error


def source_address(interface: str, family: int, *, table: Path = _IF_INET6) -> str | None:
    """The interface's own address of a family; None where it has none."""
    if family == socket.AF_INET6:
        return _ipv6_address(interface, table)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            answer = fcntl.ioctl(any_socket, _SIOCGIFADDR, struct.pack("16s24x", interface.encode()[:15]))
        except OSError:
            return None
    return socket.inet_ntop(socket.AF_INET, answer[20:24])


def _ipv6_address(interface: str, table: Path) -> str | None:
    """The first global address; a link-local one leads to no server."""
    try:
        rows = table.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for row in rows:
        digits, _, _, scope, _, name = row.split()
        if name == interface and scope == _GLOBAL_SCOPE:
            return socket.inet_ntop(socket.AF_INET6, bytes.fromhex(digits))
    return None
