"""The server's counters in the Prometheus text format, on an address of their own."""

import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from netmon.domain.measurement import Reason
from netmon.wire.receipt import Receipt

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[str, str, str, float]  # name, type, labels, value
Labelled = Counter[tuple[str, ...]]


class Counts:
    """What happened since the start; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: Labelled = Counter()
        self._refused: Labelled = Counter()
        self._bytes: Labelled = Counter()
        self._broken = 0

    def finished(self, receipt: Receipt) -> None:
        """A session came to its receipt."""
        direction = receipt.direction.value
        with self._lock:
            self._sessions[direction, receipt.mode.value] += 1
            self._bytes[direction, "tcp"] += receipt.bytes
            self._bytes[direction, "udp"] += receipt.udp_bytes

    def refused(self, reason: Reason) -> None:
        with self._lock:
            self._refused[(reason.value,)] += 1

    def broken(self) -> None:
        """A conversation ended without a receipt."""
        with self._lock:
            self._broken += 1

    def samples(self) -> list[Sample]:
        with self._lock:
            return [
                *_labelled("netmon_server_sessions_total", ("direction", "mode"), self._sessions),
                *_labelled("netmon_server_payload_bytes_total", ("direction", "transport"), self._bytes),
                *_labelled("netmon_server_refusals_total", ("reason",), self._refused),
                ("netmon_server_broken_conversations_total", "counter", "", float(self._broken)),
            ]


def _labelled(name: str, labels: tuple[str, ...], counts: Labelled) -> list[Sample]:
    return [
        (name, "counter", ",".join(f'{key}="{value}"' for key, value in zip(labels, values, strict=True)), float(count))
        for values, count in sorted(counts.items())
    ]


def render(samples: list[Sample]) -> str:
    """The samples as text, each name with its type once."""
    lines, described = [], set()
    for name, kind, labels, value in samples:
        if name not in described:
            lines.append(f"# TYPE {name} {kind}")
            described.add(name)
        lines.append(f"{name}{{{labels}}} {value:g}" if labels else f"{name} {value:g}")
    return "\n".join(lines) + "\n"


class MetricsServer:
    """Answers GET /metrics and GET /healthz, which is 503 unless connections are being accepted."""

    def __init__(
        self, address: tuple[str, int], samples: Callable[[], list[Sample]], accepting: Callable[[], bool]
    ) -> None:
        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_GET(self) -> None:
                status, text = self._answer()
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", _CONTENT_TYPE)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _answer(self) -> tuple[int, str]:
                if self.path == "/metrics":
                    return 200, render(samples())
                if self.path == "/healthz":
                    return (200, "ok\n") if accepting() else (503, "no connection is accepted\n")
                return 404, "not found\n"

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Scrapes are not worth a line."""

        self._server = ThreadingHTTPServer(address, Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._server.server_address[:2]
        return str(host), int(port)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
