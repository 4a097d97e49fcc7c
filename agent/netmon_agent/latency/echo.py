"""ICMP echo without a library: SOCK_DGRAM where ping_group_range allows it, else SOCK_RAW where CAP_NET_RAW does."""

import os
import socket
import struct

_HEADER = struct.Struct("!BBHHH")  # type, code, checksum, identifier, sequence number
_TOKEN_BYTES = 16
ECHO_BYTES = 2 * (20 + _HEADER.size + _TOKEN_BYTES)  # request and reply at the IP layer
# Protocol, type of the request, type of the reply.
_ICMP = {
    socket.AF_INET: (socket.IPPROTO_ICMP, 8, 0),
    socket.AF_INET6: (socket.IPPROTO_ICMPV6, 128, 129),
}


def open_socket(family: socket.AddressFamily) -> socket.socket:
    """A socket for echo requests that does not block. Raises OSError where the kernel allows neither kind."""
    protocol = _ICMP[family][0]
    try:
        return socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, protocol)
    except OSError:
        return socket.socket(family, socket.SOCK_RAW | socket.SOCK_NONBLOCK, protocol)


def is_permitted(family: socket.AddressFamily) -> bool:
    try:
        open_socket(family).close()
    except OSError:
        return False
    return True


class Echo:
    """One request on a connected socket, known again by the random bytes in it."""

    def __init__(self, connection: socket.socket) -> None:
        """Send it. Raises OSError."""
        self._connection = connection
        self._token = os.urandom(_TOKEN_BYTES)
        _, request, self._reply = _ICMP[socket.AddressFamily(connection.family)]
        unsigned = _HEADER.pack(request, 0, 0, os.getpid() & 0xFFFF, 1) + self._token
        # ICMPv6's checksum is the kernel's work, that of ICMP only on a SOCK_DGRAM.
        checksum = _checksum(unsigned) if connection.family == socket.AF_INET else 0
        connection.send(unsigned[:2] + struct.pack("!H", checksum) + unsigned[4:])

    def is_answered(self) -> bool:
        """Whether what came in is our reply: a raw socket hears everybody's. Raises OSError."""
        try:
            packet = self._connection.recv(2048)
        except BlockingIOError:
            return False
        is_raw = self._connection.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_RAW
        start = (packet[0] & 0x0F) * 4 if is_raw and self._connection.family == socket.AF_INET else 0
        return packet[start : start + 1] == bytes([self._reply]) and packet[start + _HEADER.size :] == self._token


def _checksum(packet: bytes) -> int:
    """RFC 1071, of a packet of an even length."""
    total: int = sum(struct.unpack(f"!{len(packet) // 2}H", packet))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF
