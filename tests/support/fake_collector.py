"""A collector for tests of the agent: a real HTTP server in a thread that keeps the wire contract and can misbehave."""

import contextlib
import gzip
import http.server
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from netmon.wire.canonical import content_hash
from netmon.wire.records import Answer, AnswerResult, Envelope, RecordKind
from netmon.wire.timetable import Enrolment, ProbePlan, Timetable, answers_document

TOKEN = "token-of-agent-1"
NO_PROBES = ProbePlan(interval_s=3600.0, window_s=3600.0, targets=())


@dataclass(slots=True, kw_only=True)
class Fault:
    """What the next request gets instead of an answer. A truncated answer comes after the records were stored."""

    path: str = "/"  # only requests whose path begins so
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    truncate: bool = False
    drop: bool = False
    body: bytes | None = None


@dataclass(slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)


class FakeCollector:
    """Everything that an agent talks to, and what it said."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.asked: list[Asked] = []
        self.faults: list[Fault] = []
        self.records: dict[tuple[str, int], Envelope] = {}
        self.batches: list[list[Envelope]] = []
        self.results: list[AnswerResult] = []
        self.timetable: Timetable | None = None
        self.codes: dict[str, Enrolment] = {}
        self.answer: Callable[[Envelope], AnswerResult | None] = lambda _: None
        self.clock_ahead = timedelta()
        self.ca: bytes | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"{'https' if self.ca else 'http'}://localhost:{self.port}"

    def wait_for(self, condition: Callable[[], bool], within_s: float = 20.0) -> None:
        """Wait until something that a request changes is true."""
        with self.changed:
            assert self.changed.wait_for(condition, within_s), "the agent did not do it in time"

    def of_kind(self, kind: RecordKind) -> list[Envelope]:
        return [envelope for envelope in list(self.records.values()) if envelope.kind is kind]

    def now(self) -> datetime:
        return datetime.now(UTC) + self.clock_ahead

    def next_fault(self, path: str) -> Fault:
        fault = next((one for one in self.faults if path.startswith(one.path)), None)
        if fault is None:
            return Fault()
        self.faults.remove(fault)
        return fault

    def handle(self, asked: Asked) -> tuple[int, dict[str, str], bytes]:
        """The right answer to a request, whatever becomes of it on the way."""
        if asked.path == "/api/v1/ca.pem" and self.ca is not None:
            return 200, {}, self.ca
        if asked.path == "/api/v1/enrol":
            return self._enrol(json.loads(asked.body))
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {}, b"{}"
        if asked.path == "/api/v1/agent/records":
            return 200, {}, json.dumps(self._store(gzip.decompress(asked.body))).encode()
        return (404, {}, b"{}") if self.timetable is None else self._answer_timetable(asked, self.timetable)

    def _answer_timetable(self, asked: Asked, timetable: Timetable) -> tuple[int, dict[str, str], bytes]:
        document = timetable.document()
        etag = f'"{content_hash({**document, "issued_at": None})}"'
        if asked.headers.get("if-none-match") == etag:
            return 304, {"ETag": etag}, b""
        return 200, {"ETag": etag}, json.dumps(document).encode()

    def _enrol(self, request: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        found = self.codes.pop(request["code"], None)
        return (403, {}, b"{}") if found is None else (200, {}, json.dumps(found.document()).encode())

    def _store(self, body: bytes) -> dict[str, object]:
        envelopes = [Envelope.parse(line) for line in body.splitlines()]
        self.batches.append(envelopes)
        results = [self.answer(envelope) or self._keep(envelope) for envelope in envelopes]
        self.results += results
        answers = [
            Answer(stream=envelope.stream, sequence=envelope.sequence, result=result).document()
            for envelope, result in zip(envelopes, results, strict=True)
        ]
        return answers_document(answers, server_time=self.now())

    def _keep(self, envelope: Envelope) -> AnswerResult:
        known = self.records.setdefault((envelope.stream, envelope.sequence), envelope)
        if known is envelope:
            return AnswerResult.STORED
        return AnswerResult.DUPLICATE if known.hash == envelope.hash else AnswerResult.CONFLICT


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    collector: FakeCollector

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.collector.now(), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        pass

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body)
        with self.collector.changed:
            fault = self.collector.next_fault(asked.path)
            answered = (fault.status, {}, b"{}") if fault.status != 200 else self.collector.handle(asked)
            self.collector.asked.append(asked)
            self.collector.changed.notify_all()
        if not fault.drop:
            self._answer(fault, *answered)
        self.close_connection = True

    def _answer(self, fault: Fault, status: int, headers: dict[str, str], content: bytes) -> None:
        if fault.body is not None:
            status, content = 200, fault.body
        self.send_response(status)
        for name, value in {**headers, **fault.headers}.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if status != 304:
            self.wfile.write(content[: len(content) // 2] if fault.truncate else content)


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is killed in the middle of a request is what these tests are about."""


@contextlib.contextmanager
def running_collector(
    collector: FakeCollector | None = None, *, tls: ssl.SSLContext | None = None, port: int = 0
) -> Iterator[FakeCollector]:
    """A collector that listens on the loopback."""
    collector = collector or FakeCollector()
    handler = type("Handler", (_Handler,), {"collector": collector})
    server = _Server(("127.0.0.1", port), handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    collector.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
