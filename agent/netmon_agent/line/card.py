"""What the network card negotiated: a line cannot be faster than the cable to it."""

import array
import fcntl
import socket
import struct
from dataclasses import dataclass

_SIOCETHTOOL = 0x8946
_GET_SETTINGS = 0x00000001
_GET_DRIVER = 0x00000003
_SETTINGS = struct.Struct("=IIIHBBBBBBIIHBBIII")  # struct ethtool_cmd
_DRIVER_BYTES = 196  # struct ethtool_drvinfo
_UNKNOWN_SPEEDS = frozenset({0, 0xFFFF, 0xFFFFFFFF})
# They name a speed that limits nothing.
_VIRTUAL = frozenset({"veth", "tun", "bridge", "dummy", "virtio_net", "bonding", "team"})


@dataclass(frozen=True, slots=True)
class LinkSpeed:
    """What a network card negotiated."""

    speed_bps: int
    full_duplex: bool


def parse_settings(settings: bytes) -> LinkSpeed | None:
    """The speed in a struct ethtool_cmd; None where the driver does not know it."""
    fields = _SETTINGS.unpack_from(settings)
    megabits, duplex, high = fields[3], fields[4], fields[12]
    megabits |= high << 16
    if megabits in _UNKNOWN_SPEEDS:
        return None
    return LinkSpeed(speed_bps=megabits * 1_000_000, full_duplex=duplex != 0)


def link_speed(name: str) -> LinkSpeed | None:
    """The negotiated speed of an interface; None for one that is virtual or does not say."""
    driver = _ethtool(name, _GET_DRIVER, _DRIVER_BYTES)
    settings = _ethtool(name, _GET_SETTINGS, _SETTINGS.size)
    if driver is None or settings is None:
        return None
    if driver[4:36].split(b"\0")[0].decode("ascii", "replace") in _VIRTUAL:
        return None
    return parse_settings(settings)


def _ethtool(name: str, command: int, size: int) -> bytes | None:
    buffer = array.array("B", struct.pack("=I", command) + bytes(size - 4))
    request = struct.pack("16sP16x", name.encode()[:15], buffer.buffer_info()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            fcntl.ioctl(probe, _SIOCETHTOOL, request)
        except OSError:
            return None
    return buffer.tobytes()
