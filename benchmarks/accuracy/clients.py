"""Emulated clients: the published settings of ndt7 and librespeed, each in a process of its own.

``python -m benchmarks.accuracy.clients ndt7|librespeed HOST`` prints one JSON object with the rate it would show.
"""

import base64
import json
import os
import socket
import sys
import threading
import time

_HTTP_PORT = 80
_NDT7_MOST_S = 13.0
_LIBRESPEED_S = 15.0
_LIBRESPEED_GRACE_S = 1.5
_LIBRESPEED_STREAMS = 6
_LIBRESPEED_STAGGER_S = 0.3
_LIBRESPEED_OVERHEAD = 1.06
_BUFFER = 1 << 16


def ndt7(host: str) -> float:
    """A websocket download over one connection: all bytes over all seconds, TCP payload."""
    with socket.create_connection((host, _HTTP_PORT), timeout=20) as connection:
        key = base64.b64encode(os.urandom(16)).decode()
        connection.sendall(
            f"GET /ndt/v7/download HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: net.measurementlab.ndt.v7\r\n\r\n".encode()
        )
        start, received, buffer = time.monotonic(), 0, bytearray(_BUFFER)
        while time.monotonic() - start < _NDT7_MOST_S:
            size = connection.recv_into(buffer)
            if not size:
                break
            received += size
            if bytes(buffer[size - 2 : size]) == b"\x88\x00":
                break
        return received * 8 / (time.monotonic() - start)


class _Streams:
    """The six staggered downloads of librespeed's standard settings."""

    def __init__(self, host: str) -> None:
        self._host = host
        self.received = 0
        self.done = threading.Event()
        self._lock = threading.Lock()

    def stream(self, delay_s: float) -> None:
        time.sleep(delay_s)
        buffer = bytearray(_BUFFER)
        while not self.done.is_set():
            with socket.create_connection((self._host, _HTTP_PORT), timeout=20) as connection:
                connection.sendall(f"GET /garbage HTTP/1.1\r\nHost: {self._host}\r\nConnection: close\r\n\r\n".encode())
                while not self.done.is_set() and (size := connection.recv_into(buffer)):
                    with self._lock:
                        self.received += size


def librespeed(host: str) -> float:
    """Fifteen seconds, the first 1.5 dropped, times 1.06 for headers: about the Ethernet rate."""
    streams = _Streams(host)
    for number in range(_LIBRESPEED_STREAMS):
        threading.Thread(target=streams.stream, args=(number * _LIBRESPEED_STAGGER_S,), daemon=True).start()
    time.sleep(_LIBRESPEED_GRACE_S)
    start, before = time.monotonic(), streams.received
    time.sleep(_LIBRESPEED_S - _LIBRESPEED_GRACE_S)
    rate = (streams.received - before) * 8 / (time.monotonic() - start) * _LIBRESPEED_OVERHEAD
    streams.done.set()
    return rate


def main() -> None:
    name, host = sys.argv[1:]
    rate = {"ndt7": ndt7, "librespeed": librespeed}[name](host)
    print(json.dumps({"rate_bps": rate}), flush=True)
    os._exit(0)  # without waiting for the streams


if __name__ == "__main__":
    main()
