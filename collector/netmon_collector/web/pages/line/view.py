"""The page of a line: a pure function from its state to words, numbers and drawings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from netmon.domain.measurement import Direction, Measurement
from netmon.domain.period import Period
from netmon.domain.policy import Policy
from netmon.domain.registry import Line, LineRole, Registry
from netmon.domain.verdict import VerdictOutcome
from netmon_collector.use_cases.day_values import LineDay
from netmon_collector.web.pages.fleet.health import HealthView, health_view
from netmon_collector.web.pages.line.device import absence_text, diagnosis_text
from netmon_collector.web.pages.line.drawings import Drawable, DrawingsView, drawings_view
from netmon_collector.web.pages.line.evidence import EvidenceView
from netmon_collector.web.pages.line.head import HeadView, head_view
from netmon_collector.web.pages.line.points import levels, marks_of, median_points, rate_points
from netmon_collector.web.pages.line.slots import SlotsView, slots_view
from netmon_collector.web.pages.line.span import Span
from netmon_collector.web.pages.line.standing import (
    ClosedView,
    SoFarView,
    VerdictView,
    closed_views,
    so_far_view,
    verdict_view,
)
from netmon_collector.web.pages.line.state import LineState
from netmon_collector.wording.figures import moment_text, period_text
from netmon_collector.wording.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanView:
    """The days that are looked at, and the ways to others; `later` is None where nothing has happened yet."""

    title: str
    query: dict[str, str]
    earlier: dict[str, str]
    later: dict[str, str] | None
    month: dict[str, str]
    week: dict[str, str]
    year: dict[str, str]
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingView:
    agent: str
    software: str
    since: str
    until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePage:
    head: HeadView
    verdict: VerdictView | None
    open_month: SoFarView
    closed: tuple[ClosedView, ...]
    span: SpanView
    spanned: SoFarView
    drawings: DrawingsView
    slots: SlotsView
    health: HealthView
    bindings: tuple[BindingView, ...]
    absences: tuple[str, ...]
    diagnoses: tuple[str, ...]
    pack_period: str
    is_failing: bool
    may_enrol: bool = False
    emulated: bool


def line_page(state: LineState, language: Language) -> LinePage:
    today, span = state.today, state.span
    return LinePage(
        head=head_view(state.line, state.registry, state.policy, today, language),
        verdict=None if state.verdict is None else verdict_view(state.verdict, state.registry, language),
        open_month=so_far_view(
            state.open_days,
            period_text(Period.month(today), language),
            state.policy,
            today=today,
            last=Period.month(today).last,
            language=language,
        ),
        closed=closed_views(state.closed, state.zone, language),
        span=_span(span, today, language),
        spanned=so_far_view(
            state.days, span.title(language), state.policy, today=today, last=span.last, language=language
        ),
        drawings=drawings_view(
            drawable(
                line=state.line,
                registry=state.registry,
                policy=state.policy,
                span=span,
                days=state.days,
                measurements=state.measurements,
                today=today,
                language=language,
            ),
            language,
        ),
        slots=slots_view(state.slots, state.zone, language, is_school_day=state.is_school_day),
        health=health_view(state.agent, state.now, state.zone, language, poll_s=state.poll_s),
        bindings=tuple(
            BindingView(
                agent=one.agent,
                software=one.software,
                since=moment_text(one.since, state.zone, language),
                until=None if one.until is None else moment_text(one.until, state.zone, language),
            )
            for one in state.bindings
        ),
        absences=tuple(absence_text(one, state.zone, language) for one in reversed(state.absences)),
        diagnoses=tuple(diagnosis_text(one, state.zone, language) for one in reversed(state.diagnoses)),
        pack_period=_pack_period(state),
        is_failing=_is_failing(state),
        emulated=state.emulated,
    )


def _pack_period(state: LineState) -> str:
    """The newest closed month, which an evidence pack is made of; else this one."""
    closed = [one.period for one in state.closed if one.period == Period.month(one.period.first)]
    return max(closed, default=Period.month(state.today)).name


def _is_failing(state: LineState) -> bool:
    """Whether there is something to write to the provider about in the pack's period; backup lines decide nothing."""
    newest, failing = _pack_period(state), VerdictOutcome.NON_COMPLIANT
    decides = state.line.role is LineRole.MAIN
    return decides and any(one.period.name == newest and one.outcome is failing for one in state.closed)


def _span(span: Span, today: date, language: Language) -> SpanView:
    nearest = min(span.last, today)
    return SpanView(
        title=span.title(language),
        query=span.query,
        earlier=span.before.query,
        later=span.after.query if span.last < today else None,
        month=Span(period=Period.month(nearest)).query,
        week=Span(period=Period.week(nearest)).query,
        year=Span(period=Period.month(nearest), is_year=True).query,
        kind="year" if span.is_year else span.period.kind.value,
    )


def drawable(
    *,
    line: Line,
    registry: Registry,
    policy: Policy,
    span: Span,
    days: Sequence[LineDay],
    measurements: Sequence[Measurement],
    today: date,
    language: Language,
) -> Drawable:
    """What is drawn of a span; a year has a point a day and no measurements."""
    zone = registry.time_zone(line.id)
    marks = marks_of(days)
    downloads, uploads = (
        rate_points(measurements, marks, direction, zone, language) for direction in (Direction.DOWN, Direction.UP)
    )
    return Drawable(
        days=days,
        first=span.first,
        last=span.last,
        today=today,
        zone=zone,
        downloads=median_points(days, zone, language) if span.is_year else downloads,
        uploads=uploads,
        levels=levels(line, registry, policy, first=span.first, last=span.last, language=language),
        by_day=span.is_year,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotPage:
    """One slot on a page of its own."""

    head: HeadView
    evidence: EvidenceView
    day: str
