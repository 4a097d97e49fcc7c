"""Builders for tests of the agent: clocks that stand still, timetables, tickets, journals in memory."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from netmon.domain.identifiers import AgentId, LineId, ServerId, SlotId, TicketId
from netmon.domain.measurement import Direction, Mode
from netmon.wire.canonical import format_time
from netmon.wire.records import RecordKind
from netmon.wire.ticket import Ticket, sign_ticket
from netmon.wire.timetable import PlannedSlot, ProbePlan, TicketOffer, Timetable
from netmon_agent.address import CollectorUrl
from netmon_agent.collector_time import CollectorTime
from netmon_agent.errors import OutboxError
from netmon_agent.identity import Identity
from netmon_agent.outbox import Limits, Outbox
from netmon_agent.ports import Attempt, Draft, SlotMark
from tests.support.fake_collector import NO_PROBES, TOKEN

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LINE = LineId("line-1")
KEY = b"k" * 32


class FakeClock:
    """Stands still until it is told to go on."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at
        self.seconds = 1000.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds

    def set(self, at: datetime) -> None:
        """Somebody sets the wall clock; no time passes."""
        self.at = at


class Log:
    """What the agent said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, message: str, /) -> None:
        self.lines.append(message)

    def __contains__(self, text: str) -> bool:
        return any(text in line for line in self.lines)


class MemoryJournal:
    """Keeps records in a list; `broken` refuses them."""

    def __init__(self, marks: Mapping[SlotId, SlotMark] | None = None) -> None:
        self.drafts: list[Draft] = []
        self.marks: dict[SlotId, SlotMark] = dict(marks or {})
        self.broken = False

    def append(self, drafts: Sequence[Draft], *, slot: SlotMark | None = None) -> None:
        if self.broken:
            raise OutboxError("the outbox cannot be written: disk full")
        self.drafts += drafts
        if slot is not None:
            self.marks[slot.id] = slot

    def slot_marks(self) -> Mapping[SlotId, SlotMark]:
        return self.marks

    def bodies(self, kind: RecordKind) -> list[Mapping[str, object]]:
        return [draft.body for draft in self.drafts if draft.kind is kind]


class FixedTimetable:
    """A timetable in force."""

    def __init__(self, timetable: Timetable | None) -> None:
        self.timetable = timetable

    def current(self) -> Timetable | None:
        return self.timetable


def an_outbox(folder: Path, clock: FakeClock | None = None, **changes: object) -> Outbox:
    clock = clock or FakeClock()
    values: dict[str, object] = {"clock": clock, "time": CollectorTime(clock), "boot": "boot-1", "say": Log()}
    return Outbox(folder, **{**values, "limits": Limits(), **changes})  # type: ignore[arg-type]


def a_draft(number: int = 0, kind: RecordKind = RecordKind.LATENCY, padding: int = 0) -> Draft:
    return Draft(kind, {"number": number, "padding": "x" * padding})


def an_offer(server: str = "server-1", host: str = "192.0.2.1", port: int = 8700, **changes: object) -> TicketOffer:
    values: dict[str, object] = {
        "key_id": "default",
        "id": TicketId(f"ticket-of-{server}"),
        "line": LINE,
        "server": ServerId(server),
        "direction": Direction.DOWN,
        "mode": Mode.DECISION,
        "not_before": NOON,
        "not_after": NOON + timedelta(hours=1),
        "max_bytes": 200_000_000,
        "rate_bps": 110_000_000,
        "duration_s": 10.0,
    }
    ticket = Ticket(**{**values, **changes})  # type: ignore[arg-type]
    return TicketOffer(server=ServerId(server), host=host, port=port, ticket=sign_ticket(ticket, {ticket.key_id: KEY}))


def a_slot(name: str = "slot-1", start_s: float = 0.0, length_s: float = 600.0, **changes: object) -> PlannedSlot:
    values: dict[str, object] = {
        "id": SlotId(name),
        "direction": Direction.DOWN,
        "mode": Mode.DECISION,
        "starts_at": NOON + timedelta(seconds=start_s),
        "ends_at": NOON + timedelta(seconds=start_s + length_s),
        "threshold_bps": 50_000_000,
        "limit_bps": 47_500_000,
        "offers": (an_offer(),),
    }
    return PlannedSlot(**{**values, **changes})  # type: ignore[arg-type]


def a_timetable(*slots: PlannedSlot, probes: ProbePlan = NO_PROBES, **changes: object) -> Timetable:
    values: dict[str, object] = {
        "line": LINE,
        "interface": None,
        "issued_at": NOON,
        "poll_s": 600.0,
        "slots": slots,
        "probes": probes,
    }
    return Timetable(**{**values, **changes})  # type: ignore[arg-type]


def an_identity(url: str, ca: str | None = None) -> Identity:
    return Identity(
        agent=AgentId("agent-1"),
        token=TOKEN,
        line=LINE,
        collector=CollectorUrl.parse(url, allow_plain_http=True),
        ca=ca,
    )


def a_result(reason: str | None = None, retry_at: datetime | None = None, **changes: object) -> dict[str, object]:
    """The members of a measurement record, as a meter answers them."""
    found: dict[str, object] = {
        "method": "native",
        "direction": "down",
        "mode": "decision",
        "started_at": format_time(NOON),
        "duration_s": 1.2,
        "kind": "rate" if reason is None else "none",
        "reason": reason,
        "retry_at": None if retry_at is None else format_time(retry_at),
        "rate_bps": 52_000_000 if reason is None else None,
        "goodput_bps": None,
        "background_bps": None,
        "censored_at_bps": None,
        "decision": "at_least" if reason is None else None,
        "threshold_bps": 50_000_000,
        "limit_bps": 47_500_000,
        "confidence": None,
        "bytes": 0,
        "path": "unknown",
        "server": None,
        "receipt": None,
        "flags": [],
        "detail": {},
    }
    return found | changes


class ScriptedMeter:
    """Answers what the test says, one answer an attempt, and remembers the attempts."""

    def __init__(self, *answers: Mapping[str, object] | Callable[[Attempt], Mapping[str, object]]) -> None:
        self.answers = list(answers)
        self.attempts: list[Attempt] = []

    def __call__(self, attempt: Attempt, /) -> Mapping[str, object]:
        self.attempts.append(attempt)
        answer = self.answers.pop(0) if self.answers else a_result()
        return answer(attempt) if callable(answer) else answer
