"""Who gets which mail, and when a mail is due."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from hashlib import sha256

from netmon.domain.identifiers import TerritoryId
from netmon.domain.period import Period

_DAY = timedelta(days=1)


class MailKind(StrEnum):
    REPORT = "report"  # once a week, and whenever a person sends one
    DIGEST = "digest"  # on every school day
    ALERT = "alert"  # at once, and once more on recovery


class Attachment(StrEnum):
    PDF = "pdf"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """An address that gets mails about one territory; with another territory it is another recipient."""

    address: str
    territory: TerritoryId
    language: str
    kinds: frozenset[MailKind]
    attachments: frozenset[Attachment] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTime:
    """When the report of a week goes out: on a weekday (0 is Monday) after it, spread over some minutes."""

    weekday: int = 0
    at: time = time(8)
    spread: timedelta = timedelta(minutes=15)

    def of(self, week: Period, zone: tzinfo) -> datetime:
        """The instant of one week's report."""
        return datetime.combine(week.last + (1 + self.weekday) * _DAY, self.at, tzinfo=zone)

    def due_week(self, now: datetime, zone: tzinfo) -> Period:
        """The latest week whose report is due; that of an earlier week is not made up for."""
        week = Period.week(now.astimezone(zone).date()).previous
        while self.of(week, zone) > now:
            week = week.previous
        return week


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """When a line is worth a mail at once: so many bad ones `of` its last decided slots.

    It has recovered with so many passed ones in a row. A slot that was reported later than `fresh` after its end
    alerts nobody.
    """

    bad: int = 4
    of: int = 6
    recovered_after: int = 3
    fresh: timedelta = timedelta(hours=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """Everything that recipients.yaml says."""

    recipients: tuple[Recipient, ...] = ()
    report: ReportTime = field(default_factory=ReportTime)
    digest_at: time = time(18, 30)
    alert: AlertRule = field(default_factory=AlertRule)

    def wanting(self, kind: MailKind, territory: TerritoryId) -> tuple[Recipient, ...]:
        return tuple(one for one in self.recipients if one.territory == territory and kind in one.kinds)

    def territories(self, kind: MailKind) -> tuple[TerritoryId, ...]:
        """The territories about which somebody wants mails of a kind."""
        return tuple(sorted({one.territory for one in self.recipients if kind in one.kinds}))

    def due_digest(self, now: datetime, zone: tzinfo) -> date:
        """The latest local day whose digest is due."""
        local = now.astimezone(zone)
        return local.date() if local.time() >= self.digest_at else local.date() - _DAY


def offset_of(address: str, spread: timedelta) -> timedelta:
    """The place of an address within a time: always the same, and others elsewhere."""
    seconds = int(spread.total_seconds())
    return timedelta(seconds=int.from_bytes(sha256(address.encode()).digest()[:8]) % seconds if seconds else 0)
