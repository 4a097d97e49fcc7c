"""Connections that nobody may hold for nothing: so many from an address, each with a deadline for asking something."""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import cast

from aiohttp import web

from netmon_collector.settings import Limits

BACKLOG = 512
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Connections:
    """Makes the protocols of connections, and counts them by address; lives in one event loop."""

    def __init__(self, make_protocol: Callable[[], asyncio.Protocol], limits: Limits) -> None:
        self._make_protocol = make_protocol
        self._limits = limits
        self._open: Counter[str] = Counter()

    def __call__(self) -> asyncio.Protocol:
        return Guarded(self._make_protocol(), self._open, self._limits)


class Guarded(asyncio.Protocol):
    """A connection's protocol behind a deadline: it is ended when no whole request comes in time.

    The same deadline ends who does not take an answer.
    """

    def __init__(self, inner: asyncio.Protocol, opened: Counter[str], limits: Limits) -> None:
        self._inner = inner
        self._open = opened
        self._limits = limits
        self._address: str | None = None
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        name = transport.get_extra_info("peername")
        address = str(name[0]) if name else ""
        if self._open[address] >= self._limits.connections_per_address:
            self._transport.abort()
            return
        self._open[address] += 1
        self._address = address
        self._inner.connection_made(transport)
        self._expect(self._limits.first_request_s)

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect(None)
        if self._address is None:  # it was one too many
            return
        self._open[self._address] -= 1
        if not self._open[self._address]:
            del self._open[self._address]
        self._inner.connection_lost(exc)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While a request is being answered there is no deadline."""
        self._expect(None)
        try:
            yield
        finally:
            self._expect(self._limits.next_request_s)

    def _expect(self, within_s: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        transport = self._transport
        if within_s is None or transport is None or transport.is_closing():
            self._deadline = None
        else:
            self._deadline = asyncio.get_running_loop().call_later(within_s, transport.abort)

    def data_received(self, data: bytes) -> None:
        if self._address is not None:
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._address is not None else None

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()


@web.middleware
async def without_deadline(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost middleware: what is being answered has come in time."""
    transport = request.transport
    guard = None if transport is None else transport.get_protocol()
    if not isinstance(guard, Guarded):
        return await handler(request)
    with guard.at_work():
        return await handler(request)


class GuardedSite(web.BaseSite):
    """A listening socket whose connections are guarded."""

    def __init__(
        self, runner: web.AppRunner, one: socket.socket, *, limits: Limits, tls: ssl.SSLContext | None
    ) -> None:
        super().__init__(runner, ssl_context=tls)
        self._socket = one
        self._limits = limits

    @property
    def name(self) -> str:
        return str(self._socket.getsockname())

    async def start(self) -> None:
        await super().start()
        make_protocol = self._runner.server
        assert make_protocol is not None  # noqa: S101 - BaseSite refuses a runner that is not set up
        self._server = await asyncio.get_running_loop().create_server(
            Connections(make_protocol, self._limits),
            sock=self._socket,
            ssl=self._ssl_context,
            ssl_handshake_timeout=None if self._ssl_context is None else self._limits.first_request_s,
            backlog=BACKLOG,
        )
