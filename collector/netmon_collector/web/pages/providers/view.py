"""The providers as a value: their lines, measured against contracted, what a Mb/s costs, incidents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from fractions import Fraction

from netmon.domain.estimates import ContractFigures
from netmon.domain.identifiers import LineId, ProviderId
from netmon.domain.incident import Incident
from netmon.domain.policy import Policy
from netmon.domain.registry import Contract, Line, LineRole, Registry
from netmon.domain.verdict import SubjectKind, Verdict, VerdictOutcome
from netmon_collector.use_cases.summary.standing import Standing
from netmon_collector.web.pages.organisations.periods import PeriodView
from netmon_collector.web.pages.overview.calls import incident_text
from netmon_collector.web.pages.overview.changes import users_text
from netmon_collector.wording.figures import (
    duration_text,
    exact_rate_text,
    money_text,
    percent_text,
    period_text,
    rate_text,
    tolerance_text,
)
from netmon_collector.wording.language import Language
from netmon_collector.wording.words import verdict_word, word

_MEGABIT = 1_000_000
_MOST_INCIDENTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvidersState:
    """The lines of a territory, and the verdicts and incidents of a period; the contracts are those of `today`."""

    lines: Sequence[Line]
    standing: Standing
    registry: Registry
    policy: Policy
    periods: tuple[PeriodView, ...]
    today: date
    zone: tzinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtLine:
    """A line as bought and as measured; `is_below` when less was measured than bought, the tolerance forgiven."""

    line: str
    users: str
    backup: str | None
    contract: str
    outcome: str | None
    word: str | None
    contracted: str
    measured: str | None
    percent: str | None
    is_below: bool
    price: str | None
    contracted_cost: str | None
    measured_cost: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderView:
    id: str
    name: str
    lines: tuple[BoughtLine, ...]
    failing: int
    below: int
    price: str | None
    contracted_cost: str | None
    measured_cost: str | None
    incidents: tuple[str, ...]
    incident_count: int
    down: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvidersView:
    period: str
    period_name: str
    is_closed: bool
    periods: tuple[PeriodView, ...]
    providers: tuple[ProviderView, ...]
    without: tuple[tuple[str, str], ...]
    tolerance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bought:
    """One line of a provider, before words."""

    line: Line
    contract: Contract
    figures: ContractFigures | None
    verdict: Verdict | None

    @property
    def measured_bps(self) -> int | None:
        return None if self.figures is None else self.figures.median_bps


def providers_view(state: ProvidersState, language: Language) -> ProvidersView:
    """Who has most lines that are less than bought goes first."""
    bought: dict[ProviderId, list[_Bought]] = {}
    without: list[tuple[str, str]] = []
    for line in state.lines:
        contract = line.contract_at(state.today)
        if contract is None:
            without.append((line.id, users_text(line.id, state.today, state.registry, language)))
        else:
            bought.setdefault(contract.provider, []).append(_bought(line, contract, state))
    incidents = _by_provider(state.standing.incidents)
    views = [
        _provider(one, bought.get(one, []), incidents.get(one, []), state, language)
        for one in bought.keys() | incidents.keys()
    ]
    return ProvidersView(
        period=period_text(state.standing.period, language),
        period_name=state.standing.period.name,
        is_closed=state.standing.link is not None,
        periods=state.periods,
        providers=tuple(sorted(views, key=lambda one: (-one.below, -one.failing, one.name, one.id))),
        without=tuple(without),
        tolerance=tolerance_text(state.policy.tolerance_bp, language),
    )


def _by_provider(incidents: Iterable[Incident]) -> Mapping[ProviderId, list[Incident]]:
    found: dict[ProviderId, list[Incident]] = {}
    for one in incidents:
        if one.provider is not None:
            found.setdefault(one.provider, []).append(one)
    return found


def _bought(line: Line, contract: Contract, state: ProvidersState) -> _Bought:
    stood = state.standing.of(SubjectKind.LINE, line.id)
    contracts = () if stood is None or stood.verdict.figures is None else stood.verdict.figures.contracts
    same = (one for one in contracts if (one.provider, one.number) == (contract.provider, contract.number))
    return _Bought(
        line=line,
        contract=contract,
        figures=next(same, None),
        verdict=None if stood is None else stood.verdict,
    )


def _provider(
    provider: ProviderId,
    bought: Sequence[_Bought],
    incidents: Sequence[Incident],
    state: ProvidersState,
    language: Language,
) -> ProviderView:
    known = state.registry.provider_by_id.get(provider)
    lines = [_line(one, state, language) for one in bought]
    prices = [one.contract.price_rub_month for one in bought if one.contract.price_rub_month is not None]
    down = sum((one.ended_at - one.started_at for one in incidents), timedelta())
    newest = sorted(incidents, key=lambda one: one.started_at, reverse=True)
    return ProviderView(
        id=provider,
        name=provider if known is None else known.name.in_language(language),
        lines=tuple(sorted(lines, key=lambda one: (not one.is_below, one.users, one.line))),
        failing=sum(_is_failing(one) for one in bought),
        below=sum(one.is_below for one in lines),
        price=money_text(sum(prices), language) if prices else None,
        contracted_cost=_cost([(one, one.contract.rate_bps) for one in bought], language),
        measured_cost=_cost([(one, one.measured_bps) for one in bought], language),
        incidents=tuple(incident_text(one, state.zone, language) for one in newest[:_MOST_INCIDENTS]),
        incident_count=len(incidents),
        down=duration_text(down, language) if incidents else None,
    )


def _is_failing(one: _Bought) -> bool:
    """A backup line decides nothing: that it is slow is no verdict on anybody."""
    found = one.verdict
    is_bad = found is not None and found.outcome is VerdictOutcome.NON_COMPLIANT
    return is_bad and one.line.role is LineRole.MAIN


def _cost(rates: Iterable[tuple[_Bought, int | None]], language: Language) -> str | None:
    """The monthly price of one Mb/s over the lines of which both are known."""
    known = [(one.contract.price_rub_month, rate) for one, rate in rates if rate and one.contract.price_rub_month]
    if not known:
        return None
    price, rate = sum(price or 0 for price, _ in known), sum(rate for _, rate in known)
    return money_text(float(round(Fraction(price * _MEGABIT, rate), 2)), language)


def _line(one: _Bought, state: ProvidersState, language: Language) -> BoughtLine:
    found, contract, figures = one.verdict, one.contract, one.figures
    percent = None if figures is None else figures.measured_percent
    return BoughtLine(
        line=one.line.id,
        users=users_text(LineId(one.line.id), state.today, state.registry, language),
        backup=word(LineRole.BACKUP, language) if one.line.role is LineRole.BACKUP else None,
        contract=contract.number,
        outcome=None if found is None else found.outcome.value.lower(),
        word=None if found is None else verdict_word(found.outcome, language),
        contracted=exact_rate_text(contract.rate_bps, language),
        measured=None if one.measured_bps is None else rate_text(one.measured_bps, language),
        percent=None if percent is None else percent_text(percent, language),
        is_below=one.measured_bps is not None and one.measured_bps < state.policy.limit_bps(contract.rate_bps),
        price=None if contract.price_rub_month is None else money_text(contract.price_rub_month, language),
        contracted_cost=_money(None if figures is None else figures.contracted_rub_per_mbps, language),
        measured_cost=_money(None if figures is None else figures.measured_rub_per_mbps, language),
    )


def _money(roubles: float | None, language: Language) -> str | None:
    return None if roubles is None else money_text(roubles, language)
