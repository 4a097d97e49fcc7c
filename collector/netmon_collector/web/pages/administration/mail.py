"""Mail: who gets what by recipients.yaml, and how the queue stands."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from aiohttp import web

from netmon.domain.mailing import MailKind, Recipient
from netmon.domain.registry import Registry
from netmon_collector.services import Services
from netmon_collector.use_cases.mail_queue import MailRow, MailState
from netmon_collector.web.access.addresses import see_other
from netmon_collector.web.access.forms import field
from netmon_collector.web.keys import SERVICES
from netmon_collector.web.pages.administration.tabs import MAIL, tab_answer
from netmon_collector.web.pages.shell.reader import Reader
from netmon_collector.wording.figures import moment_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook

_MOST_SHOWN = 100
_GIVE_UP_AFTER = timedelta(days=5)
_KINDS = {
    MailKind.REPORT: N_("weekly report"),
    MailKind.DIGEST: N_("daily digest"),
    MailKind.ALERT: N_("alert"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRow:
    address: str
    territory: str
    kinds: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    id: str
    subject: str
    address: str
    state: str
    queued: str
    tries: int
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailsView:
    """`is_set_up` is false where collector.yaml names no mail server: then nothing is sent."""

    is_set_up: bool
    recipients: tuple[RecipientRow, ...]
    mails: tuple[MailView, ...]


def add_mail_routes(app: web.Application) -> None:
    app.router.add_get("/administration/mail/", get_mail)
    app.router.add_post("/administration/mail/retry", post_retry)


async def get_mail(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    return await tab_answer(request, "mail.html", lambda reader: _view(services, reader), tab=MAIL)


def _view(services: Services, reader: Reader) -> MailsView:
    registry, language = services.registry, reader.language
    return MailsView(
        is_set_up=services.settings.mail is not None,
        recipients=tuple(_recipient(one, registry, language) for one in services.mailing.recipients),
        mails=tuple(
            _mail(one, reader.territory.time_zone, language) for one in services.store.mails(limit=_MOST_SHOWN)
        ),
    )


def _recipient(one: Recipient, registry: Registry, language: Language) -> RecipientRow:
    say = phrasebook(language).say
    known = registry.territory_by_id.get(one.territory)
    return RecipientRow(
        address=one.address,
        territory=one.territory if known is None else known.name.in_language(language),
        kinds=", ".join(say(word) for kind, word in _KINDS.items() if kind in one.kinds),
        language=one.language,
    )


def _mail(one: MailRow, zone: tzinfo, language: Language) -> MailView:
    return MailView(
        id=one.id,
        subject=one.subject,
        address=one.key.address,
        state=one.state.value,
        queued=moment_text(one.queued_at, zone, language),
        tries=one.tries,
        reason=one.reason if one.state is not MailState.SENT else None,
    )


async def post_retry(request: web.Request) -> web.Response:
    """Queue a mail that failed once more."""
    services = request.app[SERVICES]
    at, server = services.clock.now(), services.settings.mail
    give_up_at = at + (_GIVE_UP_AFTER if server is None else server.give_up_after)
    await asyncio.to_thread(services.store.retry_mails, [field(request, "mail")], at=at, give_up_at=give_up_at)
    return see_other(request, MAIL.path, done="changed")
