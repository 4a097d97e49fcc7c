"""Builders of roadmap values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from netmon.domain.identifiers import ActivityId, IndicatorId, ResultId, TerritoryId
from netmon.domain.registry import Text
from netmon.domain.roadmap import (
    Activity,
    ActivityKind,
    DocumentKind,
    EnteredValue,
    Fact,
    Indicator,
    IndicatorKind,
    IndicatorSource,
    Quantity,
    QuantityKind,
    Result,
    Roadmap,
)

A_TEXT = Text(ru="пример", en="example")
INDICATOR = IndicatorId("indicator-1")
DISTRICT = TerritoryId("district")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A value of an indicator at a date."""

    at: date
    numerator: int
    denominator: int


def an_indicator(targets: Mapping[int, int]) -> Indicator:
    return Indicator(
        id=INDICATOR,
        title=A_TEXT,
        kind=IndicatorKind.MAIN,
        source=IndicatorSource.MEASURED,
        base_percent=0,
        base_at=date(2018, 12, 31),
        targets=targets,
    )


def a_result(*, due: date, quantities: Mapping[QuantityKind, int] | None = None, of_indicator: bool = False) -> Result:
    return Result(
        id=ResultId("result-1.10"),
        number="1.10",
        title=A_TEXT,
        characteristic="пример",
        due=due,
        quantities=tuple(Quantity(kind=kind, at_least=least) for kind, least in (quantities or {}).items()),
        indicator=INDICATOR if of_indicator else None,
        notes=(),
    )


def an_activity(*, start: date | None, end: date) -> Activity:
    return Activity(
        id=ActivityId("activity-1.1"),
        number="1.1",
        kind=ActivityKind.CONTROL_POINT,
        title=A_TEXT,
        parent=None,
        result=None,
        start=start,
        end=end,
        responsible_role=A_TEXT,
        document=DocumentKind.ANALYTICAL_NOTE,
        notes=(),
    )


def a_fact(
    of: Result | Activity, at: date, *, done: bool | None = None, quantities: Mapping[QuantityKind, int] | None = None
) -> Fact:
    return Fact(
        of=of.id,
        at=at,
        done=done,
        quantities=quantities or {},
        document="справка",
        author_role=A_TEXT,
        illustrative=True,
    )


def an_entered_value(at: date, numerator: int, denominator: int, *, territory: TerritoryId = DISTRICT) -> EnteredValue:
    return EnteredValue(
        indicator=INDICATOR,
        territory=territory,
        at=at,
        numerator=numerator,
        denominator=denominator,
        counted=True,
        document="отчёт",
        author_role=A_TEXT,
        illustrative=True,
    )


def a_roadmap(
    *facts: Fact,
    entered: tuple[EnteredValue, ...] = (),
    indicators: tuple[Indicator, ...] = (),
    closes_after: int = 90,
) -> Roadmap:
    return Roadmap(
        territory=DISTRICT,
        title=A_TEXT,
        goal=A_TEXT,
        task=A_TEXT,
        indicators=indicators,
        results=(),
        activities=(),
        year_closes_after_days=closes_after,
        facts=facts,
        entered_values=entered,
    )
