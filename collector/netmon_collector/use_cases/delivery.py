"""Delivering mails: what is claimed, tried and put down in which order, so that none is lost and few come twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from netmon.clock import Clock
from netmon_collector.use_cases.mail_queue import STALE, ClaimedMail, MailQueue, retry_delay

_AT_ONCE = 50


class DeliveryResult(StrEnum):
    """What a server said to one mail."""

    TAKEN = "taken"
    REFUSED = "refused"  # for good
    LATER = "later"  # not now
    UNKNOWN = "unknown"  # the connection was lost before it said anything


class Marks(Protocol):
    """What is put down while mails are on their way."""

    def begins(self, mail: ClaimedMail) -> bool:
        """The content is about to be sent; False when it must not be."""
        ...

    def ended(self, mail: ClaimedMail, result: DeliveryResult, reason: str) -> None: ...


class Mailer(Protocol):
    """The way to a server."""

    def send(self, mails: Sequence[ClaimedMail], marks: Marks) -> str | None:
        """Offer mails to the server, one after another; answers why it takes none of the rest now, None when it did."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a round came to; `trouble` is why the server takes nothing now."""

    results: tuple[tuple[str, DeliveryResult, str], ...]
    trouble: str | None

    def count(self, result: DeliveryResult) -> int:
        return sum(one is result for _, one, _ in self.results)


def deliver(
    *, queue: MailQueue, mailer: Mailer, clock: Clock, holder: str, per_minute: int, for_s: float = 50.0
) -> Delivered:
    """Send what is due until nothing is, the server is in trouble, or the time is up. Raises StoreError.

    `holder` names this round and no other.
    """
    marks = _Marks(queue, holder, clock.now)
    ends_at, trouble = clock.monotonic() + for_s, None
    while trouble is None and clock.monotonic() < ends_at:
        at = clock.now()
        mails = queue.claim_mails(holder=holder, at=at, until=at + STALE, most=_AT_ONCE, per_minute=per_minute)
        if not mails:
            break
        try:
            trouble = mailer.send(mails, marks)
        finally:
            if trouble is None:
                queue.release_mails(holder=holder)
            else:
                _postpone(queue, mails, trouble, holder, clock)
    return Delivered(results=tuple(marks.results), trouble=trouble)


def _postpone(queue: MailQueue, mails: Sequence[ClaimedMail], trouble: str, holder: str, clock: Clock) -> None:
    now, first = clock.now(), mails[0]
    queue.postpone_mails(holder=holder, reason=trouble, at=now, until=now + retry_delay(first.id, first.tries + 1))


class _Marks:
    """Puts down in the queue what happens to each mail."""

    def __init__(self, queue: MailQueue, holder: str, now: Callable[[], datetime]) -> None:
        self._queue, self._holder, self._now = queue, holder, now
        self.results: list[tuple[str, DeliveryResult, str]] = []

    def begins(self, mail: ClaimedMail) -> bool:
        return self._queue.begin_mail(mail.id, holder=self._holder, at=self._now())

    def ended(self, mail: ClaimedMail, result: DeliveryResult, reason: str) -> None:
        self.results.append((mail.id, result, reason))
        queue, holder, at = self._queue, self._holder, self._now()
        if result is DeliveryResult.TAKEN:
            queue.end_mail(mail.id, holder=holder, at=at)
        elif result is DeliveryResult.REFUSED:
            queue.refuse_mail(mail.id, holder=holder, reason=reason, at=at)
        elif result is DeliveryResult.UNKNOWN:
            queue.lose_mail(mail.id, holder=holder, reason=reason)
        else:
            next_at = at + retry_delay(mail.id, mail.tries + 1)
            queue.defer_mail(mail.id, holder=holder, reason=reason, at=at, next_at=next_at)
