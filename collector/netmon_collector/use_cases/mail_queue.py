"""Mails that wait to be delivered: one for each (kind, recipient, period, revision), kept as the bytes that travel."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from netmon.domain.identifiers import TerritoryId
from netmon.domain.mailing import MailKind

# Who began to send a mail and was not heard of for so long has died: somebody else sends it again.
STALE = timedelta(minutes=15)
# A mail that may have arrived so often is not sent once more by itself.
MOST_COPIES = 3
_FIRST_DELAY = timedelta(minutes=1)
_LONGEST_DELAY = timedelta(minutes=30)


class MailState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"  # committed before the server gets the content; the outcome is not known yet
    SENT = "sent"  # the server has taken it
    FAILED = "failed"  # refused for good, or given up: says why, and goes again only when a person says so


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKey:
    """What makes a mail one: it is queued once. `period` names what it is about."""

    kind: MailKind
    territory: TerritoryId
    address: str
    period: str
    revision: int

    @property
    def id(self) -> str:
        """The same for the same key, wherever it is queued; its Message-ID is made of it."""
        members = (self.kind.value, self.territory, self.address, self.period, str(self.revision))
        return sha256("".join(f"{len(one)}:{one}\n" for one in members).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBody:
    """What all mails of one rendering share, the subject's header included: ASCII with CRLF."""

    content: str

    @property
    def hash(self) -> str:
        return sha256(self.content.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """A mail to be queued: `head` are the header lines of its own, put before the body they make what travels."""

    key: MailKey
    language: str
    subject: str
    head: str
    body: MailBody
    not_before: datetime
    give_up_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedMail:
    """A mail that this process alone may send, byte by byte what was queued."""

    id: str
    address: str
    tries: int
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """How a mail stands; `reason` is what last went wrong, `copies` how many times more it may have arrived."""

    id: str
    key: MailKey
    language: str
    subject: str
    state: MailState
    queued_at: datetime
    next_at: datetime
    tries: int
    copies: int
    sent_at: datetime | None
    failed_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCounts:
    """How many mails are in which state; `oldest` is when the one was due that waits longest."""

    states: Mapping[tuple[MailKind, MailState], int]
    oldest: datetime | None
    possibly_doubled: int

    def of(self, state: MailState) -> int:
        return sum(number for (_, one), number in self.states.items() if one is state)


class MailQueue(Protocol):
    """What queueing and delivery need; each call is one transaction."""

    def queue_mails(self, mails: Sequence[NewMail], *, at: datetime) -> int:
        """Queue those that are not there yet; answers how many that were."""
        ...

    def mail_addresses(self, kind: MailKind, territory: TerritoryId, period: str) -> Collection[str]:
        """Who has a mail about a period already, whatever its state and revision."""
        ...

    def claim_mails(
        self, *, holder: str, at: datetime, until: datetime, most: int, per_minute: int
    ) -> Sequence[ClaimedMail]:
        """Take on mails that are due and nobody else is at, alerts first; a claim ends by itself."""
        ...

    def begin_mail(self, mail: str, *, holder: str, at: datetime) -> bool:
        """The content is about to be sent. False when somebody else has it: then it must not be."""
        ...

    def end_mail(self, mail: str, *, holder: str, at: datetime) -> None:
        """The server has taken it."""
        ...

    def refuse_mail(self, mail: str, *, holder: str, reason: str, at: datetime) -> None:
        """The server has refused it for good."""
        ...

    def defer_mail(self, mail: str, *, holder: str, reason: str, at: datetime, next_at: datetime) -> None:
        """It did not go now; it has failed when its time is up."""
        ...

    def lose_mail(self, mail: str, *, holder: str, reason: str) -> None:
        """Nobody knows whether the server has taken it: it stays `sending` until it is stale."""
        ...

    def release_mails(self, *, holder: str) -> None:
        """Give back what was claimed and not begun."""
        ...

    def postpone_mails(self, *, holder: str, reason: str, at: datetime, until: datetime) -> None:
        """The server takes nothing now: give back what was claimed, and nobody tries before a time.

        What should have gone long ago has failed.
        """
        ...


def retry_delay(mail: str, tries: int) -> timedelta:
    """How long to wait after so many tries, at least one: doubling, less up to a quarter that differs between mails."""
    longest: timedelta = min(_LONGEST_DELAY, _FIRST_DELAY * (1 << min(tries - 1, 10)))
    part = int.from_bytes(sha256(f"{mail} {tries}".encode()).digest()[:4]) / 2**32
    return longest * (1 - part / 4)
