"""The runner: every planned slot once, in its time, one at a time, and exactly one account of each."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from netmon.clock import Clock
from netmon.domain.identifiers import LineId, ServerId, SlotId
from netmon.domain.kinds import Reason, ResultKind, SlotEnd, SlotReason
from netmon.wire.agent_bodies import SlotBody
from netmon.wire.canonical import parse_time
from netmon.wire.records import RecordKind
from netmon.wire.ticket import TicketError, read_ticket
from netmon.wire.timetable import PlannedSlot, TicketOffer, Timetable
from netmon_agent.address import Address
from netmon_agent.collector_time import CollectorTime
from netmon_agent.errors import OutboxError, RecordTooLargeError
from netmon_agent.ports import Attempt, Draft, Meter, Organic, Purse, Say, SlotJournal, SlotMark, TimetableSource

LONGEST_WAIT_S = 60.0  # the device's clock may be set while we wait
MOST_ATTEMPTS = 6
_AGAIN_S = 5.0
_LEAST_RETRY = timedelta(seconds=1)

# After these another server may do better; anything else is what there is to say about the line.
ANOTHER_SERVER_MAY_HELP = frozenset(
    {
        Reason.SERVER_UNREACHABLE,
        Reason.SERVER_STALLED,
        Reason.CONNECTION_LOST,
        Reason.PROTOCOL_ERROR,
        Reason.TICKET_EXPIRED,
        Reason.TICKET_NOT_YET_VALID,
        Reason.TICKET_REUSED,
        Reason.TICKET_FORGED,
        Reason.TICKET_WRONG_SERVER,
        Reason.TICKET_MALFORMED,
        Reason.SERVER_RESTARTED,
        Reason.SERVER_BUSY,
        Reason.SENDER_LIMITED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where this device is: its interface, and where it reaches the servers if not where the timetable says."""

    interface: str | None
    server_addresses: Mapping[ServerId, Address]

    def attempt(self, timetable: Timetable, slot: PlannedSlot, offer: TicketOffer) -> Attempt:
        address = self.server_addresses.get(offer.server, Address(offer.host, offer.port))
        interface = self.interface or timetable.interface
        return Attempt(slot=slot, ticket=offer.ticket, address=address, interface=interface)


@dataclass(frozen=True, slots=True)
class _Try:
    """An offer with its place in the slot and the earliest time to show its ticket."""

    at: datetime
    index: int
    offer: TicketOffer


class _Progress:
    """What is left to try in a slot: fresh offers in their order, before those whose busy server named a time."""

    def __init__(self, fresh: list[_Try]) -> None:
        self._fresh = fresh
        self._waiting: list[_Try] = []

    def next(self) -> _Try | None:
        if self._fresh:
            return self._fresh[0]
        return min(self._waiting, key=lambda one: one.at, default=None)

    def begun(self, one: _Try) -> None:
        (self._fresh if one in self._fresh else self._waiting).remove(one)

    def again(self, one: _Try) -> None:
        self._waiting.append(one)

    def finish(self) -> None:
        self._fresh.clear()
        self._waiting.clear()


class SlotRunner:
    """Works through the timetable; times are the collector's, as well as this device knows them."""

    def __init__(
        self,
        *,
        source: TimetableSource,
        journal: SlotJournal,
        meter: Meter,
        measuring: Callable[[], AbstractContextManager[object]],
        place: Place,
        purse: Purse,
        organic: Organic,
        time: CollectorTime,
        clock: Clock,
        since: datetime,
        say: Say,
        diagnose: Callable[[Attempt, Mapping[str, object]], None] = lambda *_: None,
    ) -> None:
        """`since` is when the journal began: slots that ended before it are not this device's to account for."""
        self._source, self._journal, self._meter, self._measuring = source, journal, meter, measuring
        self._place, self._time, self._clock, self._since, self._say = place, time, clock, since, say
        self._purse, self._organic, self._diagnose = purse, organic, diagnose
        self._watched: set[SlotId] = set()
        self._marks = dict(journal.slot_marks())
        self._progress: dict[SlotId, _Progress] = {}
        self._busy_since: datetime | None = None  # when the attempt began that ended last
        self._trouble: str | None = None
        self._unwritten: tuple[list[Draft], SlotMark] | None = None

    def done(self) -> set[SlotId]:
        """The slots that have their account."""
        return {slot for slot, mark in list(self._marks.items()) if mark.done}

    def step(self) -> float:
        """Close what has ended, make one attempt if one is due; answers the seconds until the next thing to do."""
        timetable = self._source.current()
        if timetable is None or timetable.line is None:
            return LONGEST_WAIT_S
        try:
            self._write_what_waits()
            self._close_ended(timetable)
            due = self._due(timetable)
            if due is not None:
                self._attempt(timetable, *due)
                return 0.0
        except OutboxError as error:
            if str(error) != self._trouble:
                self._say(f"slots wait: {error}")
            self._trouble = str(error)
            return _AGAIN_S
        self._trouble = None
        return self._until_next(timetable)

    def _open(self, timetable: Timetable) -> Iterator[PlannedSlot]:
        """The slots without an account, in the order of their beginning."""
        for slot in sorted(timetable.slots, key=lambda one: (one.starts_at, one.id)):
            if not self._mark(slot).done:
                yield slot

    def _mark(self, slot: PlannedSlot) -> SlotMark:
        return self._marks.get(slot.id, SlotMark(id=slot.id))

    def _close_ended(self, timetable: Timetable) -> None:
        now = self._time.now()
        for slot in self._open(timetable):
            reason = self._missed(slot)
            if slot.ends_at <= now and (reason is not SlotReason.AGENT_OFF or self._is_certainly_missed(slot)):
                self._close(slot, reason)
        self._busy_since = None

    def _is_certainly_missed(self, slot: PlannedSlot) -> bool:
        """Whether a slot surely passed without us: a clock that runs ahead must not write off what is to come.

        Until the collector has told its time such an account can wait: it could not be sent either.
        """
        return self._time.is_known and slot.ends_at > self._since

    def _missed(self, slot: PlannedSlot) -> SlotReason | None:
        if self._mark(slot).attempts:
            return None
        overrun = self._busy_since is not None and slot.ends_at > self._busy_since
        return SlotReason.OVERRUN if overrun else SlotReason.AGENT_OFF

    def _close(self, slot: PlannedSlot, reason: SlotReason | None) -> None:
        """Write the one account of a slot. Raises OutboxError, and then it is still owed."""
        self._write([self._account(slot, reason)], replace(self._mark(slot), done=True))
        self._progress.pop(slot.id, None)
        self._say(f"slot {slot.id}: " + ("measured" if reason is None else f"not measured, {reason.value}"))

    def _account(self, slot: PlannedSlot, reason: SlotReason | None) -> Draft:
        end = SlotEnd.MEASURED if reason is None else SlotEnd.NOT_MEASURED
        body = SlotBody(slot=slot.id, end=end, reason=reason, at=self._clock.now())
        return Draft(RecordKind.SLOT, body.document())

    def _write(self, drafts: list[Draft], mark: SlotMark) -> None:
        """Raises OutboxError; what was measured then waits in memory and is written before anything else."""
        self._marks[mark.id] = mark
        if mark.done:
            self._watched.discard(mark.id)
        self._unwritten = (drafts, mark) if drafts else None
        self._journal.append(drafts, slot=mark)
        self._unwritten = None

    def _write_what_waits(self) -> None:
        if self._unwritten is not None:
            self._write(*self._unwritten)

    def _due(self, timetable: Timetable) -> tuple[PlannedSlot, _Try] | None:
        """What to try now; a slot that has nothing left to try gets its account on the way."""
        now = self._time.now()
        for slot in self._open(timetable):
            if not slot.starts_at <= now < slot.ends_at:
                continue
            if self._is_proven(timetable, slot):
                continue
            following = self._progress_of(timetable.line, slot).next()
            if following is None:
                self._close(slot, self._nothing_left(slot))
            elif following.at <= now and self._purse.is_empty():
                self._close(slot, None if self._mark(slot).attempts else SlotReason.BUDGET)
            elif following.at <= now:
                return slot, following
        return None

    def _is_proven(self, timetable: Timetable, slot: PlannedSlot) -> bool:
        """Whether its users' own traffic proved the slot; asked once, before anything is tried, and written down."""
        if slot.organic_s is None or slot.id in self._watched or self._mark(slot).tried:
            return False
        self._watched.add(slot.id)
        self._busy_since = self._time.now()
        if slot.ends_at - self._busy_since < timedelta(seconds=slot.organic_s):
            return False
        found = self._organic.proof(slot, self._place.interface or timetable.interface)
        if found is None:
            return False
        mark = replace(self._mark(slot), done=True)
        self._write([Draft(RecordKind.MEASUREMENT, found), self._account(slot, None)], mark)
        self._say(f"slot {slot.id}: {_summary(found)}, no test needed")
        return True

    def _progress_of(self, line: LineId | None, slot: PlannedSlot) -> _Progress:
        if slot.id not in self._progress:
            tried = self._mark(slot).tried
            offers = [_Try(slot.starts_at, index, offer) for index, offer in enumerate(slot.offers) if index >= tried]
            self._progress[slot.id] = _Progress([one for one in offers if fits(one.offer, slot, line)])
        return self._progress[slot.id]

    def _nothing_left(self, slot: PlannedSlot) -> SlotReason | None:
        """Why a slot ends whose every ticket was tried, spent before a restart, or never fitted."""
        mark = self._mark(slot)
        if mark.attempts:
            return None
        return SlotReason.AGENT_OFF if mark.tried else SlotReason.NO_TICKET

    def _attempt(self, timetable: Timetable, slot: PlannedSlot, one: _Try) -> None:
        mark = self._mark(slot)
        # A ticket opens one session: after a restart in the middle it must not be shown again.
        self._write([], replace(mark, tried=max(mark.tried, one.index + 1)))
        self._progress[slot.id].begun(one)
        self._busy_since = self._time.now()
        with self._measuring():
            attempt = self._place.attempt(timetable, slot, one.offer)
            found = self._meter(attempt)
        self._purse.pay(found)
        self._organic.learn(slot, attempt.interface, found)
        self._say(f"slot {slot.id}: {_summary(found)} by {one.offer.server}")
        self._conclude(slot, one, found)
        self._diagnose(attempt, found)

    def _conclude(self, slot: PlannedSlot, one: _Try, found: Mapping[str, object]) -> None:
        mark, progress = self._mark(slot), self._progress[slot.id]
        mark = replace(mark, attempts=mark.attempts + 1)
        if is_unserved(found) and mark.attempts < MOST_ATTEMPTS:
            retry_at = self._retry_at(slot, found)
            if retry_at is not None:
                progress.again(_Try(retry_at, one.index, one.offer))
        else:
            progress.finish()
        body = {**found, "slot": slot.id, "server": one.offer.server}
        drafts = [Draft(RecordKind.MEASUREMENT, body)]
        if progress.next() is None:
            mark = replace(mark, done=True)
            drafts.append(self._account(slot, None))
            del self._progress[slot.id]
        try:
            self._write(drafts, mark)
        except RecordTooLargeError:
            drafts[0] = Draft(RecordKind.MEASUREMENT, {key: body[key] for key in body if key != "detail"})
            self._write(drafts, mark)

    def _retry_at(self, slot: PlannedSlot, found: Mapping[str, object]) -> datetime | None:
        """When the server wants to be asked again, if that is inside the slot."""
        text = found.get("retry_at")
        if not isinstance(text, str):
            return None
        at = max(parse_time(text), self._time.now() + _LEAST_RETRY)
        return at if at < slot.ends_at else None

    def _until_next(self, timetable: Timetable) -> float:
        now, soonest = self._time.now(), timedelta(seconds=LONGEST_WAIT_S)
        for slot in self._open(timetable):
            if slot.ends_at <= now:
                continue
            if slot.starts_at > now:
                soonest = min(soonest, slot.starts_at - now)
                break
            progress = self._progress.get(slot.id)
            following = None if progress is None else progress.next()
            soonest = min(soonest, slot.ends_at - now)
            if following is not None:
                soonest = min(soonest, following.at - now)
        return max(soonest.total_seconds(), 0.0)


def fits(offer: TicketOffer, slot: PlannedSlot, line: LineId | None) -> bool:
    """Whether a ticket is for this line, server and kind of test; the signature is for the server to check."""
    try:
        ticket = read_ticket(offer.ticket)
    except TicketError:
        return False
    wanted = (line, offer.server, slot.direction, slot.mode)
    return (ticket.line, ticket.server, ticket.direction, ticket.mode) == wanted


def is_unserved(found: Mapping[str, object]) -> bool:
    """Whether an attempt found nothing, and for a reason that another server need not have."""
    return found["kind"] == ResultKind.NONE and found["reason"] in ANOTHER_SERVER_MAY_HELP


def _summary(found: Mapping[str, object]) -> str:
    rate = found.get("rate_bps")
    figure = f"{rate / 1e6:.1f} Mb/s" if isinstance(rate, int) else "no figure"
    reason = found.get("reason")
    return f"{figure}, {reason}" if reason else figure
