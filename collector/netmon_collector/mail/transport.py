"""The dialogue with an SMTP server: one connection for many mails, every step with a timeout, certificates verified."""

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Sequence

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from netmon_collector.mail_settings import MailServer, Security
from netmon_collector.use_cases.delivery import DeliveryResult, Marks
from netmon_collector.use_cases.mail_queue import ClaimedMail

SLOWEST_BYTES_PER_S = 32 * 1024  # how fast content goes at least, beside the timeout of its step
_CLOSING = 421  # the server ends the connection
_PERMANENT = 500
_LONGEST_REASON = 300
_TROUBLE = (SMTPException, OSError)  # OSError: no route, no certificate, a timeout


class SmtpMailer:
    """The way to one server. `send` is a Mailer of use_cases/delivery.py and blocks."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def send(self, mails: Sequence[ClaimedMail], marks: Marks) -> str | None:
        """Offer mails to the server; answers why it takes none of the rest now, None when it was asked about all."""
        return asyncio.run(self._send(deque(mails), marks))

    async def _send(self, rest: deque[ClaimedMail], marks: Marks) -> str | None:
        """A connection that ends after it took something is made again: servers limit the mails of one."""
        while rest:
            before = len(rest)
            try:
                client = self._client()
                async with client:
                    while rest:
                        await self._offer(client, rest, marks)
            except _TROUBLE as error:
                if len(rest) == before:
                    return self._told(error)
        return None

    def _client(self) -> SMTP:
        server = self._server
        name = socket.gethostname()
        return SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            # Asking the resolver for our own name can take longer than everything else.
            local_hostname=name if "." in name else server.sender.rpartition("@")[2],
            timeout=server.timeout_s,
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
            tls_context=None if server.security is Security.NONE else ssl.create_default_context(cafile=server.ca),
        )

    async def _offer(self, client: SMTP, rest: deque[ClaimedMail], marks: Marks) -> None:
        """Offer the first of the rest and take it out with its result, unless the server is in trouble before."""
        mail = rest[0]
        await client.mail(self._server.sender)
        try:
            await client.rcpt(mail.address)
        except SMTPRecipientRefused as error:
            self._answered(rest, marks, _result(error), error)
            await client.rset()
            return
        if not marks.begins(mail):
            rest.popleft()
            await client.rset()
            return
        try:
            await client.data(mail.content, timeout=self._server.timeout_s + len(mail.content) / SLOWEST_BYTES_PER_S)
        except SMTPDataError as error:
            self._answered(rest, marks, _result(error), error)
        except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
            self._answered(rest, marks, DeliveryResult.UNKNOWN, error)
            raise
        else:
            self._answered(rest, marks, DeliveryResult.TAKEN)

    def _answered(
        self, rest: deque[ClaimedMail], marks: Marks, result: DeliveryResult, error: Exception | None = None
    ) -> None:
        marks.ended(rest.popleft(), result, "" if error is None else self._told(error))
        if isinstance(error, SMTPResponseException) and error.code == _CLOSING:
            raise error

    def _told(self, error: Exception) -> str:
        """What went wrong in one line that no secret can be read from."""
        if isinstance(error, SMTPResponseException):
            said = f"{error.code} {error.message}"
        else:
            said = str(error) or type(error).__name__
        if self._server.password:
            said = said.replace(self._server.password, "…")
        line = " ".join("".join(one if one.isprintable() else " " for one in said).split())
        return f"{self._server.host}:{self._server.port}: {line}"[:_LONGEST_REASON]


def _result(error: SMTPResponseException) -> DeliveryResult:
    return DeliveryResult.REFUSED if error.code >= _PERMANENT else DeliveryResult.LATER
