"""What holds now in a territory, computed once for everybody within seconds; what was closed, once for good."""

import contextlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar

from netmon.domain.coverage import Coverage
from netmon.domain.identifiers import LineId, OrganisationId, TerritoryId
from netmon.domain.period import Period, PeriodKind
from netmon.domain.verdict import SubjectKind, Verdict
from netmon_collector.errors import CollectorError
from netmon_collector.ports import ClosedOutcome
from netmon_collector.services import Services
from netmon_collector.use_cases.closing import ClosingInputs
from netmon_collector.use_cases.indicator import IndicatorInputs, indicator_at, year_ends
from netmon_collector.use_cases.roadmap import RoadmapStanding, roadmap_at
from netmon_collector.use_cases.summary import Summary, summarise
from netmon_collector.use_cases.summary.standing import Standing, standing
from netmon_collector.web.memory import Memory

T = TypeVar("T")
Outcomes = Mapping[OrganisationId, ClosedOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The indicator of a territory today and the verdicts that it counts; `period` is the latest of theirs."""

    coverage: Coverage
    organisations: Mapping[OrganisationId, Verdict]
    lines: Mapping[LineId, Verdict]
    period: Period | None
    made_at: datetime
    inputs: IndicatorInputs = field(repr=False, compare=False)


class FindingsOfNow:
    """Answers from memory where it can. Blocks. Each answer may raise NotFoundError, StoreError and TamperedError."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._memory = Memory(services.clock)

    def of(self, territory: TerritoryId) -> Findings:
        return self._memory.fresh(("findings", territory), lambda: self._findings(territory))

    def warm(self) -> None:
        """Compute what the first reader would wait for; what goes wrong is told to that reader."""
        territory = self._services.roadmap.territory
        with contextlib.suppress(CollectorError):
            self.trend(territory)
            self.roadmap(territory)

    def inputs(self, territory: TerritoryId) -> IndicatorInputs:
        """What the indicator is computed from: what was entered a moment ago is in it, nothing is judged again."""
        known = self.of(territory).inputs
        return replace(self._services.indicator_inputs(territory, now=known.now), judgements=known.judgements)

    def trend(self, territory: TerritoryId) -> Sequence[Coverage]:
        """The indicator at the end of every year of the roadmap that is over."""
        return self._memory.fresh(("trend", territory), lambda: past_years(self._services, self.of(territory).inputs))

    def closed(self, territory: TerritoryId, kind: PeriodKind) -> Mapping[Period, str]:
        """The closed periods of a kind, each with the hash of its newest revision."""
        return self._memory.fresh(
            ("closed", territory, kind),
            lambda: {link.period: hashed for link, hashed in self._services.store.chain(territory, kind)},
        )

    def standing(self, territory: TerritoryId, period: Period) -> Standing:
        """The verdicts of a period as it was closed, else as it is judged now."""

        now = self._services.clock.now()
        return self._standing(period, lambda: self._services.closing_inputs(territory, now=now), territory)

    def _standing(self, period: Period, inputs: Callable[[], ClosingInputs], territory: TerritoryId) -> Standing:
        def compute() -> Standing:
            return standing(inputs(), period)

        revision = self.closed(territory, period.kind).get(period)
        if revision is None:
            return self._memory.fresh(("standing", territory, period), compute)
        return self._memory.fixed(("standing", territory, revision), compute)

    def kept(self, key: Hashable, compute: Callable[[], T]) -> T:
        """What pages make of all this, kept for as long as it is fresh."""
        return self._memory.fresh(key, compute)

    def outcomes(self, territory: TerritoryId, kind: PeriodKind, *, most: int) -> Mapping[Period, Outcomes]:
        """How the organisations stood in the last closed periods of a kind, the newest first."""
        closed = self.closed(territory, kind)
        return {
            period: self._memory.fixed(
                ("outcomes", territory, closed[period]),
                lambda period=period: self._services.store.closed_outcomes(territory, period) or {},  # type: ignore[misc]
            )
            for period in sorted(closed, reverse=True)[:most]
        }

    def latest_summary(self, territory: TerritoryId, kind: PeriodKind) -> Summary | None:
        """What changed in the last closed period of a kind; None while none was closed."""
        closed = self.closed(territory, kind)
        if not closed:
            return None
        latest = max(closed)
        inputs = self._services.summary_inputs(territory, now=self._services.clock.now())
        key = ("summary", territory, closed[latest], closed.get(latest.previous))
        return self._memory.fixed(key, lambda: summarise(inputs, latest))

    def roadmap(self, territory: TerritoryId) -> RoadmapStanding | None:
        """Where the roadmap stands today; None for a territory that it is not about."""
        roadmap = self._services.roadmap
        if roadmap.territory != territory:
            return None

        def compute() -> RoadmapStanding:
            inputs = self.of(territory).inputs  # so that nothing is judged twice
            return roadmap_at(_today(inputs), roadmap, inputs)

        return self._memory.fresh(("roadmap", territory), compute)

    def _findings(self, territory: TerritoryId) -> Findings:
        now = self._services.clock.now()
        closing = self._services.closing_inputs(territory, now=now)  # one for all: each period is judged once
        coverage = indicator_at(_today(closing.indicator), closing.indicator)
        periods = {one.period for one in coverage.organisations if one.period is not None}
        standings = {period: self._standing(period, lambda: closing, territory) for period in periods}
        latest = max(standings, default=None)
        found = {
            one.id: standings[one.period].of(SubjectKind.ORGANISATION, one.id)
            for one in coverage.organisations
            if one.period is not None
        }
        return Findings(
            coverage=coverage,
            organisations={identifier: one.verdict for identifier, one in found.items() if one is not None},
            lines={} if latest is None else _lines(standings[latest]),
            period=latest,
            made_at=now,
            inputs=closing.indicator,
        )


def _lines(found: Standing) -> Mapping[LineId, Verdict]:
    return {LineId(name): one.verdict for (kind, name), one in found.verdicts.items() if kind is SubjectKind.LINE}


def past_years(services: Services, inputs: IndicatorInputs) -> Sequence[Coverage]:
    """The indicator at the end of each year from the roadmap's first target to last year."""
    indicator = services.measured_indicator
    if indicator is None:
        return ()
    return year_ends(inputs, first_year=min(indicator.targets), today=_today(inputs))


def _today(inputs: IndicatorInputs) -> date:
    return inputs.now.astimezone(inputs.registry.territory_by_id[inputs.territory].time_zone).date()
