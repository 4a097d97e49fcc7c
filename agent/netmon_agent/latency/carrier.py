"""Whether the agent's own interface has a link."""

import fcntl
import socket
import struct

_SIOCGIFFLAGS = 0x8913
_REQUEST = struct.Struct("16sh22x")  # struct ifreq with its flags
_UP, _RUNNING = 0x1, 0x40


def has_link(interface: str | None) -> bool:
    """False when the interface is gone, switched off or without carrier; True where no interface is named.

    The kernel is asked through a socket: sysfs shows the interfaces of the network namespace it was mounted in.
    """
    if interface is None:
        return True
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, _REQUEST.pack(interface.encode(), 0))
    except OSError:
        return False
    flags = _REQUEST.unpack(answer)[1]
    return bool(flags & _UP and flags & _RUNNING)
