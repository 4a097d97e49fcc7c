"""Who may start a session: the ticket, its one use, and the budget."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from netmon.clock import Clock
from netmon.domain.identifiers import ServerId
from netmon.domain.measurement import Reason
from netmon.errors import NetmonError
from netmon.wire.ticket import Keys, Ticket, TicketError, check_ticket, open_ticket, read_ticket
from netmon_collector.measurement_server.admission import Budget
from netmon_collector.measurement_server.used_tickets import UsedTickets


class RefusedError(NetmonError):
    """The session is refused, with the reason for the agent and when to try again."""

    def __init__(self, reason: Reason, retry_at: datetime | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.retry_at = retry_at


@dataclass(frozen=True, slots=True)
class Admission:
    """An admitted session: its ticket, its name, the rate it may use (IP layer), and when it is over (monotonic)."""

    ticket: Ticket
    session: str
    rate_bps: int
    ends_s: float


class Gate:
    """Admits sessions; safe to use from many threads."""

    def __init__(
        self, *, server: ServerId, keys: Keys, used: UsedTickets, budget: Budget, clock: Clock, grace_s: float
    ) -> None:
        self._server, self._keys, self._used, self._budget, self._clock = server, keys, used, budget, clock
        self._grace_s = grace_s
        self._draining_until: datetime | None = None

    def drain(self, until: datetime) -> None:
        """Refuse every new session from now on; the server is back after `until` at the earliest."""
        self._draining_until = until

    def admit(self, text: str) -> Admission:
        """Raises RefusedError."""
        now = self._clock.now()
        if self._draining_until is not None:
            raise RefusedError(Reason.SERVER_BUSY, self._draining_until)
        try:
            ticket = open_ticket(text, self._keys)
            check_ticket(ticket, server=self._server, at=now)
        except TicketError as error:
            raise RefusedError(error.reason, _retry_of(error, text)) from error
        if ticket.not_before < self._used.since:
            # It may have been used before our memory was lost; the agent's next ticket will do.
            raise RefusedError(Reason.SERVER_RESTARTED, ticket.not_after)
        session = secrets.token_urlsafe(18)
        ends_s = self._reserve(session, ticket, now)
        fresh = False
        try:
            fresh = self._used.use(ticket.id, until=ticket.not_after, now=now)
        finally:
            if not fresh:  # used before, or the memory could not be written
                self._budget.release(session)
        if not fresh:
            raise RefusedError(Reason.TICKET_REUSED)
        return Admission(ticket, session, min(ticket.rate_bps, self._budget.total_bps), ends_s)

    def _reserve(self, session: str, ticket: Ticket, now: datetime) -> float:
        """When the session has to be over."""
        now_s, longest_s = self._clock.monotonic(), ticket.duration_s + self._grace_s
        wait_s = self._budget.reserve(session, rate_bps=ticket.rate_bps, now_s=now_s, duration_s=longest_s)
        if wait_s is not None:
            raise RefusedError(Reason.SERVER_BUSY, now + timedelta(seconds=wait_s))
        return now_s + longest_s


def _retry_of(error: TicketError, text: str) -> datetime | None:
    return read_ticket(text).not_before if error.reason is Reason.TICKET_NOT_YET_VALID else None
