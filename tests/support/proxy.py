"""A forward proxy for tests: CONNECT tunnels and plain requests, and it remembers what was asked of it."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator


class _Proxy(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.asked: list[str] = []
        self.refuses = False


class _Conversation(socketserver.StreamRequestHandler):
    server: _Proxy

    def handle(self) -> None:
        first = self.rfile.readline().decode()
        self.server.asked.append(first.strip())
        method, target, _ = first.split()
        if method == "CONNECT":
            while self.rfile.readline().strip():
                pass
            self._tunnel(target)
        else:
            self._forward(method, target)

    def _tunnel(self, target: str) -> None:
        if self.server.refuses:
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            return
        host, _, port = target.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=5) as upstream:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_copy, args=(upstream, self.connection))
            back.start()
            _copy(self.connection, upstream)
            back.join()

    def _forward(self, method: str, url: str) -> None:
        address, _, path = url.removeprefix("http://").partition("/")
        host, _, port = address.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=5) as upstream:
            upstream.sendall(f"{method} /{path} HTTP/1.1\r\n".encode())
            back = threading.Thread(target=_copy, args=(upstream, self.connection))
            back.start()
            while line := self.rfile.readline():
                upstream.sendall(line)
                if not line.strip():
                    break
            back.join()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def running_proxy() -> Iterator[_Proxy]:
    """A proxy on the loopback."""
    with _Proxy() as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
