"""One organisation as a value: its verdict with the explanation, its buildings and lines, its closed periods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from netmon.domain.identifiers import LineId
from netmon.domain.period import Period
from netmon.domain.policy import Policy
from netmon.domain.registry import Line, LineRole, Organisation, Registry, Site
from netmon.domain.verdict import SubjectKind, VerdictOutcome
from netmon_collector.use_cases.day_values import DayGlance
from netmon_collector.use_cases.summary.standing import Standing
from netmon_collector.web.pages.organisations.view import line_spark, rate_against
from netmon_collector.wording.explanation import explanation
from netmon_collector.wording.figures import (
    moment_text,
    percent_text,
    period_text,
    rate_text,
    share_percent,
    share_text,
)
from netmon_collector.wording.language import Language
from netmon_collector.wording.words import verdict_word, word


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationState:
    """`lines` are all of its buildings on the day, backup ones too; `before` how it stood, the newest first."""

    organisation: Organisation
    standing: Standing
    counted: Period | None
    registry: Registry
    policy: Policy
    last_seen: Mapping[LineId, datetime]
    days: Mapping[LineId, Sequence[DayGlance]]
    before: Sequence[tuple[Period, VerdictOutcome]]
    today: date
    zone: tzinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    id: str
    role: str
    is_backup: bool
    outcome: str | None
    word: str | None
    provider: str | None
    contract: str | None
    rate: str | None
    against: tuple[str, ...]
    share: str | None
    availability: str | None
    last_seen: str | None
    spark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    id: str
    address: str
    locality: str
    shares_with: tuple[str, ...]
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastView:
    period: str
    name: str
    outcome: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationPage:
    """`reason` is None while there is no verdict for the period."""

    id: str
    name: str
    period: str
    period_name: str
    is_closed: bool
    is_counted: bool
    outcome: str | None
    word: str | None
    reason: str | None
    details: tuple[str, ...]
    sites: tuple[SiteView, ...]
    past: tuple[PastView, ...]
    external: tuple[tuple[str, str], ...]


def organisation_page(state: OrganisationState, language: Language) -> OrganisationPage:
    organisation, period = state.organisation, state.standing.period
    stood = state.standing.of(SubjectKind.ORGANISATION, organisation.id)
    why = None if stood is None else explanation(stood.verdict, state.registry, language)
    return OrganisationPage(
        id=organisation.id,
        name=organisation.name.in_language(language),
        period=period_text(period, language),
        period_name=period.name,
        is_closed=state.standing.link is not None,
        is_counted=period == state.counted,
        outcome=None if stood is None else stood.verdict.outcome.value.lower(),
        word=None if stood is None else verdict_word(stood.verdict.outcome, language),
        reason=None if why is None else why.reason,
        details=() if why is None else why.details,
        sites=tuple(_site(site, state, language) for site, _ in state.registry.uses(organisation.id, state.today)),
        past=tuple(_past(period, outcome, language) for period, outcome in state.before),
        external=tuple(sorted(organisation.external_ids.items())),
    )


def _past(period: Period, outcome: VerdictOutcome, language: Language) -> PastView:
    return PastView(
        period=period_text(period, language),
        name=period.name,
        outcome=outcome.value.lower(),
        word=verdict_word(outcome, language),
    )


def _site(site: Site, state: OrganisationState, language: Language) -> SiteView:
    registry, today = state.registry, state.today
    locality = registry.locality_by_id[site.locality]
    kind = locality.types.at(today)
    name = locality.name.in_language(language)
    others = [
        registry.organisation_by_id[use.organisation].name.in_language(language)
        for use in site.occupancies
        if use.during.contains(today) and use.organisation != state.organisation.id
    ]
    lines = [one for one in registry.lines if one.site == site.id and one.during.contains(today)]
    return SiteView(
        id=site.id,
        address=site.address.in_language(language),
        locality=name if kind is None else f"{name}, {word(kind, language)}",
        shares_with=tuple(dict.fromkeys(others)),
        lines=tuple(_line(one, state, language) for one in lines),
    )


def _line(line: Line, state: OrganisationState, language: Language) -> LineView:
    stood = state.standing.of(SubjectKind.LINE, line.id)
    figures = None if stood is None else stood.verdict.figures
    contract, seen = line.contract_at(state.today), state.last_seen.get(line.id)
    kind = state.registry.locality_type(line.id, state.today)
    counts, known = (None, None) if figures is None else (figures.counts, figures.availability)
    provider = None if contract is None else state.registry.provider_by_id[contract.provider]
    is_known = known is not None and known.known > timedelta()
    return LineView(
        id=line.id,
        role=word(line.role, language),
        is_backup=line.role is LineRole.BACKUP,
        outcome=None if stood is None else stood.verdict.outcome.value.lower(),
        word=None if stood is None else verdict_word(stood.verdict.outcome, language),
        provider=None if provider is None else provider.name.in_language(language),
        contract=None if contract is None else contract.number,
        rate=None if figures is None or figures.rates is None else rate_text(figures.rates.median_bps, language),
        against=rate_against(
            None if kind is None else state.policy.threshold_bps(kind, state.today),
            None if contract is None else contract.rate_bps,
            language,
        ),
        share=percent_text(share_percent(counts.passed, counts.decided), language)
        if counts is not None and counts.decided
        else None,
        availability=share_text(known.up, known.known, language) if known is not None and is_known else None,
        last_seen=None if seen is None else moment_text(seen, state.zone, language),
        spark=line_spark(state.days.get(line.id, ()), state.today, state.policy.min_share_percent, language),
    )
