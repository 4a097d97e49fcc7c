"""The list of organisations as a value: what is chosen, in words, with the links that choose otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from netmon.domain.identifiers import LineId
from netmon.domain.registry import LocalityType
from netmon_collector.charts.sparkline import sparkline
from netmon_collector.use_cases.day_values import DayGlance
from netmon_collector.web.pages.organisations.asked import PAGE_SIZE, VERDICT_ORDER, Asked, Order
from netmon_collector.web.pages.organisations.periods import PeriodView
from netmon_collector.web.pages.organisations.rows import OrganisationRow
from netmon_collector.wording.figures import (
    exact_rate_text,
    moment_text,
    percent_text,
    rate_text,
    share_percent,
    share_text,
)
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook
from netmon_collector.wording.words import findings_text, verdict_word, word

SPARK_DAYS = timedelta(days=30)
_TITLES: Mapping[Order, str] = {
    Order.NAME: N_("Organisation"),
    Order.VERDICT: N_("Verdict"),
    Order.PROVIDER: N_("Provider"),
    Order.LOCALITY: N_("Locality"),
    Order.RATE: N_("Rate"),
    Order.SHARE: N_("Share"),
    Order.AVAILABILITY: N_("Availability"),
    Order.SEEN: N_("Last heard of"),
}
_FIGURES = (Order.RATE, Order.SHARE, Order.AVAILABILITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnView:
    """`query` orders by the column, or the other way round where it does already (`sorted`: ascending, descending)."""

    name: str
    title: str
    query: Mapping[str, object]
    sorted: str | None
    is_figure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    id: str
    line: str | None
    name: str
    localities: str
    kinds: str
    providers: str
    outcome: str
    word: str
    findings: str
    rate: str | None
    against: tuple[str, ...]
    share: str | None
    availability: str | None
    last_seen: str | None
    spark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionView:
    """`query` chooses it, for links; `value` is what a form sends."""

    value: str
    text: str
    chosen: bool
    count: int | None = None
    query: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """`first` to `last` of `total` chosen rows are on the page; `query` is the whole address."""

    asked: Asked
    period: str
    is_closed: bool
    periods: tuple[PeriodView, ...]
    verdicts: tuple[OptionView, ...]
    providers: tuple[OptionView, ...]
    localities: tuple[OptionView, ...]
    columns: tuple[ColumnView, ...]
    rows: tuple[RowView, ...]
    first: int
    last: int
    total: int
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    query: Mapping[str, object]
    everything: Mapping[str, object]
    required: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """All rows of the period, those chosen in their order, and the last days of the lines on the page."""

    asked: Asked
    period: str
    is_closed: bool
    periods: tuple[PeriodView, ...]
    rows: Sequence[OrganisationRow]
    chosen: Sequence[OrganisationRow]
    days: Mapping[LineId, Sequence[DayGlance]]
    today: date
    zone: tzinfo
    required_percent: int


def page_of(chosen: Sequence[OrganisationRow], asked: Asked) -> tuple[int, Sequence[OrganisationRow]]:
    """The number of the page that exists nearest to the one asked for, and its rows."""
    page = min(asked.page, max(1, -(-len(chosen) // PAGE_SIZE)))
    return page, chosen[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]


def list_view(state: ListState, language: Language) -> ListView:
    asked = state.asked
    page, shown = page_of(state.chosen, asked)
    total, first = len(state.chosen), (page - 1) * PAGE_SIZE
    return ListView(
        asked=asked,
        period=state.period,
        is_closed=state.is_closed,
        periods=state.periods,
        verdicts=_verdicts(state.rows, asked, language),
        providers=_providers(state.rows, asked),
        localities=_localities(state.rows, asked, language),
        columns=tuple(_column(order, asked, language) for order in _TITLES),
        rows=tuple(_row(one, state, language) for one in shown),
        first=first + 1 if total else 0,
        last=first + len(shown),
        total=total,
        before=asked.query(page=page - 1) if page > 1 else None,
        after=asked.query(page=page + 1) if first + PAGE_SIZE < total else None,
        query=asked.query(),
        everything=Asked(period=asked.period, order=asked.order, descending=asked.descending).query(),
        required=percent_text(state.required_percent, language),
    )


def _column(order: Order, asked: Asked, language: Language) -> ColumnView:
    is_it = order is asked.order
    return ColumnView(
        name=order.value,
        title=phrasebook(language).say(_TITLES[order]),
        query=asked.query(order=order, descending=is_it and not asked.descending),
        sorted=("descending" if asked.descending else "ascending") if is_it else None,
        is_figure=order in _FIGURES,
    )


def _verdicts(rows: Sequence[OrganisationRow], asked: Asked, language: Language) -> tuple[OptionView, ...]:
    """All, then every verdict that occurs, and the chosen one even if it doesn't."""
    everything = OptionView(
        value="",
        text=phrasebook(language).say("All"),
        chosen=asked.verdict is None,
        count=len(rows),
        query=asked.query(verdict=None),
    )
    counts = {outcome: sum(one.outcome is outcome for one in rows) for outcome in VERDICT_ORDER}
    return (
        everything,
        *(
            OptionView(
                value=outcome.value.lower(),
                text=verdict_word(outcome, language),
                chosen=outcome is asked.verdict,
                count=count,
                query=asked.query(verdict=outcome),
            )
            for outcome, count in counts.items()
            if count or outcome is asked.verdict
        ),
    )


def _providers(rows: Sequence[OrganisationRow], asked: Asked) -> tuple[OptionView, ...]:
    names = {provider: name for row in rows for provider, name in row.providers}
    ordered = sorted(names.items(), key=lambda one: (one[1].casefold(), one[0]))
    return tuple(OptionView(value=one, text=name, chosen=one == asked.provider) for one, name in ordered)


def _localities(rows: Sequence[OrganisationRow], asked: Asked, language: Language) -> tuple[OptionView, ...]:
    known = {kind for row in rows for kind in row.kinds}
    return tuple(
        OptionView(value=kind.value, text=word(kind, language), chosen=kind is asked.locality)
        for kind in LocalityType
        if kind in known
    )


def _row(row: OrganisationRow, state: ListState, language: Language) -> RowView:
    return RowView(
        id=row.id,
        line=row.line,
        name=row.name,
        localities=", ".join(row.localities),
        kinds=", ".join(word(kind, language) for kind in LocalityType if kind in row.kinds),
        providers=", ".join(name for _, name in row.providers),
        outcome=row.outcome.value.lower(),
        word=verdict_word(row.outcome, language),
        findings=findings_text(row.findings, language),
        rate=None if row.rate_bps is None else rate_text(row.rate_bps, language),
        against=rate_against(row.threshold_bps, row.contract_bps, language),
        share=percent_text(share_percent(row.passed, row.decided), language) if row.decided else None,
        availability=_availability(row, language),
        last_seen=None if row.last_seen is None else moment_text(row.last_seen, state.zone, language),
        spark=""
        if row.line is None
        else line_spark(state.days.get(row.line, ()), state.today, state.required_percent, language),
    )


def rate_against(threshold_bps: int | None, contract_bps: int | None, language: Language) -> tuple[str, ...]:
    """What a rate is held against, as far as it is known."""
    say = phrasebook(language).say
    texts = []
    if threshold_bps is not None:
        texts.append(say("threshold {rate}", rate=exact_rate_text(threshold_bps, language)))
    if contract_bps is not None:
        texts.append(say("contract {rate}", rate=exact_rate_text(contract_bps, language)))
    return tuple(texts)


def _availability(row: OrganisationRow, language: Language) -> str | None:
    found = row.availability
    return None if found is None or not found.known else share_text(found.up, found.known, language)


def line_spark(days: Sequence[DayGlance], today: date, required_percent: int, language: Language) -> str:
    """The last 30 days of a line as a drawing; a text for who does not see it."""
    by_day = {one.day: one for one in days}
    first = today - SPARK_DAYS
    every = [by_day.get(first + timedelta(days=number)) for number in range(1, SPARK_DAYS.days + 1)]
    shares = [(one.passed, one.decided) if one is not None else (0, 0) for one in every]
    passed, decided = sum(one for one, _ in shares), sum(one for _, one in shares)
    say = phrasebook(language).say
    label = (
        say(
            "30 days: {percent} of measurements reach the limit",
            percent=percent_text(passed * 100 // decided, language),
        )
        if decided
        else say("30 days: nothing measured")
    )
    return sparkline(shares, required_percent, label=label)
