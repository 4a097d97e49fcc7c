"""What the agent tells the service manager: started, alive, stopping (sd_notify's protocol)."""

import contextlib
import os
import socket
from collections.abc import Mapping


class ServiceManager:
    """One datagram a message to $NOTIFY_SOCKET; silent where nobody listens."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        limit = environment.get("WATCHDOG_USEC", "")
        mine = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.beat_s = int(limit) / 2e6 if limit.isdigit() and int(limit) > 0 and mine else None

    def ready(self) -> None:
        self._tell("READY=1")

    def beat(self) -> None:
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        self._tell("STOPPING=1")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as connection:
            connection.sendto(message.encode("ascii"), self._address)
