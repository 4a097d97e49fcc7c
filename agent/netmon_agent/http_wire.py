"""HTTP/1.1 as a client speaks it, over one socket: http.client would bring all of email into a router's memory."""

import socket
import ssl
from collections.abc import Mapping

from netmon_agent.address import Address

_LONGEST_LINE = 16 * 1024
_MOST_HEADERS = 100
_NO_BODY = frozenset({204, 304})


class HttpError(Exception):
    """What came back is no HTTP, or not all of it."""


class Response:
    """A response whose status and headers came; the body is read piece by piece."""

    def __init__(self, connection: socket.socket, *, to_connect: bool = False) -> None:
        """Raises HttpError, OSError. `to_connect` says that a tunnel follows the headers, and no body."""
        self._file = connection.makefile("rb")
        try:
            self.status, self.reason = self._status()
            self.headers = self._headers()
            self._chunked = self.headers.get("transfer-encoding", "").lower() == "chunked"
            self._left = self._length() if not to_connect and self.status not in _NO_BODY else 0
        except BaseException:
            self.close()
            raise
        self._ended = self._left == 0 and not self._chunked

    def close(self) -> None:
        self._file.close()

    def _line(self) -> bytes:
        line = self._file.readline(_LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE or not line.endswith(b"\n"):
            raise HttpError("a line is too long or breaks off" if line else "IncompleteRead: the answer breaks off")
        return line.rstrip(b"\r\n")

    def _status(self) -> tuple[int, str]:
        while True:
            first = self._file.readline(_LONGEST_LINE)
            if not first:
                raise HttpError("closed connection without response")
            version, _, rest = first.strip().partition(b" ")
            code, _, reason = rest.strip().partition(b" ")
            if not version.startswith(b"HTTP/1.") or not code.isdigit() or len(code) != 3:
                raise HttpError(f"not HTTP: {first[:40]!r}")
            if int(code) >= 200:
                return int(code), reason.decode("latin-1")
            while self._line():
                pass  # the headers of an interim answer

    def _headers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for _ in range(_MOST_HEADERS):
            line = self._line()
            if not line:
                return found
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon:
                raise HttpError(f"not a header: {line[:40]!r}")
            found[name.strip().lower()] = value.strip()
        raise HttpError("too many headers")

    def _length(self) -> int | None:
        """Bytes of the body; None where the end of the connection or the last chunk ends it."""
        text = self.headers.get("content-length")
        if self._chunked or text is None:
            return None
        if not (text.isascii() and text.isdigit()):
            raise HttpError(f"not a length: {text[:40]!r}")
        return int(text)

    def read(self, most: int) -> bytes:
        """At most so many bytes of the body, empty at its end. Raises HttpError where it breaks off, OSError."""
        if self._chunked and not self._left:
            self._next_chunk()
        if self._ended:
            return b""
        piece = self._file.read1(most if self._left is None else min(most, self._left))
        if not piece and self._left is not None:
            raise HttpError(f"IncompleteRead: {self._left} bytes are missing")
        if self._left is None:
            self._ended = not piece
            return piece
        self._left -= len(piece)
        if self._chunked and not self._left:
            self._line()
        elif not self._left:
            self._ended = True
        return piece

    def _next_chunk(self) -> None:
        if self._ended:
            return
        size = self._line().partition(b";")[0].strip()
        try:
            self._left = int(size, 16)
        except ValueError as error:
            raise HttpError(f"not a chunk: {size[:40]!r}") from error
        if not self._left:
            self._ended = True
            while self._line():
                pass  # trailers


class Connection:
    """To a server, or through a proxy to it; opened by `connect`, closed by `close`."""

    def __init__(
        self, first: Address, *, timeout_s: float, tls: ssl.SSLContext | None, server: Address, tunnel: bool = False
    ) -> None:
        """`first` is connected to: the server itself, or a proxy that is asked for a tunnel where `tunnel` says so."""
        self._first, self._timeout_s, self._tls = first, timeout_s, tls
        self._server, self._tunnel = server, tunnel
        self._socket: socket.socket | None = None
        self._response: Response | None = None

    @property
    def socket(self) -> socket.socket:
        assert self._socket is not None  # noqa: S101 - for the type: nobody asks before `connect`
        return self._socket

    def connect(self) -> None:
        """Raises OSError, HttpError."""
        self._socket = socket.create_connection((self._first.host, self._first.port), timeout=self._timeout_s)
        if self._tunnel:
            self.socket.sendall(f"CONNECT {self._server} HTTP/1.1\r\nHost: {self._server}\r\n\r\n".encode("ascii"))
            answer = Response(self.socket, to_connect=True)
            answer.close()
            if not 200 <= answer.status < 300:
                raise HttpError(f"Tunnel connection failed: {answer.status} {answer.reason}")
        if self._tls is not None:
            self._socket = self._tls.wrap_socket(self.socket, server_hostname=self._server.host)

    def ask(self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]) -> Response:
        """Send one request, connecting first where nobody did, and wait for the head of its answer."""
        if self._socket is None:
            self.connect()
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self._server}", *(f"{key}: {headers[key]}" for key in headers)]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        if any("\r" in line or "\n" in line for line in lines):
            raise HttpError("a header has a line break")
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode("ascii") + (body or b""))
        self._response = Response(self.socket)
        return self._response

    def close(self) -> None:
        if self._response is not None:
            self._response.close()
        if self._socket is not None:
            self._socket.close()
