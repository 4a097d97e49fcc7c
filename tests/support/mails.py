"""Builders of mails."""

from dataclasses import replace
from datetime import datetime, timedelta

from netmon.domain.identifiers import TerritoryId
from netmon.domain.mailing import MailKind
from netmon_collector.mail import SmtpMailer
from netmon_collector.mail_settings import MailServer, Security
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.delivery import Delivered, deliver
from netmon_collector.use_cases.mail_queue import MailBody, MailKey, MailState, NewMail
from tests.support.store import NOW, FakeClock

BODY = MailBody(content="Subject: Report\r\nContent-Type: text/plain\r\n\r\nEverything is well.\r\n.\r\nReally.\r\n")


def a_mail(
    address: str = "a@example.org",
    *,
    kind: MailKind = MailKind.REPORT,
    territory: str = "district",
    period: str = "2026-W47",
    revision: int = 1,
    not_before: datetime = NOW,
    give_up_at: datetime | None = None,
    body: MailBody = BODY,
) -> NewMail:
    key = MailKey(kind=kind, territory=TerritoryId(territory), address=address, period=period, revision=revision)
    return NewMail(
        key=key,
        language="ru",
        subject="Report",
        head=f"To: {address}\r\nMessage-ID: <{key.id}@example.org>\r\n",
        body=body,
        not_before=not_before,
        give_up_at=give_up_at or not_before + timedelta(days=5),
    )


def a_mail_server(port: int, security: Security = Security.NONE, **changes: object) -> MailServer:
    """A server on this machine."""
    server = MailServer(
        host="localhost", port=port, security=security, sender="netmon@example.org", timeout_s=10.0, per_minute=1000
    )
    return replace(server, **changes)  # type: ignore[arg-type]


def deliver_to(server: MailServer, store: SqlStore, clock: FakeClock, *, holder: str = "a") -> Delivered:
    """One round of delivery."""
    return deliver(queue=store, mailer=SmtpMailer(server), clock=clock, holder=holder, per_minute=server.per_minute)


def states(store: SqlStore) -> dict[str, MailState]:
    """The state of each mail by its address."""
    return {row.key.address: row.state for row in store.mails(limit=10_000)}
