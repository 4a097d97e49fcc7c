"""One HTTP request to the collector: TLS verified, through a proxy where one is set, its answer bounded."""

import contextlib
import ssl
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from netmon.wire.timetable import MAX_TIMETABLE_BYTES
from netmon_agent.address import Address, CollectorUrl
from netmon_agent.certificate_dates import NO_CHECK_TIME, CertificateDates, chain_of
from netmon_agent.errors import CollectorError, CollectorStatusError, TokenRefusedError
from netmon_agent.http_wire import Connection, HttpError, Response

MOST_REPLY_BYTES = MAX_TIMETABLE_BYTES
MOST_RETRY_AFTER_S = 3600.0
_TIMEOUT_S = 10.0
_CHUNK = 64 * 1024
_TIME_PATH = "/healthz"  # any answer has the time
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_GZIP = 31  # zlib's window bits for a gzip header


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A successful answer; `monotonic` is when its first line came: the collector's time in it is about that old."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    monotonic: float

    @property
    def date(self) -> datetime | None:
        """The answer's Date, good to a second; None where it has none that can be used."""
        return _date(self.headers.get("date"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How the collector proves itself: its own CA as PEM, a CA file, or neither for the system's store.

    `blind` asks for no proof at all: only to fetch what is then checked against a printed fingerprint.
    """

    ca: str | None = None
    ca_file: Path | None = None
    blind: bool = False

    def context(self, *, without_dates: bool = False) -> ssl.SSLContext:
        """Raises CollectorError when the CA cannot be used."""
        context = self._strict_context()
        if without_dates:
            context.verify_flags |= NO_CHECK_TIME
        return context

    def _strict_context(self) -> ssl.SSLContext:
        if self.blind:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            return context
        try:
            if self.ca_file is not None:
                return ssl.create_default_context(cafile=str(self.ca_file))
            return ssl.create_default_context(cadata=self.ca)
        except (OSError, ValueError) as error:
            raise CollectorError(f"the collector's CA {self.ca_file or ''} cannot be used: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The collector and the way to it."""

    url: CollectorUrl
    token: str | None = field(default=None, repr=False)
    trust: Trust = Trust()
    proxy: Address | None = None


class Client(Protocol):
    """Asks the collector; every failure is a CollectorError."""

    def get(self, path: str, headers: Mapping[str, str] | None = None, /) -> Reply: ...

    def post(
        self, path: str, body: bytes, headers: Mapping[str, str] | None = None, /, *, timeout_s: float | None = None
    ) -> Reply: ...


class CollectorClient:
    """Asks the collector, one connection a request: an agent has little to say, and seldom."""

    def __init__(
        self,
        endpoint: Endpoint,
        monotonic: Callable[[], float],
        *,
        timeout_s: float = _TIMEOUT_S,
        dates: CertificateDates | None = None,
    ) -> None:
        """`dates` checks the certificates' validity while the device's clock is no judge of it."""
        self._endpoint = endpoint
        self._monotonic = monotonic
        self._timeout_s = timeout_s
        self._dates = dates
        self._contexts: dict[bool, ssl.SSLContext] = {}

    def get(self, path: str, headers: Mapping[str, str] | None = None, /) -> Reply:
        """Raises CollectorError; 304 is a success."""
        return self._ask("GET", path, None, headers or {}, self._timeout_s)

    def post(
        self, path: str, body: bytes, headers: Mapping[str, str] | None = None, /, *, timeout_s: float | None = None
    ) -> Reply:
        """Raises CollectorError."""
        return self._ask("POST", path, body, headers or {}, timeout_s or self._timeout_s)

    @property
    def _dates_by_hand(self) -> CertificateDates | None:
        endpoint = self._endpoint
        if self._dates is None or not endpoint.url.tls or endpoint.trust.blind:
            return None
        return self._dates if self._dates.are_checked_by_hand else None

    def _open(self, connection: Connection, dates: CertificateDates, timeout_s: float) -> None:
        """Connect; nothing is said, the token least of all, before the certificate's dates were checked."""
        if not dates.is_time_known:
            self._take_time(dates, timeout_s)
        connection.connect()
        dates.check(self._chain(connection))

    def _take_time(self, dates: CertificateDates, timeout_s: float) -> None:
        connection, target = self._connection(_TIME_PATH, timeout_s, without_dates=True)
        with contextlib.closing(connection):
            connection.connect()
            chain = self._chain(connection)
            answer = connection.ask("GET", target, None, {"Connection": "close"})
            dates.learn(_date(answer.headers.get("date")), self._monotonic(), chain)

    def _chain(self, connection: Connection) -> list[Mapping[str, object]]:
        assert isinstance(connection.socket, ssl.SSLSocket)  # noqa: S101 - for the type; only TLS comes here
        return chain_of(connection.socket, self._tls_context(without_dates=True))

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], timeout_s: float) -> Reply:
        url = self._endpoint.url
        # Decided once: somebody may set the clock right in the middle.
        dates = self._dates_by_hand
        try:
            connection, target = self._connection(path, timeout_s, without_dates=dates is not None)
            with contextlib.closing(connection):
                asked = self._monotonic()
                if dates is not None:
                    self._open(connection, dates, timeout_s)
                response = connection.ask(method, target, body, self._headers(headers))
                heard = self._monotonic()
                content = self._read(response, deadline=asked + 3 * timeout_s)
        except ssl.SSLCertVerificationError as error:
            raise CollectorError(f"{url} is not trusted: {error.verify_message}") from error
        except (OSError, HttpError, zlib.error) as error:
            raise CollectorError(f"{url} does not answer: {_in_one_line(error)}") from error
        reply = Reply(status=response.status, headers=response.headers, body=content, monotonic=heard)
        _refuse_failure(url, reply)
        return reply

    def _connection(self, path: str, timeout_s: float, *, without_dates: bool) -> tuple[Connection, str]:
        """A connection that is not open yet, and what to ask on it."""
        url, proxy = self._endpoint.url, self._endpoint.proxy
        connection = Connection(
            proxy or url.address,
            timeout_s=timeout_s,
            tls=self._tls_context(without_dates=without_dates) if url.tls else None,
            server=url.address,
            tunnel=url.tls and proxy is not None,
        )
        return connection, (str(url) if proxy is not None and not url.tls else url.prefix) + path

    def _tls_context(self, *, without_dates: bool) -> ssl.SSLContext:
        if without_dates not in self._contexts:
            self._contexts[without_dates] = self._endpoint.trust.context(without_dates=without_dates)
        return self._contexts[without_dates]

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        token = self._endpoint.token
        own = {"Accept-Encoding": "gzip", "Connection": "close"}
        return {**own, **({} if token is None else {"Authorization": f"Bearer {token}"}), **headers}

    def _read(self, response: Response, *, deadline: float) -> bytes:
        """The whole body, or an error: never part of it, never more than fits, never for ever."""
        packed = response.headers.get("content-encoding", "identity").lower() == "gzip"
        unpack = zlib.decompressobj(_GZIP) if packed else None
        content, received = bytearray(), 0
        while chunk := response.read(_CHUNK):
            received += len(chunk)
            content += chunk if unpack is None else unpack.decompress(chunk, MOST_REPLY_BYTES + 1 - len(content))
            if len(content) > MOST_REPLY_BYTES or received > MOST_REPLY_BYTES:
                raise CollectorError(f"{self._endpoint.url} answers more than {MOST_REPLY_BYTES} bytes")
            if self._monotonic() > deadline:
                raise TimeoutError("the answer comes too slowly")
        if unpack is not None and received and not unpack.eof:
            raise HttpError("IncompleteRead: the packed answer breaks off")
        return bytes(content)


def _refuse_failure(url: CollectorUrl, reply: Reply) -> None:
    if 200 <= reply.status < 300 or reply.status == 304:
        return
    if reply.status in (401, 403):
        raise TokenRefusedError(
            reply.status,
            f"{url} refuses this device's token (HTTP {reply.status}): it was revoked or belongs to another collector; "
            "ask for a new code and enrol again",
            retry_after_s=_retry_after(reply),
        )
    message = f"{url} answers HTTP {reply.status}"
    raise CollectorStatusError(reply.status, message, retry_after_s=_retry_after(reply))


def _retry_after(reply: Reply) -> float | None:
    """The collector's Retry-After in seconds, bounded, whether written as seconds or as a date."""
    text = reply.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), MOST_RETRY_AFTER_S)
    wanted, now = _date(text), reply.date
    if wanted is None or now is None:
        return None
    return min(max((wanted - now).total_seconds(), 0.0), MOST_RETRY_AFTER_S)


def _date(text: str | None) -> datetime | None:
    """A time as HTTP writes it, `Mon, 23 Nov 2026 12:00:00 GMT`; None for anything else."""
    words = (text or "").replace(":", " ").split()
    if len(words) != 8 or words[7] not in ("GMT", "UTC", "+0000") or words[2] not in _MONTHS:
        return None
    try:
        day, year, hour, minute, second = (int(words[place]) for place in (1, 3, 4, 5, 6))
        return datetime(year, _MONTHS.index(words[2]) + 1, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
