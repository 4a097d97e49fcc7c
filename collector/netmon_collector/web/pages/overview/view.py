"""What the page shows: a pure function from the state of a territory to words and numbers ready for the template."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from netmon.domain.coverage import CountedOrganisation, Coverage
from netmon.domain.identifiers import LineId, OrganisationId
from netmon.domain.policy import Policy
from netmon.domain.registry import LocalityType, Registry, Text
from netmon.domain.verdict import Verdict, VerdictOutcome
from netmon_collector.charts.trend import TrendView, trend_view
from netmon_collector.charts.trend_drawing import trend_svg
from netmon_collector.web.pages.overview.organisations import OrganisationView, Subject, organisation_view
from netmon_collector.wording.figures import (
    date_text,
    exact_rate_text,
    moment_text,
    percent_text,
    period_text,
    share_percent,
    tolerance_text,
)
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook
from netmon_collector.wording.words import verdict_word, word

# What needs doing first stands first.
_ORDER = (
    VerdictOutcome.NON_COMPLIANT,
    VerdictOutcome.INSUFFICIENT_DATA,
    VerdictOutcome.UNMEASURABLE,
    VerdictOutcome.EXEMPT,
    VerdictOutcome.COMPLIANT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryState:
    """Everything that the page of a territory is made of.

    `verdicts` are those of the organisations for the period that `coverage` counts; `trend` holds the coverage at
    earlier dates, in any order; `last_seen` is when the agent of each line was heard of. `title` is the indicator's in
    the roadmap. `demonstration` marks a policy that is not the one in force, `emulated` lines that no kernel shaped.
    """

    coverage: Coverage
    trend: Sequence[Coverage]
    verdicts: Mapping[OrganisationId, Verdict]
    registry: Registry
    policy: Policy
    last_seen: Mapping[LineId, datetime]
    made_at: datetime
    title: Text | None = None
    demonstration: bool = False
    emulated: Collection[LineId] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorView:
    """The indicator in words; the `*_width` are shares of the bar in percent."""

    numerator: int
    denominator: int
    percent: str
    period: str | None
    target: str | None
    year: int
    met: bool | None
    missing: int | None
    unknown: int
    upper_numerator: int
    upper_percent: str
    confirmed_width: str
    upper_width: str
    target_width: str | None
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterView:
    """A link that shows the organisations with one verdict; `value` is empty for all of them."""

    value: str
    word: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdView:
    locality: str
    threshold: str
    limit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    language: Language
    territory: str
    title: str | None
    at: str
    policy: str
    policy_id: str
    demonstration: bool
    emulated: int
    simulated: bool
    indicator: IndicatorView
    trend: TrendView
    trend_pictures: tuple[str, ...]
    filters: tuple[FilterView, ...]
    organisations: tuple[OrganisationView, ...]
    thresholds: tuple[ThresholdView, ...]
    tolerance: str | None
    required: str
    made_at: str
    registry_note: str | None


def page_view(state: TerritoryState, language: Language, only: VerdictOutcome | None = None) -> PageView:
    """The page of a territory in one language, with all organisations or those of one verdict."""
    zone = state.registry.territory_by_id[state.coverage.territory].time_zone
    policy, note = state.policy, state.registry.note
    trend = trend_view((*state.trend, state.coverage), language)
    return PageView(
        language=language,
        territory=state.registry.territory_by_id[state.coverage.territory].name.in_language(language),
        title=None if state.title is None else state.title.in_language(language),
        at=date_text(state.coverage.at, language),
        policy=policy.name.in_language(language),
        policy_id=policy.id,
        demonstration=state.demonstration,
        emulated=len(state.emulated),
        simulated=trend.has_simulated,
        indicator=_indicator(state.coverage, language),
        trend=trend,
        trend_pictures=tuple(trend_svg(one, language) for one in trend.drawings),
        filters=_filters(state.coverage, only, language),
        organisations=_organisations(state, only, language),
        thresholds=_thresholds(policy, state.coverage.at, language),
        tolerance=tolerance_text(policy.tolerance_bp, language) if policy.tolerance_bp else None,
        required=percent_text(policy.min_share_percent, language),
        made_at=moment_text(state.made_at, zone, language),
        registry_note=None if note is None else note.in_language(language),
    )


def _indicator(coverage: Coverage, language: Language) -> IndicatorView:
    target = coverage.target_percent
    return IndicatorView(
        numerator=coverage.numerator,
        denominator=coverage.denominator,
        percent=percent_text(coverage.percent, language),
        period=_counted_period(coverage, language),
        target=None if target is None else percent_text(target, language),
        year=coverage.at.year,
        met=coverage.met,
        missing=coverage.missing,
        unknown=coverage.upper_numerator - coverage.numerator,
        upper_numerator=coverage.upper_numerator,
        upper_percent=percent_text(share_percent(coverage.upper_numerator, coverage.denominator), language),
        confirmed_width=_width(coverage.numerator, coverage.denominator),
        upper_width=_width(coverage.upper_numerator, coverage.denominator),
        target_width=None if target is None else f"{target}%",
        source=None if coverage.entered is None else coverage.entered.document,
    )


def _width(part: int, whole: int) -> str:
    return f"{part * 100 / whole:.2f}%" if whole else "0%"


def _counted_period(coverage: Coverage, language: Language) -> str | None:
    """The period whose verdicts count, or several where calendars differ; None where there is none."""
    periods = {one.period for one in coverage.organisations if one.period is not None}
    if not periods:
        return None
    text = "; ".join(period_text(period, language) for period in sorted(periods))
    if all(one.carried for one in coverage.organisations):
        return phrasebook(language).say(
            "{period}, carried over: the periods after it had too few school days", period=text
        )
    return text


def _filters(coverage: Coverage, only: VerdictOutcome | None, language: Language) -> tuple[FilterView, ...]:
    """All, then every verdict that occurs, and the chosen one even if it doesn't."""
    everything = FilterView(
        value="",
        word=phrasebook(language).say("All"),
        count=len(coverage.organisations),
        chosen=only is None,
    )
    counts = {o: sum(one.outcome is o for one in coverage.organisations) for o in _ORDER}
    return (
        everything,
        *(
            FilterView(
                value=outcome.value.lower(),
                word=verdict_word(outcome, language),
                count=count,
                chosen=outcome is only,
            )
            for outcome, count in counts.items()
            if count or outcome is only
        ),
    )


def _organisations(
    state: TerritoryState, only: VerdictOutcome | None, language: Language
) -> tuple[OrganisationView, ...]:
    """The counted organisations, those with a problem first, then by name."""
    chosen = [one for one in state.coverage.organisations if only is None or one.outcome is only]
    views = {one.id: organisation_view(_subject(state, one), state.registry, language) for one in chosen}
    chosen.sort(key=lambda one: (_ORDER.index(one.outcome), _natural(views[one.id].name), one.id))
    return tuple(views[one.id] for one in chosen)


def _natural(name: str) -> tuple[tuple[bool, int, str], ...]:
    """A key by which No. 2 comes before No. 10."""
    return tuple((part.isdecimal(), int(part) if part.isdecimal() else 0, part.casefold()) for part in _parts(name))


def _parts(name: str) -> list[str]:
    parts: list[str] = []
    for letter in name:
        if parts and parts[-1][-1].isdecimal() == letter.isdecimal():
            parts[-1] += letter
        else:
            parts.append(letter)
    return parts


def _subject(state: TerritoryState, counted: CountedOrganisation) -> Subject:
    return Subject(
        counted=counted,
        verdict=state.verdicts.get(counted.id),
        at=state.coverage.at,
        policy=state.policy,
        last_seen=state.last_seen,
        emulated=state.emulated,
    )


def _thresholds(policy: Policy, at: date, language: Language) -> tuple[ThresholdView, ...]:
    return tuple(
        ThresholdView(
            locality=word(locality, language),
            threshold=exact_rate_text(threshold, language),
            limit=exact_rate_text(policy.limit_bps(threshold), language),
        )
        for locality in LocalityType
        if (threshold := policy.threshold_bps(locality, at)) is not None
    )


def parse_filter(text: str | None) -> VerdictOutcome | None:
    """The verdict of the page's query parameter, in any case; None (all of them) for anything else."""
    return next((outcome for outcome in VerdictOutcome if outcome.value == (text or "").upper()), None)
