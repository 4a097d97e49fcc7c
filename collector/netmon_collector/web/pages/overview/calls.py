"""Whom to call about which school: failing lines and incidents by provider, with the contract to name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from netmon.domain.identifiers import ProviderId
from netmon.domain.incident import Incident
from netmon.domain.registry import Registry
from netmon.domain.verdict import LineFigures
from netmon_collector.use_cases.summary import LineState, Summary
from netmon_collector.wording.figures import (
    date_text,
    duration_text,
    exact_rates_text,
    moment_text,
    percent_text,
    rate_text,
    share_percent,
    time_text,
)
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook
from netmon_collector.wording.words import word

_MOST_LINES = 8
_MOST_INCIDENTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """A line to complain about: who suffers, where, what is wrong, since when, by which contract."""

    line: str
    users: str
    place: str
    what: tuple[str, ...]
    since: str | None
    contract: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCall:
    """One provider's part; `name` is None for lines without a contract."""

    id: str | None
    name: str | None
    lines: tuple[CallLine, ...]
    more: int
    incidents: tuple[str, ...]


def provider_calls(
    summary: Summary | None, recent: Iterable[Incident], registry: Registry, zone: tzinfo, language: Language
) -> tuple[ProviderCall, ...]:
    """Who has most to answer for goes first; what has no contract comes last."""
    failing: dict[ProviderId | None, list[LineState]] = {}
    for line in () if summary is None else summary.failing_lines:
        provider = None if line.contract is None else line.contract.provider
        failing.setdefault(provider, []).append(line)
    incidents: dict[ProviderId | None, list[Incident]] = {}
    for one in recent:
        incidents.setdefault(one.provider, []).append(one)
    calls = [
        ProviderCall(
            id=provider,
            name=_provider_name(provider, registry, language),
            lines=tuple(call_line(one, language) for one in failing.get(provider, [])[:_MOST_LINES]),
            more=max(0, len(failing.get(provider, [])) - _MOST_LINES),
            incidents=tuple(incident_text(one, zone, language) for one in _newest(incidents.get(provider, []))),
        )
        for provider in sorted(failing.keys() | incidents.keys(), key=lambda one: one or "")
    ]
    return tuple(sorted(calls, key=lambda one: (one.id is None, -len(one.lines) - one.more, -len(one.incidents))))


def _provider_name(provider: ProviderId | None, registry: Registry, language: Language) -> str | None:
    known = None if provider is None else registry.provider_by_id.get(provider)
    return None if known is None else known.name.in_language(language)


def _newest(incidents: Sequence[Incident]) -> Sequence[Incident]:
    return sorted(incidents, key=lambda one: one.started_at, reverse=True)[:_MOST_INCIDENTS]


def call_line(line: LineState, language: Language) -> CallLine:
    since = None if line.change is None else line.change.failing_since
    return CallLine(
        line=line.id,
        users=", ".join(one.name.in_language(language) for one in line.organisations) or line.id,
        place="" if line.address is None else line.address.in_language(language),
        what=tuple(_what(line, language)),
        since=None if since is None else date_text(since.first, language),
        contract=None if line.contract is None else line.contract.number,
    )


def _what(line: LineState, language: Language) -> Iterable[str]:
    figures = line.verdict.figures
    if figures is None:
        return
    yield from (word(finding, language) for finding in line.verdict.findings)
    say, counts = phrasebook(language).say, figures.counts
    if counts.passed * 100 < counts.decided * figures.requirement.min_share_percent:
        yield say(
            "{percent} of the measurements reach {limit}, {required} required",
            percent=percent_text(share_percent(counts.passed, counts.decided), language),
            limit=exact_rates_text(figures.requirement.limits_bps, language),
            required=percent_text(figures.requirement.min_share_percent, language),
        )
    if figures.rates is not None:
        yield _median(figures, language)


def _median(figures: LineFigures, language: Language) -> str:
    rate = None if figures.rates is None else figures.rates.median_bps
    return phrasebook(language).say("median {rate}", rate=rate_text(rate, language))


def incident_text(one: Incident, zone: tzinfo, language: Language) -> str:
    """When, for how long, how many lines at once."""
    book = phrasebook(language)
    lasted: timedelta = one.ended_at - one.started_at
    return book.plural(
        "{start} – {end}: down for {duration}, {n} line",
        "{start} – {end}: down for {duration}, {n} lines",
        len(one.lines),
        start=moment_text(one.started_at, zone, language),
        end=time_text(one.ended_at, zone, language),
        duration=duration_text(lasted, language),
    )
