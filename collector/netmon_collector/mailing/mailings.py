"""The mails of a collector: what is due is queued, what is queued goes to the server."""

import logging
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from netmon.domain.mailing import MailKind
from netmon_collector.mail import SmtpMailer
from netmon_collector.mailing.alerts import queue_alerts
from netmon_collector.mailing.reports import due_day, due_week, queue_digest, queue_week
from netmon_collector.services import Services
from netmon_collector.use_cases.delivery import Delivered, DeliveryResult, Mailer, deliver

ALERTS_EVERY = timedelta(minutes=10)
_FOR_S = 20.0  # a round: the collector may be told to stop meanwhile
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueMails:
    """Mails that are due now: `name` and `due` as in the job runner's lock, so that one collector queues them."""

    name: str
    due: str
    queue: Callable[[], int]


class Mailings:
    """The mails of one collector process; `mailer` is the way to the server where it is not the configured one."""

    def __init__(self, services: Services, mailer: Mailer | None = None) -> None:
        self._services = services
        server = services.settings.mail
        self._mailer = mailer if mailer is not None or server is None else SmtpMailer(server)

    @property
    def is_set_up(self) -> bool:
        """Whether there is a server; without one nothing is queued."""
        return self._services.settings.mail is not None

    def say_what_is_missing(self) -> None:
        """At the start: recipients whom nothing can reach are no small thing."""
        if not self.is_set_up and self._services.mailing.recipients:
            _log.warning("recipients are named, but collector.yaml has no section 'mail': nobody gets a mail")

    def due(self, at: datetime) -> Iterator[DueMails]:
        """What is to be queued at an instant, each once whatever collector asks. Blocks."""
        services, mailing = self._services, self._services.mailing
        if not self.is_set_up:
            return
        for territory in mailing.territories(MailKind.REPORT):
            week = due_week(services, territory, at)
            if week is not None:
                yield DueMails(
                    name=f"reporting {territory}",
                    due=week.name,
                    queue=partial(queue_week, services, territory, week),
                )
        for territory in mailing.territories(MailKind.DIGEST):
            day = due_day(services, territory, at)
            if day is not None:
                yield DueMails(
                    name=f"digest {territory}",
                    due=day.isoformat(),
                    queue=partial(queue_digest, services, territory, day),
                )
        for territory in mailing.territories(MailKind.ALERT):
            yield DueMails(
                name=f"alerting {territory}",
                due=str(int(at.timestamp() // ALERTS_EVERY.total_seconds())),
                queue=partial(queue_alerts, services, territory, at),
            )

    def send(self) -> Delivered | None:
        """One round of delivery; None where there is no server. Blocks. Raises StoreError."""
        server = self._services.settings.mail
        if server is None or self._mailer is None:
            return None
        done = deliver(
            queue=self._services.store,
            mailer=self._mailer,
            clock=self._services.clock,
            holder=secrets.token_hex(8),
            per_minute=server.per_minute,
            for_s=_FOR_S,
        )
        _tell(done)
        return done


def _tell(done: Delivered) -> None:
    taken = done.count(DeliveryResult.TAKEN)
    if taken:
        _log.info("%d mails delivered", taken)
    for mail, result, reason in done.results:
        if result is not DeliveryResult.TAKEN:
            _log.warning("mail %s: %s: %s", mail, result.value, reason)
    if done.trouble is not None:
        _log.warning("the mail server takes nothing now, tried again later: %s", done.trouble)
