"""From what is to be said to mails in the queue: rendered once for all recipients who get the same."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from netmon.domain.identifiers import TerritoryId
from netmon.domain.mailing import Attachment, MailKind, Recipient
from netmon.errors import ConfigError
from netmon_collector.mail import MailFile, MailParts, MailPicture, mail_body, new_mail
from netmon_collector.mail_settings import MailServer
from netmon_collector.report.links import Links
from netmon_collector.report.mails import RenderedMail
from netmon_collector.services import Services
from netmon_collector.use_cases.mail_queue import MailKey, NewMail
from netmon_collector.wording import Language

Render = Callable[[Language], RenderedMail]
Attach = Callable[[Attachment, Language], MailFile]
When = Callable[[Recipient], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One thing to be said: `period` and `revision` make it one, however often it is queued.

    `answers` is the revision of the same that it follows up.
    """

    kind: MailKind
    territory: TerritoryId
    period: str
    revision: int
    render: Render
    attach: Attach | None = None
    answers: int | None = None

    def key(self, address: str, revision: int) -> MailKey:
        return MailKey(kind=self.kind, territory=self.territory, address=address, period=self.period, revision=revision)


def mail_server(services: Services) -> MailServer:
    """Raises ConfigError where there is none."""
    server = services.settings.mail
    if server is None:
        raise ConfigError("collector.yaml names no mail server; write the section 'mail' (docs/mail.md)")
    return server


def links_of(services: Services) -> Links:
    return Links(services.settings.public_url)


def queue_letter(services: Services, letter: Letter, recipients: Iterable[Recipient], *, not_before: When) -> int:
    """Queue it for each recipient; answers how many have not had it yet. Blocks. Raises ConfigError, StoreError."""
    at = services.clock.now()
    found = [mail for group in _groups(recipients) for mail in _mails(services, letter, group, at, not_before)]
    return services.store.queue_mails(found, at=at)


def _groups(recipients: Iterable[Recipient]) -> Iterable[list[Recipient]]:
    """Those who get the same bytes."""
    ordered = sorted(recipients, key=lambda one: (*_same(one), one.address))
    return (list(group) for _, group in groupby(ordered, key=_same))


def _same(one: Recipient) -> tuple[str, list[str]]:
    return one.language, sorted(one.attachments)


def _mails(
    services: Services, letter: Letter, group: list[Recipient], at: datetime, not_before: When
) -> Iterable[NewMail]:
    server, language = mail_server(services), Language(group[0].language)
    files = () if letter.attach is None else (letter.attach(one, language) for one in sorted(group[0].attachments))
    parts = _parts(letter.render(language), tuple(files))
    body = mail_body(parts, server=server, language=language.value, at=at)
    return (
        new_mail(
            letter.key(one.address, letter.revision),
            one,
            parts,
            body,
            server=server,
            not_before=max(at, not_before(one)),
            answers=None if letter.answers is None else letter.key(one.address, letter.answers),
        )
        for one in group
    )


def _parts(rendered: RenderedMail, files: tuple[MailFile, ...]) -> MailParts:
    return MailParts(
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        pictures=tuple(MailPicture(name=name, content=content) for name, content in rendered.pictures),
        files=files,
    )
