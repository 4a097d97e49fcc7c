"""From what was rendered to the bytes that travel: one body for all recipients, and the few lines that are each one's.

The bytes are made once, when a mail is queued: whatever is sent later is the same.
"""

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

from netmon.domain.mailing import Recipient
from netmon_collector.mail_settings import MailServer
from netmon_collector.use_cases.mail_queue import MailBody, MailKey, NewMail

MOST_BYTES = 10 * 1024 * 1024  # what common servers take
_POLICY = SMTP.clone(cte_type="7bit")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPicture:
    """A PNG that the HTML shows as ``cid:NAME``."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """A file that is attached; `media_type` as ``application/pdf``."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MailParts:
    """What a mail says, in one language: the same as text and, where there is one, as HTML."""

    subject: str
    text: str
    html: str | None = None
    pictures: tuple[MailPicture, ...] = ()
    files: tuple[MailFile, ...] = ()


def mail_body(parts: MailParts, *, server: MailServer, language: str, at: datetime) -> MailBody:
    """The body of a rendering, with the headers that all its mails share; the same parts give the same bytes.

    Files that would make it larger than servers take are left out, the largest first, and the log says so.
    """
    body = _body(parts, server=server, language=language, at=at)
    while len(body.content) > MOST_BYTES and parts.files:
        largest = max(parts.files, key=lambda one: len(one.content))
        _log.warning("mail '%s': %s is left out, it is too large to be mailed", parts.subject, largest.name)
        parts = replace(parts, files=tuple(one for one in parts.files if one is not largest))
        body = _body(parts, server=server, language=language, at=at)
    return body


def new_mail(
    key: MailKey,
    recipient: Recipient,
    parts: MailParts,
    body: MailBody,
    *,
    server: MailServer,
    not_before: datetime,
    answers: MailKey | None = None,
) -> NewMail:
    """A mail to one recipient; `answers` is the one that it follows up."""
    head = [f"To: {key.address}", f"Message-ID: {_message_id(key, server)}"]
    if answers is not None:
        head += [f"{name}: {_message_id(answers, server)}" for name in ("In-Reply-To", "References")]
    return NewMail(
        key=key,
        language=recipient.language,
        subject=parts.subject,
        head="".join(f"{line}\r\n" for line in head),
        body=body,
        not_before=not_before,
        give_up_at=not_before + server.give_up_after,
    )


def _message_id(key: MailKey, server: MailServer) -> str:
    return f"<{key.id}@{server.sender.rpartition('@')[2]}>"


def _body(parts: MailParts, *, server: MailServer, language: str, at: datetime) -> MailBody:
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(display_name=server.sender_name or "", addr_spec=server.sender)
    message["Date"] = at.astimezone(UTC)
    message["Subject"] = parts.subject
    message["Content-Language"] = language
    message["Auto-Submitted"] = "auto-generated"  # so that no absence note answers
    message.set_content(parts.text, cte=_encoding(parts.text))
    if parts.html is not None:
        message.add_alternative(parts.html, subtype="html", cte=_encoding(parts.html))
        _, html = message.iter_parts()
        for picture in parts.pictures:
            html.add_related(picture.content, "image", "png", cid=f"<{picture.name}>", filename=f"{picture.name}.png")
    for file in parts.files:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.content, main, sub, filename=file.name)
    _name_boundaries(message, parts)
    return MailBody(content=message.as_bytes().decode("ascii"))


def _encoding(text: str) -> str:
    """What takes least for Russian, and for English what stays readable."""
    return "quoted-printable" if text.isascii() else "base64"


def _name_boundaries(message: EmailMessage, parts: MailParts) -> None:
    """The library draws boundaries at random; these follow from what they bound."""
    known = sha256(repr(parts).encode()).hexdigest()[:24]
    for number, part in enumerate(one for one in message.walk() if one.is_multipart()):
        part.set_boundary(f"=_netmon_{known}_{number}")
