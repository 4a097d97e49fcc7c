"""Whether this device can look at its path, found out without loading what it takes."""

import socket
import sys
from pathlib import Path

from netmon.domain.kinds import PathReadiness

LIBRARY = "scapy"


def readiness() -> PathReadiness:
    """Ready with the extra `path` and the right to open the sockets that scapy listens on."""
    if not any((Path(place) / LIBRARY / "__init__.py").exists() for place in sys.path):
        return PathReadiness.LIBRARY_MISSING
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
    except OSError:
        return PathReadiness.NOT_PERMITTED
    return PathReadiness.READY
