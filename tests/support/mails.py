"""Builders of mails."""

from datetime import datetime, timedelta

from netmon.domain.identifiers import TerritoryId
from netmon.domain.mailing import MailKind
from netmon_collector.use_cases.mail_queue import MailBody, MailKey, NewMail
from tests.support.store import NOW

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
