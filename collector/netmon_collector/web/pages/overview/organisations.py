"""One organisation on the page: where it is, what its lines reached, its verdict and why."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from netmon.domain.coverage import CountedOrganisation
from netmon.domain.identifiers import LineId, OrganisationId
from netmon.domain.policy import Policy
from netmon.domain.registry import Line, Registry
from netmon.domain.verdict import LineFigures, SubjectKind, Verdict
from netmon_collector.wording.explanation import explanation
from netmon_collector.wording.figures import exact_rate_text, moment_text, period_text, rate_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook
from netmon_collector.wording.words import verdict_word, word


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One counted organisation with what is known about it on the day of the page."""

    counted: CountedOrganisation
    verdict: Verdict | None
    at: date
    policy: Policy
    last_seen: Mapping[LineId, datetime]
    emulated: Collection[LineId]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A deciding line; `rate` is the median of its full measurements, None where there is none."""

    id: str
    rate: str | None
    threshold: str | None
    emulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationView:
    id: str
    name: str
    localities: tuple[str, ...]
    providers: tuple[str, ...]
    lines: tuple[LineView, ...]
    outcome: str
    word: str
    reason: str
    details: tuple[str, ...]
    carried_from: str | None
    shares_with: tuple[str, ...]
    last_seen: str | None


def organisation_view(subject: Subject, registry: Registry, language: Language) -> OrganisationView:
    identifier = subject.counted.id
    organisation = registry.organisation_by_id[identifier]
    lines = _deciding_lines(identifier, registry, subject.at)
    reason, details = _why(subject, registry, language)
    period = subject.counted.period
    return OrganisationView(
        id=identifier,
        name=organisation.name.in_language(language),
        localities=_localities(lines, registry, subject.at, language),
        providers=_providers(lines, registry, subject.at, language),
        lines=tuple(_line_view(line, subject, registry, language) for line in lines),
        outcome=subject.counted.outcome.value.lower(),
        word=verdict_word(subject.counted.outcome, language),
        reason=reason,
        details=details,
        carried_from=period_text(period, language) if subject.counted.carried and period is not None else None,
        shares_with=_neighbours(identifier, registry, subject.at, language),
        last_seen=_last_seen(lines, subject, registry, language),
    )


def _deciding_lines(organisation: OrganisationId, registry: Registry, at: date) -> tuple[Line, ...]:
    return tuple(line for site, _ in registry.uses(organisation, at) for line in registry.deciding_lines(site.id, at))


def _why(subject: Subject, registry: Registry, language: Language) -> tuple[str, tuple[str, ...]]:
    if subject.verdict is None:
        return phrasebook(language).say("There is no verdict for the period that counts."), ()
    found = explanation(subject.verdict, registry, language)
    return found.reason, found.details


def _localities(lines: Iterable[Line], registry: Registry, at: date, language: Language) -> tuple[str, ...]:
    found: list[str] = []
    for line in lines:
        kind = registry.locality_type(line.id, at)
        name = registry.locality_of(line.id).name.in_language(language)
        found.append(name if kind is None else f"{name}, {word(kind, language)}")
    return _distinct(found)


def _providers(lines: Iterable[Line], registry: Registry, at: date, language: Language) -> tuple[str, ...]:
    contracts = (line.contract_at(at) for line in lines)
    return _distinct(
        registry.provider_by_id[contract.provider].name.in_language(language)
        for contract in contracts
        if contract is not None
    )


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _line_view(line: Line, subject: Subject, registry: Registry, language: Language) -> LineView:
    figures = None if subject.verdict is None else _figures_of(line.id, subject.verdict)
    locality = registry.locality_type(line.id, subject.at)
    threshold = None if locality is None else subject.policy.threshold_bps(locality, subject.at)
    return LineView(
        id=line.id,
        rate=None if figures is None or figures.rates is None else rate_text(figures.rates.median_bps, language),
        threshold=None if threshold is None else exact_rate_text(threshold, language),
        emulated=line.id in subject.emulated,
    )


def _figures_of(line: LineId, verdict: Verdict) -> LineFigures | None:
    if verdict.kind is SubjectKind.LINE:
        return verdict.figures if verdict.id == line else None
    return next((found for part in verdict.parts if (found := _figures_of(line, part)) is not None), None)


def _neighbours(organisation: OrganisationId, registry: Registry, at: date, language: Language) -> tuple[str, ...]:
    """The other organisations in the same buildings: they share the line and its verdict."""
    return _distinct(
        registry.organisation_by_id[use.organisation].name.in_language(language)
        for site, _ in registry.uses(organisation, at)
        for use in site.occupancies
        if use.during.contains(at) and use.organisation != organisation
    )


def _last_seen(lines: Iterable[Line], subject: Subject, registry: Registry, language: Language) -> str | None:
    """The line that was heard of longest ago, None when there is one that never was."""
    seen = [(subject.last_seen.get(line.id), line.id) for line in lines]
    known = [(at, line) for at, line in seen if at is not None]
    if not known or len(known) < len(seen):
        return None
    at, line = min(known)
    return moment_text(at, registry.time_zone(line), language)
