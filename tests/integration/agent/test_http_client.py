"""One request over real sockets: whole answers only, bounded, verified, through proxies."""

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from netmon_agent.address import Address, CollectorUrl
from netmon_agent.errors import CollectorError, CollectorStatusError, TokenRefusedError
from netmon_agent.http_client import MOST_REPLY_BYTES, CollectorClient, Endpoint, Reply, Trust
from tests.support.agent import a_timetable
from tests.support.certificates import an_authority
from tests.support.fake_collector import TOKEN, FakeCollector, Fault, running_collector
from tests.support.proxy import running_proxy

TIMETABLE = "/api/v1/agent/timetable"
DATES = {"Date": "Mon, 23 Nov 2026 12:00:00 GMT", "Retry-After": "Mon, 23 Nov 2026 12:01:30 GMT"}


def a_client(collector: FakeCollector, **changes: object) -> CollectorClient:
    values: dict[str, object] = {"url": CollectorUrl.parse(collector.url, allow_plain_http=True), "token": TOKEN}
    return CollectorClient(Endpoint(**{**values, **changes}), time.monotonic, timeout_s=5.0)  # type: ignore[arg-type]


def failure(ask: Callable[[], object]) -> CollectorError:
    with pytest.raises(CollectorError) as caught:
        ask()
    assert "\n" not in str(caught.value)
    return caught.value


def test_an_answer_comes_whole_with_its_time() -> None:
    with running_collector() as collector:
        collector.timetable = a_timetable()
        before = time.monotonic()
        reply = a_client(collector).get(TIMETABLE)
        assert reply.status == 200
        assert before < reply.monotonic < time.monotonic()
        assert reply.date is not None
        assert abs((datetime.now(UTC) - reply.date).total_seconds()) < 5
        assert collector.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
        assert a_client(collector).get(TIMETABLE, {"If-None-Match": reply.headers["etag"]}).status == 304


def test_a_packed_answer_is_unpacked() -> None:
    with running_collector() as collector:
        packed = gzip.compress(b"text" * 1000)
        collector.faults = [Fault(body=packed, headers={"Content-Encoding": "gzip"})]
        assert a_client(collector).get("/").body == b"text" * 1000


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault(truncate=True, body=b"x" * 1000), "IncompleteRead"),
        (Fault(drop=True), "closed connection without response"),
        (Fault(body=gzip.compress(b"x" * 99999)[:-20], headers={"Content-Encoding": "gzip"}), "IncompleteRead"),
        (Fault(body=b"no gzip", headers={"Content-Encoding": "gzip"}), "incorrect header check"),
        (
            Fault(body=gzip.compress(b"\0" * (MOST_REPLY_BYTES + 1)), headers={"Content-Encoding": "gzip"}),
            "answers more than",
        ),
        (Fault(body=b"\0" * (MOST_REPLY_BYTES + 1)), "answers more than"),
    ],
)
def test_an_answer_that_is_not_whole_or_too_long_is_none(fault: Fault, message: str) -> None:
    with running_collector() as collector:
        collector.faults = [fault]
        assert message in str(failure(lambda: a_client(collector).get("/")))


@pytest.mark.parametrize(
    ("headers", "retry_after_s"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "999999"}, 3600.0),
        ({"Retry-After": "soon"}, None),
        (DATES, 90.0),
    ],
)
def test_a_troubled_collector_says_when_to_come_again(headers: dict[str, str], retry_after_s: float | None) -> None:
    with running_collector() as collector:
        collector.faults = [Fault(status=503, headers=headers)]
        error = failure(lambda: a_client(collector).post("/", b""))
        assert isinstance(error, CollectorStatusError)
        assert (error.status, error.retry_after_s) == (503, retry_after_s)
        assert "answers HTTP 503" in str(error)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_an_error_of_its_own_and_the_token_is_not_in_it(status: int) -> None:
    with running_collector() as collector:
        collector.faults = [Fault(status=status)]
        error = failure(lambda: a_client(collector).get("/"))
        assert isinstance(error, TokenRefusedError)
        assert f"refuses this device's token (HTTP {status})" in str(error)
        assert TOKEN not in str(error)


def test_a_collector_that_is_not_there_is_one_line() -> None:
    with running_collector() as collector:
        client = a_client(collector)
    assert "does not answer: [Errno 111] Connection refused" in str(failure(lambda: client.get("/")))


def test_a_collector_that_falls_silent_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = CollectorUrl.parse(f"http://127.0.0.1:{silent.getsockname()[1]}", allow_plain_http=True)
        client = CollectorClient(Endpoint(url=url), time.monotonic, timeout_s=0.2)
        assert "does not answer: timed out" in str(failure(lambda: client.post("/", b"")))


def test_a_collector_that_answers_a_byte_at_a_time_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as slow:
        url = CollectorUrl.parse(f"http://127.0.0.1:{slow.getsockname()[1]}", allow_plain_http=True)
        client = CollectorClient(Endpoint(url=url), time.monotonic, timeout_s=0.3)
        over = threading.Event()

        def drip() -> None:
            connection, _ = slow.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                while not over.wait(0.05):
                    connection.sendall(b".")

        dripping = threading.Thread(target=drip)
        dripping.start()
        assert "the answer comes too slowly" in str(failure(lambda: client.get("/")))
        over.set()
        dripping.join()


def test_the_collectors_own_ca_is_trusted_and_nobody_elses(tmp_path: Path) -> None:
    authority = an_authority(tmp_path)
    (tmp_path / "other").mkdir()
    other = an_authority(tmp_path / "other")
    (tmp_path / "ca.pem").write_text(authority.pem)
    collector = FakeCollector()
    collector.ca = authority.pem.encode()
    with running_collector(collector, tls=authority.server):
        assert a_client(collector, trust=Trust(ca=authority.pem)).get("/api/v1/ca.pem").status == 200
        assert a_client(collector, trust=Trust(ca_file=tmp_path / "ca.pem")).get("/api/v1/ca.pem").status == 200
        for trust in (Trust(), Trust(ca=other.pem)):
            error = failure(lambda trust=trust: a_client(collector, trust=trust).get("/api/v1/ca.pem"))  # type: ignore[misc]
            assert "is not trusted: " in str(error)


def test_a_certificate_for_another_host_is_not_trusted(tmp_path: Path) -> None:
    authority = an_authority(tmp_path, host="other.example")
    collector = FakeCollector()
    collector.ca = b"x"
    with running_collector(collector, tls=authority.server):
        error = failure(lambda: a_client(collector, trust=Trust(ca=authority.pem)).get("/"))
        assert "is not trusted: Hostname mismatch" in str(error)


@pytest.mark.parametrize("trust", [Trust(ca="no certificate"), Trust(ca_file=Path("/nonexistent.pem"))])
def test_a_ca_that_cannot_be_used_is_one_line(trust: Trust) -> None:
    url = CollectorUrl.parse("https://localhost:1", allow_plain_http=False)
    client = CollectorClient(Endpoint(url=url, trust=trust), time.monotonic)
    assert "the collector's CA" in str(failure(lambda: client.get("/")))


def test_tls_goes_through_a_proxy_as_a_tunnel(tmp_path: Path) -> None:
    authority = an_authority(tmp_path)
    collector = FakeCollector()
    collector.ca = authority.pem.encode()
    with running_collector(collector, tls=authority.server), running_proxy() as proxy:
        address = Address("127.0.0.1", proxy.server_address[1])
        client = a_client(collector, trust=Trust(ca=authority.pem), proxy=address)
        assert client.get("/api/v1/ca.pem").status == 200
        assert [line.split()[:2] for line in proxy.asked] == [["CONNECT", f"localhost:{collector.port}"]]
        proxy.refuses = True
        assert "Tunnel connection failed: 403" in str(failure(lambda: client.get("/")))


def test_plain_http_goes_through_a_proxy_by_its_whole_url() -> None:
    with running_collector() as collector, running_proxy() as proxy:
        collector.timetable = a_timetable()
        client = a_client(collector, proxy=Address("127.0.0.1", proxy.server_address[1]))
        assert client.get(TIMETABLE).status == 200
        assert proxy.asked == [f"GET {collector.url}{TIMETABLE} HTTP/1.1"]


def answer_with(raw: bytes, ask: Callable[[CollectorClient], object]) -> object:
    """What a client makes of these bytes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = CollectorUrl.parse(f"http://127.0.0.1:{server.getsockname()[1]}", allow_plain_http=True)

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(raw)

        serving = threading.Thread(target=serve)
        serving.start()
        try:
            return ask(CollectorClient(Endpoint(url=url), time.monotonic, timeout_s=5.0))
        finally:
            serving.join()


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (CHUNKED + b"4\r\nwhol\r\n1;x=y\r\ne\r\n0\r\nTrailer: 1\r\n\r\n", b"whole"),
        (CHUNKED + b"0\r\n\r\n", b""),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\nto the end", b"to the end"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nokmore", b"ok"),
    ],
)
def test_a_body_is_framed_as_its_headers_say(raw: bytes, body: bytes) -> None:
    reply = answer_with(raw, lambda client: client.get("/"))
    assert isinstance(reply, Reply)
    assert reply.body == body


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (CHUNKED + b"4\r\nwh", "IncompleteRead: 2 bytes are missing"),
        (CHUNKED + b"x\r\n", "not a chunk"),
        (CHUNKED, "IncompleteRead: the answer breaks off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "not a length"),
        (b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", "not a header"),
        (b"SSH-2.0-OpenSSH\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"x" * 20_000, "a line is too long"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200, "too many headers"),
    ],
)
def test_what_is_no_http_is_one_line(raw: bytes, message: str) -> None:
    assert message in str(failure(lambda: answer_with(raw, lambda client: client.get("/"))))
