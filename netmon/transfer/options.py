"""Socket options of a transfer: what is asked for and what the kernel granted."""

import contextlib
import socket
import struct
from pathlib import Path

_SO_MAX_PACING_RATE = 47
_UNPACED = 2**64 - 1
PREFERRED_CONGESTION_CONTROL = "bbr"


def prefer_bbr(connection: socket.socket, name: str = PREFERRED_CONGESTION_CONTROL) -> str:
    """Ask for BBR (or, for a comparison, for another one); the congestion control that the kernel granted."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, name.encode())
    return congestion_control(connection)


def congestion_control(connection: socket.socket) -> str:
    """The name of the congestion control in force."""
    name = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16)
    return name.split(b"\0")[0].decode("ascii", "replace") or "unknown"


def pace(connection: socket.socket, rate_bps: int | None) -> None:
    """Let the kernel send no faster than this TCP payload rate; None lifts the limit."""
    rate = _UNPACED if rate_bps is None else max(rate_bps // 8, 1500)
    connection.setsockopt(socket.SOL_SOCKET, _SO_MAX_PACING_RATE, struct.pack("=Q", rate))


def wake_after(connection: socket.socket, size: int) -> None:
    """Grow the receive buffer and be woken only when `size` bytes wait: one system call per megabytes."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)


def end_with_reset(connection: socket.socket) -> None:
    """Close with RST, so that the sender stops within one round trip instead of draining its buffer."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("=ii", 1, 0))
    connection.close()


def bbr_available() -> bool:
    """Whether this kernel offers BBR to us at all."""
    probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    with contextlib.closing(probe):
        return prefer_bbr(probe) == PREFERRED_CONGESTION_CONTROL


def default_qdisc() -> str | None:
    """The queueing discipline that new interfaces get; `fq` paces best."""
    try:
        return Path("/proc/sys/net/core/default_qdisc").read_text(encoding="ascii").strip()
    except OSError:
        return None
