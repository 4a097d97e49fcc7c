"""The other ends of the peers: what speedtest.net, librespeed and ndt7 servers answer, over plain sockets.

Run inside the server's namespace: ``python -m benchmarks.accuracy.peers``. speedtest-cli is the real program against
this; ndt7 and librespeed are emulations of their published protocols and settings (see clients.py).
"""

import base64
import contextlib
import hashlib
import os
import socket
import struct
import threading
import time

from netmon.transfer.options import prefer_bbr

HTTP_PORT = 80
_CHUNK = 1 << 20
_SIZES = {
    350: 245388,
    500: 505544,
    750: 1118012,
    1000: 1986284,
    1500: 4468241,
    2000: 7907740,
    2500: 12407926,
    3000: 17816816,
    3500: 24262167,
    4000: 31625365,
}
_CONFIG = b"""<?xml version="1.0" encoding="UTF-8"?><settings>
<client ip="10.9.1.2" lat="1.0" lon="1.0" isp="lab" isprating="3.7" rating="0" ispdlavg="0"
  ispulavg="0" loggedin="0" country="XX"/>
<server-config threadcount="4" ignoreids="" notonmap="" forcepingid="" preferredserverid=""/>
<download testlength="10" initialtest="250K" mintestsize="250K" threadsperurl="4"/>
<upload testlength="10" ratio="5" initialtest="0" mintestsize="32K" threads="2" maxchunksize="512K"
  maxchunkcount="50" threadsperurl="4"/>
<times dl1="5000000" dl2="35000000" dl3="800000000" ul1="1000000" ul2="8000000" ul3="35000000"/></settings>"""
_SERVERS = b"""<?xml version="1.0" encoding="UTF-8"?><settings><servers>
<server url="http://www.speedtest.net/speedtest/upload.php" lat="1.01" lon="1.01" name="Lab"
  country="Lab" cc="XX" sponsor="lab" id="1" host="www.speedtest.net:80"/>
</servers></settings>"""
_NDT7_S = 10.0
_WEBSOCKET = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Peer:
    """One connection of a peer."""

    def __init__(self, connection: socket.socket, payload: int) -> None:
        self._connection, self._payload = connection, payload
        self._pending = b""

    def serve(self) -> None:
        with self._connection, contextlib.suppress(OSError, ValueError):
            while self._request():
                pass

    def _head(self) -> list[str]:
        while b"\r\n\r\n" not in self._pending:
            data = self._connection.recv(65536)
            if not data:
                return []
            self._pending += data
        head, _, self._pending = self._pending.partition(b"\r\n\r\n")
        return head.decode("latin-1").split("\r\n")

    def _request(self) -> bool:
        lines = self._head()
        if not lines:
            return False
        method, target, _ = lines[0].split(" ", 2)
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        path = target.split("?")[0]
        if path == "/ndt/v7/download":
            self._ndt7(headers["sec-websocket-key"])
            return False
        if method == "POST":
            self._swallow(int(headers["content-length"]))
            self._answer(b"size=500")
        elif path == "/garbage":
            self._answer_bulk(100 << 20)
        elif "random" in path:
            self._answer_bulk(_SIZES[int(path.split("random")[1].split("x")[0])])
        else:
            pages = {"config": _CONFIG, "servers": _SERVERS, "latency": b"test=test\n"}
            self._answer(next((page for name, page in pages.items() if name in path), b""))
        return headers.get("connection", "").lower() != "close"

    def _answer(self, body: bytes) -> None:
        self._connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    def _answer_bulk(self, size: int) -> None:
        self._connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        self._send(size)

    def _send(self, size: int) -> None:
        while size > 0:
            size -= os.sendfile(self._connection.fileno(), self._payload, 0, min(size, _CHUNK))

    def _swallow(self, size: int) -> None:
        size -= len(self._pending)
        self._pending = b""
        while size > 0:
            size -= len(self._connection.recv(min(size, _CHUNK))) or size

    def _ndt7(self, key: str) -> None:
        """Ten seconds of binary messages over BBR; a message doubles once it is a sixteenth of what was sent."""
        prefer_bbr(self._connection)
        accept = base64.b64encode(hashlib.sha1(key.encode() + _WEBSOCKET).digest()).decode()
        self._connection.sendall(
            f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: net.measurementlab.ndt.v7\r\n\r\n".encode()
        )
        start, size, total = time.monotonic(), 8192, 0
        while time.monotonic() - start < _NDT7_S:
            self._connection.sendall(struct.pack("!BBQ", 0x82, 127, size))
            self._send(size)
            total += size
            if size < _CHUNK and size <= total / 16:
                size *= 2
        self._connection.sendall(b"\x88\x00")


def main() -> None:
    payload = os.memfd_create("payload")
    os.write(payload, os.urandom(_CHUNK))
    listener = socket.create_server(("0.0.0.0", HTTP_PORT), backlog=64)
    print("up", flush=True)
    while True:
        connection, _ = listener.accept()
        # The peers' servers run the usual congestion control; only ndt7 asks for BBR.
        prefer_bbr(connection, "cubic")
        threading.Thread(target=Peer(connection, payload).serve, daemon=True).start()


if __name__ == "__main__":
    main()
