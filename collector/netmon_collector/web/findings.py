"""What holds now in a territory, computed once for everybody who asks within seconds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import TypeVar

from netmon.domain.coverage import Coverage
from netmon.domain.identifiers import LineId, OrganisationId, TerritoryId
from netmon.domain.period import Period
from netmon.domain.verdict import Verdict
from netmon_collector.services import Services
from netmon_collector.use_cases.indicator import IndicatorInputs, indicator_at, trend
from netmon_collector.use_cases.judging import judge_period

_FRESH_S = 5.0
_COSTS = 20  # kept this many times as long as it took, so that asking often cannot keep the machine busy
_MOST_KEPT = 200
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The indicator of a territory today and the verdicts that it counts; `period` is the latest of theirs."""

    coverage: Coverage
    organisations: Mapping[OrganisationId, Verdict]
    lines: Mapping[LineId, Verdict]
    period: Period | None
    made_at: datetime


class FindingsOfNow:
    """Answers from memory for some seconds; who asks meanwhile waits for the one who computes. Blocks."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = Lock()
        self._kept: dict[tuple[str, TerritoryId], tuple[float, object]] = {}

    def of(self, territory: TerritoryId) -> Findings:
        """Raises NotFoundError, StoreError."""
        return self._fresh("findings", territory, lambda: findings(self._services, territory))

    def trend(self, territory: TerritoryId) -> Sequence[Coverage]:
        """The indicator at the end of every year of the roadmap that is over. Raises NotFoundError, StoreError."""
        return self._fresh("trend", territory, lambda: past_years(self._services, territory))

    def _fresh(self, kind: str, territory: TerritoryId, compute: Callable[[], T]) -> T:
        with self._lock:
            known = self._kept.get((kind, territory))
            began = self._services.clock.monotonic()
            if known is not None and began < known[0]:
                return known[1]  # type: ignore[return-value]
            value = compute()
            ended = self._services.clock.monotonic()
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[kind, territory] = (ended + max(_FRESH_S, _COSTS * (ended - began)), value)
            return value


def findings(services: Services, territory: TerritoryId) -> Findings:
    """What holds now. Raises NotFoundError for an unknown territory."""
    now = services.clock.now()
    inputs = services.indicator_inputs(territory, now=now)
    coverage = indicator_at(_today(inputs), inputs)
    judgements = {
        period: judge_period(
            territory,
            period,
            evidence=services.store,
            registry=services.registry,
            policy=services.policy,
            calendars=services.calendars,
            as_of=now,
        )
        for period in {one.period for one in coverage.organisations if one.period is not None}
    }
    latest = max(judgements, default=None)
    return Findings(
        coverage=coverage,
        organisations={
            one.id: judgements[one.period].organisations[one.id]
            for one in coverage.organisations
            if one.period is not None and one.id in judgements[one.period].organisations
        },
        lines={} if latest is None else judgements[latest].lines,
        period=latest,
        made_at=now,
    )


def past_years(services: Services, territory: TerritoryId) -> Sequence[Coverage]:
    """The indicator at the end of each year from the roadmap's first target to last year."""
    now = services.clock.now()
    indicator, inputs = services.measured_indicator, services.indicator_inputs(territory, now=now)
    if indicator is None:
        return ()
    return trend(inputs, first_year=min(indicator.targets), today=_today(inputs))[:-1]


def _today(inputs: IndicatorInputs) -> date:
    return inputs.now.astimezone(inputs.registry.territory_by_id[inputs.territory].time_zone).date()
