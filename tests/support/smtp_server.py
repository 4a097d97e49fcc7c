"""A real SMTP server for tests, in a thread of its own; it keeps what it took and can misbehave."""

import asyncio
import ssl
import threading
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "netmon", "tr0ub4dor-and-more"


@dataclass(frozen=True, slots=True)
class Taken:
    """One message that the server took: the recipient of its envelope and its bytes."""

    recipient: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        found = message_from_bytes(self.content, policy=default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass(slots=True)
class SmtpBehaviour:
    """What the server does instead of taking everything.

    `at` maps a command, or a recipient's address, to what it answers in turn before it behaves again: a reply, `drop`
    for a lost connection or `hang`. `drop_taken` loses so many connections after a message was taken, before it says
    so. `per_connection` messages are taken by one connection.
    """

    at: dict[str, list[str]] = field(default_factory=dict)
    drop_taken: int = 0
    per_connection: int = 1_000_000


class SmtpServer:
    """What was taken so far; `connections` counts those that said hello."""

    def __init__(self) -> None:
        self.port = 0
        self.behaviour = SmtpBehaviour()
        self.taken: list[Taken] = []
        self.connections = 0
        self.logins: list[bool] = []

    def copies(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(one.message_id for one in self.taken)

    async def handle_EHLO(  # noqa: N802 - the names that aiosmtpd calls
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        await self._misbehave("EHLO", server)
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if getattr(session, "taken", 0) >= self.behaviour.per_connection:
            return "421 too many messages in this session"
        reply = await self._misbehave("MAIL", server)
        if reply is None:
            envelope.mail_from = address
        return reply or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        reply = await self._misbehave(address, server) or await self._misbehave("RCPT", server)
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        reply = await self._misbehave("DATA", server)
        if reply is not None:
            return reply
        assert isinstance(envelope.content, bytes)
        self.taken += [Taken(one, envelope.content) for one in envelope.rcpt_tos]
        session.taken = getattr(session, "taken", 0) + 1  # type: ignore[attr-defined]
        if self.behaviour.drop_taken:
            self.behaviour.drop_taken -= 1
            await _drop(server)
        return "250 taken"

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        """aiosmtpd's authenticator."""
        known = data == LoginPassword(USER.encode(), PASSWORD.encode())
        self.logins.append(known)
        return AuthResult(success=known, handled=False)

    async def _misbehave(self, place: str, server: SMTP) -> str | None:
        replies = self.behaviour.at.get(place)
        if not replies:
            return None
        reply = replies.pop(0)
        if reply == "drop":
            await _drop(server)
        if reply == "hang":
            await asyncio.Event().wait()
        return reply


async def _drop(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()
    await asyncio.Event().wait()  # aiosmtpd ends this coroutine with the connection


@contextmanager
def an_smtp_server(
    *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, auth: bool = False
) -> Iterator[SmtpServer]:
    """A running server on a free port, gone at the end."""
    server = SmtpServer()
    options: dict[str, object] = {"tls_context": starttls, "require_starttls": starttls is not None}
    if auth:  # aiosmtpd can require a login only behind STARTTLS
        protected = starttls is not None
        options |= {"authenticator": server.authenticate, "auth_required": protected, "auth_require_tls": protected}
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        return SMTP(server, hostname="mail.test", loop=loop, **options)  # type: ignore[arg-type]

    async def listen() -> asyncio.Server:
        return await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls)

    thread = threading.Thread(target=loop.run_forever, name="smtp-server")
    thread.start()
    listener = _run(loop, listen())
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        _run(loop, _stop(listener))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=20)
        loop.close()


async def _stop(listener: asyncio.Server) -> None:
    listener.close()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


def _run(loop: asyncio.AbstractEventLoop, what: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run_coroutine_threadsafe(what, loop).result(timeout=20)
