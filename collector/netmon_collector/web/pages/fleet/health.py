"""How one agent does, and what is wrong with it, worst first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from netmon.domain.identifiers import LineId
from netmon.wire.device import DeviceState
from netmon.wire.records import Note
from netmon_collector.ports import SeenDevice
from netmon_collector.use_cases.line_facts import AgentBinding, LatestRecord, Refused
from netmon_collector.wording.figures import duration_text, moment_text, number_text, volume_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, Phrasebook, phrasebook
from netmon_collector.wording.words import word

_POLLS_MISSED = 4  # asks for its timetable each poll; so many misses in a row are silence
_LARGE_OFFSET_S = 60.0  # a device's clock that is so far out gives wrong times to what it cannot correct
_CLOCK_NOTES = frozenset({Note.CLOCK_UNKNOWN, Note.FROM_THE_FUTURE})
_RECENT = timedelta(days=7)  # what was refused longer ago is history


class State(StrEnum):
    """What is wrong with an agent, the worst first; an agent has one, the worst of its own."""

    SILENT = "silent"  # has not been heard of for too long
    CONFLICT = "conflict"  # two devices report under one identity
    REJECTED = "rejected"  # sent lines that are no records
    CLOCK = "clock"  # its clock is not set, or far out
    DROPPED = "dropped"  # its outbox was full and gave records up
    GAPS = "gaps"  # records are missing among the latest ones
    NEVER = "never"  # no agent was ever enrolled for the line
    WELL = "well"


STATE_WORDS = {
    State.SILENT: N_("silent"),
    State.CONFLICT: N_("two devices under one identity"),
    State.REJECTED: N_("sends what is no record"),
    State.CLOCK: N_("clock is wrong"),
    State.DROPPED: N_("outbox overflowed"),
    State.GAPS: N_("records are missing"),
    State.NEVER: N_("no agent"),
    State.WELL: N_("works"),
}
TONES = {
    State.SILENT: "bad",
    State.CONFLICT: "bad",
    State.REJECTED: "open",
    State.CLOCK: "open",
    State.DROPPED: "open",
    State.GAPS: "open",
    State.NEVER: "none",
    State.WELL: "good",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFacts:
    """What is known of the agent of a line; `binding` is None while there never was one.

    `device` is what it said of itself; older agents do not.
    """

    line: LineId
    binding: AgentBinding | None
    latest: LatestRecord | None
    device: SeenDevice | None = None
    refused: Refused = field(default_factory=Refused)
    measured_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthView:
    """The agent in words; what is not known is None, never nought."""

    line: str
    agent: str | None
    state: State
    tone: str
    word: str
    problems: tuple[str, ...]
    software: str | None
    enrolled: str | None
    last_seen: str | None
    last_record: str | None
    clock: str | None
    gaps: str | None
    lacks: bool
    conflicts: int
    rejected: int
    last_reason: str | None
    outbox: str | None
    traffic: str
    traffic_by: tuple[str, ...]
    running: str | None
    settings: str | None
    seen_at: datetime | None


def states_of(facts: AgentFacts, now: datetime, *, poll_s: float) -> tuple[State, ...]:
    """Everything that is wrong, the worst first; that it works where nothing is."""
    binding, latest, refused = facts.binding, facts.latest, facts.refused
    if binding is None:
        return (State.NEVER,)
    found = []
    if binding.last_seen_at is None or now - binding.last_seen_at > timedelta(seconds=_POLLS_MISSED * poll_s):
        found.append(State.SILENT)
    if _recent(refused.last_conflict_at, now):
        found.append(State.CONFLICT)
    if _recent(refused.last_rejected_at, now):
        found.append(State.REJECTED)
    if _is_out(facts):
        found.append(State.CLOCK)
    if facts.device is not None and facts.device.state.outbox.dropped:
        found.append(State.DROPPED)
    if latest is not None and latest.gaps:
        found.append(State.GAPS)
    return tuple(found) or (State.WELL,)


def _recent(at: datetime | None, now: datetime) -> bool:
    return at is not None and now - at <= _RECENT


def _is_out(facts: AgentFacts) -> bool:
    if facts.latest is None and facts.device is None:
        return False
    offset = _offset_s(facts)
    notes = () if facts.latest is None else facts.latest.notes
    return bool(_CLOCK_NOTES & set(notes)) or offset is None or abs(offset) > _LARGE_OFFSET_S


def _offset_s(facts: AgentFacts) -> float | None:
    """What the device adds to its clock, by what it said last; None while it knows nothing."""
    if facts.device is not None:
        return facts.device.state.clock_offset_s
    return None if facts.latest is None else facts.latest.clock_offset_s


def health_view(facts: AgentFacts, now: datetime, zone: tzinfo, language: Language, *, poll_s: float) -> HealthView:
    states = states_of(facts, now, poll_s=poll_s)
    book = phrasebook(language)
    binding, latest, refused = facts.binding, facts.latest, facts.refused
    device = None if facts.device is None else facts.device.state

    def moment(at: datetime | None) -> str | None:
        return None if at is None else moment_text(at, zone, language)

    return HealthView(
        line=facts.line,
        agent=None if binding is None else binding.agent,
        state=states[0],
        tone=TONES[states[0]],
        word=book.say(STATE_WORDS[states[0]]),
        problems=tuple(_problem(one, facts, zone, language) for one in states if one is not State.WELL),
        software=device.software if device is not None else None if binding is None else binding.software,
        enrolled=None if binding is None else moment(binding.enrolled_at),
        last_seen=None if binding is None else moment(binding.last_seen_at),
        last_record=None if latest is None else moment(latest.received_at),
        clock=None if latest is None and device is None else _clock(facts, language),
        gaps=None if latest is None else _gaps(latest, language),
        lacks=latest is not None and latest.gaps > 0,
        conflicts=refused.conflicts,
        rejected=refused.rejected,
        last_reason=refused.last_reason,
        outbox=None if device is None else _outbox(device, language),
        traffic=_traffic(facts, language),
        traffic_by=() if device is None else _traffic_by(device, language),
        running=None if device is None else duration_text(timedelta(seconds=device.running_s), language),
        settings=None if device is None else device.config_hash[:12],
        seen_at=None if binding is None else binding.last_seen_at,
    )


def _clock(facts: AgentFacts, language: Language) -> str:
    book, offset = phrasebook(language), _offset_s(facts)
    if offset is None:
        return book.say("not set")
    return book.say("{seconds} s off", seconds=number_text(round(abs(offset), 1), language))


def _outbox(device: DeviceState, language: Language) -> str:
    """What waits, what was put aside as never to be sent, what was given up for lack of room."""
    outbox = device.outbox
    return phrasebook(language).say(
        "waiting {waiting} ({size}), put aside {aside}, given up {dropped}",
        waiting=outbox.waiting,
        size=volume_text(outbox.bytes, language),
        aside=outbox.aside,
        dropped=outbox.dropped,
    )


def _traffic(facts: AgentFacts, language: Language) -> str:
    """The month's own traffic by the device's ledger with its cap, else what its measurements add up to."""
    book = phrasebook(language)
    if facts.device is None:
        return book.say("{volume} of measurements this month", volume=volume_text(facts.measured_bytes, language))
    traffic = facts.device.state.traffic
    return book.say(
        "{volume} of {cap} this month",
        volume=volume_text(sum(traffic.bytes.values()), language),
        cap=volume_text(traffic.cap_bytes, language),
    )


def _traffic_by(device: DeviceState, language: Language) -> tuple[str, ...]:
    """What the traffic was for, the most first."""
    spent = sorted(device.traffic.bytes.items(), key=lambda item: (-item[1], item[0]))
    return tuple(f"{name} – {volume_text(number, language)}" for name, number in spent if number)


def _gaps(latest: LatestRecord, language: Language) -> str:
    return phrasebook(language).say("{gaps} of the last {looked_at}", gaps=latest.gaps, looked_at=latest.looked_at)


def _problem(state: State, facts: AgentFacts, zone: tzinfo, language: Language) -> str:
    """What is wrong and what to do, in one sentence."""
    return _PROBLEMS[state](facts, zone, phrasebook(language))


def _never(_facts: AgentFacts, _zone: tzinfo, book: Phrasebook) -> str:
    return book.say("No agent is enrolled: print an enrolment code and set the device up.")


def _silent(facts: AgentFacts, zone: tzinfo, book: Phrasebook) -> str:
    seen = None if facts.binding is None else facts.binding.last_seen_at
    if seen is None:
        return book.say("Enrolled, but never heard of: check power, cable and the way to the collector.")
    return book.say(
        "Silent since {time}: check power, cable and the way to the collector.",
        time=moment_text(seen, zone, book.language),
    )


def _conflict(facts: AgentFacts, _zone: tzinfo, book: Phrasebook) -> str:
    return book.plural(
        "{n} record contradicts a stored one: two devices use one identity, enrol one of them anew.",
        "{n} records contradict stored ones: two devices use one identity, enrol one of them anew.",
        facts.refused.conflicts,
    )


def _rejected(facts: AgentFacts, _zone: tzinfo, book: Phrasebook) -> str:
    return book.plural(
        "{n} line was rejected, the last one because: {reason}.",
        "{n} lines were rejected, the last one because: {reason}.",
        facts.refused.rejected,
        reason=facts.refused.last_reason or "–",
    )


def _clock_is_out(facts: AgentFacts, _zone: tzinfo, book: Phrasebook) -> str:
    notes = () if facts.latest is None else facts.latest.notes
    said = ", ".join(word(note, book.language) for note in notes if note in _CLOCK_NOTES)
    return book.say("The device's clock: {clock}; give it a time server.", clock=said or _clock(facts, book.language))


def _overflowed(facts: AgentFacts, _zone: tzinfo, book: Phrasebook) -> str:
    dropped = 0 if facts.device is None else facts.device.state.outbox.dropped
    return book.plural(
        "The outbox was full and gave {n} record up: see why the agent did not reach the collector.",
        "The outbox was full and gave {n} records up: see why the agent did not reach the collector.",
        dropped,
    )


def _gaps_are_there(facts: AgentFacts, _zone: tzinfo, book: Phrasebook) -> str:
    latest = facts.latest
    assert latest is not None  # noqa: S101 - the state follows from its record
    return book.say(
        "Of the last {looked_at} records {gaps} are missing: they may still come, or the outbox lost them.",
        looked_at=latest.looked_at,
        gaps=latest.gaps,
    )


_PROBLEMS: Mapping[State, Callable[[AgentFacts, tzinfo, Phrasebook], str]] = {
    State.NEVER: _never,
    State.SILENT: _silent,
    State.CONFLICT: _conflict,
    State.REJECTED: _rejected,
    State.CLOCK: _clock_is_out,
    State.DROPPED: _overflowed,
    State.GAPS: _gaps_are_there,
}
