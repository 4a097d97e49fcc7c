"""The roadmap at a date: indicators against their targets, results by their due dates, activities by theirs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from netmon.domain.coverage import Coverage
from netmon.domain.registry import Text
from netmon.domain.roadmap import (
    Activity,
    EnteredValue,
    EvidenceFile,
    Indicator,
    IndicatorSource,
    Result,
    Roadmap,
)
from netmon.domain.roadmap_state import ActivityState, ResultState, activity_state, reaches, result_state
from netmon_collector.use_cases.indicator import IndicatorInputs, indicator_at, measuring_since


class ValueSource(StrEnum):
    """Where the value of an indicator comes from; a simulated one is made up for illustration."""

    MEASURED = "measured"
    ENTERED = "entered"
    SIMULATED = "simulated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value of an indicator. `upper_numerator` is what it could still be, where netmon measured it.

    `counted` is False for a reported percentage, whose fraction says nothing about how many there are.
    """

    at: date
    numerator: int
    denominator: int
    source: ValueSource
    counted: bool = True
    upper_numerator: int | None = None
    document: str | None = None
    author_role: Text | None = None
    note: str | None = None
    evidence: EvidenceFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorStanding:
    """An indicator at a date; without a value nobody measured or entered anything."""

    indicator: Indicator
    target_percent: int | None
    value: Value | None

    @property
    def met(self) -> bool | None:
        """By whole numbers; None without a value or a target."""
        if self.value is None or self.target_percent is None:
            return None
        return reaches(self.value, self.target_percent)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapStanding:
    """Where everything that the roadmap names stands at a date."""

    roadmap: Roadmap
    at: date
    indicators: tuple[IndicatorStanding, ...]
    results: tuple[tuple[Result, ResultState], ...]
    activities: tuple[tuple[Activity, ActivityState], ...]


def roadmap_at(at: date, roadmap: Roadmap, inputs: IndicatorInputs) -> RoadmapStanding:
    """`inputs` are those of the measured indicator in the roadmap's own territory."""
    values = _Values(roadmap, inputs)
    return RoadmapStanding(
        roadmap=roadmap,
        at=at,
        indicators=tuple(
            IndicatorStanding(indicator=one, target_percent=one.target_at(at), value=values.at(one, at))
            for one in roadmap.indicators
        ),
        results=tuple(
            (one, result_state(roadmap, one, on=at, shares=tuple(values.of_result(one, at)))) for one in roadmap.results
        ),
        activities=tuple((one, activity_state(roadmap, one, on=at)) for one in roadmap.activities),
    )


class _Values:
    """The values of the indicators; what takes judging is computed once a date."""

    def __init__(self, roadmap: Roadmap, inputs: IndicatorInputs) -> None:
        self._roadmap, self._inputs = roadmap, inputs
        self._since = measuring_since(inputs)
        self._measured: dict[date, Value | None] = {}

    def at(self, indicator: Indicator, day: date) -> Value | None:
        """The latest value known at a day."""
        if indicator.source is IndicatorSource.ENTERED:
            entered = self._roadmap.entered_at(indicator.id, self._roadmap.territory, day)
            return None if entered is None else _entered(entered)
        if day not in self._measured:
            self._measured[day] = self._coverage(indicator, day)
        return self._measured[day]

    def _coverage(self, indicator: Indicator, day: date) -> Value | None:
        """None of a day before any measuring for whose year nothing was entered."""
        found = indicator_at(day, self._inputs)
        if found.entered is not None:
            entered = self._roadmap.entered_at(indicator.id, self._roadmap.territory, found.entered.at)
            if entered is not None and entered.at == found.entered.at:
                return _entered(entered)
        is_measured = self._since is not None and day >= self._since
        return _covered(found) if is_measured or found.entered is not None else None

    def of_result(self, result: Result, on: date) -> Iterator[Value]:
        """What a result is decided by: its indicator at the due date, and at later ones for reaching it late."""
        indicator = None if result.indicator is None else self._roadmap.indicator(result.indicator)
        if indicator is None:
            return
        for day in _deciding_days(result.due, on):
            value = self.at(indicator, day)
            if value is not None:
                yield value


def _deciding_days(due: date, on: date) -> Sequence[date]:
    """The due date, the ends of the years after it and the day itself; before the due date the day alone."""
    ends = [date(year, 12, 31) for year in range(due.year, on.year)]
    return sorted({*(day for day in [due, *ends] if due <= day <= on), on})


def _covered(found: Coverage) -> Value:
    entered = found.entered
    if entered is None:
        return Value(
            at=found.at,
            numerator=found.numerator,
            denominator=found.denominator,
            upper_numerator=found.upper_numerator,
            source=ValueSource.MEASURED,
        )
    return Value(
        at=entered.at,
        numerator=entered.numerator,
        denominator=entered.denominator,
        source=ValueSource.SIMULATED if entered.illustrative else ValueSource.ENTERED,
        document=entered.document,
        author_role=entered.author_role,
    )


def _entered(found: EnteredValue) -> Value:
    return Value(
        at=found.at,
        numerator=found.numerator,
        denominator=found.denominator,
        counted=found.counted,
        source=ValueSource.SIMULATED if found.illustrative else ValueSource.ENTERED,
        document=found.document,
        author_role=found.author_role,
        note=found.note,
        evidence=found.evidence,
    )
