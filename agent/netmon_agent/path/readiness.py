"""Whether this device can look at its path, found out without loading what it takes."""

import socket
from importlib.util import find_spec

from netmon.domain.path_diagnosis import PathReadiness

LIBRARY = "scapy"


def readiness() -> PathReadiness:
    """Ready with the extra `path` and the right to open the sockets that scapy listens on."""
    if find_spec(LIBRARY) is None:
        return PathReadiness.LIBRARY_MISSING
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
    except OSError:
        return PathReadiness.NOT_PERMITTED
    return PathReadiness.READY
