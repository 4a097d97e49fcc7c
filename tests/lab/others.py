"""Other people's traffic on the line."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.lab.network import LAN_ADDRESS, Lab

_LISTEN = """
import socket
listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
listener.bind(("", 9))
print("up", flush=True)
while True:
    listener.recv(2048)
"""
_SEND = """
import socket, sys, time
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
gap_s = 1428 * 8 / (float(sys.argv[2]) * 1e6)
start, sent = time.monotonic(), 0
print("up", flush=True)
while True:
    while sent * gap_s < time.monotonic() - start:
        sender.sendto(b"x" * 1400, (sys.argv[1], 9))
        sent += 1
    time.sleep(0.002)
"""


@contextmanager
def others(lab: Lab, mbps: float) -> Iterator[None]:
    """Somebody behind the agent downloads over UDP at a fixed IP-layer rate. The lab needs its LAN."""
    assert lab.lan is not None
    processes = [
        lab.lan.start([sys.executable, "-c", _LISTEN], stdout=subprocess.PIPE),
        lab.server.start([sys.executable, "-c", _SEND, LAN_ADDRESS, str(mbps)], stdout=subprocess.PIPE),
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "up\n"
        yield
    finally:
        for process in processes:
            process.kill()
            process.communicate()
