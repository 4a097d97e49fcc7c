"""The page of the fleet: a pure function from its state to words, what needs attention first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal
from hashlib import sha256

from netmon.domain.identifiers import LineId
from netmon.domain.measurement import ReceiptState
from netmon.domain.registry import Registry
from netmon_collector.web.pages.fleet.health import STATE_WORDS, HealthView, State, health_view
from netmon_collector.web.pages.fleet.state import FleetState, ServerFacts
from netmon_collector.wording.figures import exact_rate_text, moment_text, percent_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook

_ORDER = tuple(State)
_CROWDED = 0.6  # what the planner fills at most (D1): above it somebody changed the budget


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """An agent with the names of who uses its line."""

    health: HealthView
    organisations: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipView:
    key: str
    word: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    software: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerView:
    id: str
    address: str
    budget: str
    planned: int
    peak: str | None
    is_crowded: bool
    receipts: str
    is_odd: bool
    last_valid: str | None
    key_id: str
    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetPage:
    """`total` agents and lines without one; `rows` are those that the filter leaves."""

    total: int
    chips: tuple[ChipView, ...]
    rows: tuple[RowView, ...]
    versions: tuple[VersionView, ...]
    servers: tuple[ServerView, ...]
    unknown_servers: tuple[str, ...]


def fleet_page(state: FleetState, only: str, language: Language) -> FleetPage:
    healths = [health_view(one, state.now, state.zone, language, poll_s=state.poll_s) for one in state.agents]
    shown = [one for one in healths if only in ("", one.state.value)]
    shown.sort(key=lambda one: (_ORDER.index(one.state), one.line))
    today = state.now.astimezone(state.zone).date()
    return FleetPage(
        total=len(healths),
        chips=_chips(healths, only, language),
        rows=tuple(
            RowView(health=one, organisations=_users(one.line, state.registry, today, language)) for one in shown
        ),
        versions=_versions(healths),
        servers=tuple(_server(one, state.zone, language) for one in state.servers),
        unknown_servers=tuple(state.unknown_servers),
    )


def _users(line: str, registry: Registry, day: date, language: Language) -> str:
    used = registry.organisations_of(LineId(line), day)
    return ", ".join(registry.organisation_by_id[one].name.in_language(language) for one in used)


def _chips(healths: Iterable[HealthView], only: str, language: Language) -> tuple[ChipView, ...]:
    """All, then each state that occurs, the worst first."""
    say = phrasebook(language).say
    counts = Counter(one.state for one in healths)
    everything = ChipView(key="", word=say("All"), count=sum(counts.values()), chosen=not only)
    return (
        everything,
        *(
            ChipView(key=one.value, word=say(STATE_WORDS[one]), count=counts[one], chosen=one.value == only)
            for one in _ORDER
            if counts[one] or one.value == only
        ),
    )


def _versions(healths: Iterable[HealthView]) -> tuple[VersionView, ...]:
    """The programs that run, the most frequent first."""
    counts = Counter(one.software for one in healths if one.software is not None)
    return tuple(VersionView(software=name, count=count) for name, count in counts.most_common())


def _server(one: ServerFacts, zone: tzinfo, language: Language) -> ServerView:
    say = phrasebook(language).say
    seen, server = one.seen, one.server
    receipts = {} if seen is None else seen.receipts
    percent = None if one.peak_share is None else Decimal(repr(round(100 * one.peak_share, 1)))
    return ServerView(
        id=server.id,
        address=f"{server.host}:{server.port}",
        budget=exact_rate_text(server.budget_bps, language),
        planned=one.planned,
        peak=None
        if percent is None or one.peak_at is None
        else say(
            "{share} of the budget in the fullest hour, {time}",
            share=percent_text(percent, language),
            time=moment_text(one.peak_at, zone, language),
        ),
        is_crowded=(one.peak_share or 0.0) > _CROWDED,
        receipts=say(
            "valid {valid}, absent {absent}, not valid {invalid}",
            valid=receipts.get(ReceiptState.VALID, 0),
            absent=receipts.get(ReceiptState.ABSENT, 0),
            invalid=receipts.get(ReceiptState.INVALID, 0),
        ),
        is_odd=bool(receipts.get(ReceiptState.INVALID, 0)),
        last_valid=None
        if seen is None or seen.last_valid_at is None
        else moment_text(seen.last_valid_at, zone, language),
        key_id=server.key_id,
        public_key=sha256(server.public_key).hexdigest()[:16],
    )
