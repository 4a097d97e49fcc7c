"""The overview as a value: a pure function from the state of a territory to words and numbers for the template."""

from dataclasses import dataclass
from datetime import date

from netmon.domain.policy import Policy
from netmon.domain.registry import LocalityType
from netmon_collector.charts.trend import TrendView, trend_view
from netmon_collector.charts.trend_drawing import trend_svg
from netmon_collector.web.pages.organisations.asked import VERDICT_ORDER
from netmon_collector.web.pages.overview.agenda import AgendaView, agenda_view
from netmon_collector.web.pages.overview.calls import ProviderCall, provider_calls
from netmon_collector.web.pages.overview.changes import ChangesView, day_changes, week_changes
from netmon_collector.web.pages.overview.districts import DistrictRow, district_rows
from netmon_collector.web.pages.overview.indicator import IndicatorView, indicator_view
from netmon_collector.web.pages.overview.state import OverviewState
from netmon_collector.wording.figures import date_text, exact_rate_text, percent_text, period_text, tolerance_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.words import verdict_word, word


@dataclass(frozen=True, slots=True, kw_only=True)
class CountView:
    """How many organisations have a verdict, in the lower-case value of its outcome."""

    outcome: str
    word: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingView:
    """How the organisations stand in the newest period: the last closed week, else what the indicator counts."""

    period: str
    period_name: str
    is_closed: bool
    counts: tuple[CountView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdView:
    locality: str
    threshold: str
    limit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewView:
    title: str | None
    at: str
    emulated: int
    indicator: IndicatorView
    standing: StandingView | None
    trend: TrendView
    trend_pictures: tuple[str, ...]
    week: ChangesView | None
    day: ChangesView | None
    calls: tuple[ProviderCall, ...]
    agenda: AgendaView | None
    districts: tuple[DistrictRow, ...]
    thresholds: tuple[ThresholdView, ...]
    tolerance: str | None
    required: str


def overview_view(state: OverviewState, language: Language) -> OverviewView:
    policy, zone = state.policy, state.territory.time_zone
    trend = trend_view((*state.trend, state.coverage), language)
    summary = state.summary
    return OverviewView(
        title=None if state.title is None else state.title.in_language(language),
        at=date_text(state.coverage.at, language),
        emulated=len(state.emulated),
        indicator=indicator_view(state.coverage, language),
        standing=_standing(state, language),
        trend=trend,
        trend_pictures=tuple(trend_svg(one, language) for one in trend.drawings),
        week=None if summary is None else week_changes(summary, language),
        day=None if state.pulse is None else day_changes(state.pulse, state.registry, language),
        calls=provider_calls(summary, state.recent, state.registry, zone, language),
        agenda=None if state.roadmap is None else agenda_view(state.roadmap, language),
        districts=district_rows(state.districts, state.registry, language),
        thresholds=_thresholds(policy, state.coverage.at, language),
        tolerance=tolerance_text(policy.tolerance_bp, language) if policy.tolerance_bp else None,
        required=percent_text(policy.min_share_percent, language),
    )


def _standing(state: OverviewState, language: Language) -> StandingView | None:
    if state.summary is not None:
        period = state.summary.period
        outcomes = [one.verdict.outcome for one in state.summary.organisations]
    elif state.period is not None:
        period = state.period
        outcomes = [one.outcome for one in state.coverage.organisations]
    else:
        return None
    return StandingView(
        period=period_text(period, language),
        period_name=period.name,
        is_closed=state.summary is not None,
        counts=tuple(
            CountView(outcome=outcome.value.lower(), word=verdict_word(outcome, language), count=count)
            for outcome in reversed(VERDICT_ORDER)
            if (count := sum(one is outcome for one in outcomes))
        ),
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
