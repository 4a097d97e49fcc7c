"""The roadmap (дорожная карта) of a territory: indicators with targets, results with due dates, the activity plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from netmon.domain.identifiers import ActivityId, IndicatorId, ResultId, TerritoryId
from netmon.domain.registry import Text


class IndicatorKind(StrEnum):
    """Тип показателя: основной or дополнительный."""

    MAIN = "main"
    ADDITIONAL = "additional"


class IndicatorSource(StrEnum):
    """Where the value of an indicator comes from."""

    MEASURED = "measured"  # the coverage that netmon computes; years before it take entered values
    ENTERED = "entered"


class QuantityKind(StrEnum):
    """What a result counts."""

    ORGANISATIONS_PERCENT = "organisations_percent"
    GENERAL_SCHOOLS_PERCENT = "general_schools_percent"
    MUNICIPALITIES_PERCENT = "municipalities_percent"
    CHILDREN = "children"
    STAFF = "staff"


class ActivityKind(StrEnum):
    """The rows of the activity plan."""

    RESULT = "result"
    CONTROL_POINT = "control_point"
    ACTIVITY = "activity"


class DocumentKind(StrEnum):
    """The document that proves an activity."""

    OUTGOING_LETTER = "outgoing_letter"
    MEETING_DECISION = "meeting_decision"
    ANALYTICAL_NOTE = "analytical_note"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """A file that proves what was entered, known by the SHA-256 of its bytes, in hexadecimal."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredValue:
    """A value of an indicator that people reported; `illustrative` marks a made-up sample.

    A value reported as a percentage is held as an exact fraction (69.96 % is 1749/2500) and is not `counted`.
    """

    indicator: IndicatorId
    territory: TerritoryId
    at: date
    numerator: int
    denominator: int
    counted: bool
    document: str
    author_role: Text
    illustrative: bool
    note: str | None = None
    evidence: EvidenceFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A показатель of the roadmap: its base value and its target (whole percent) of each year without a gap."""

    id: IndicatorId
    title: Text
    kind: IndicatorKind
    source: IndicatorSource
    base_percent: int
    base_at: date
    targets: Mapping[int, int]

    def target_at(self, day: date) -> int | None:
        """The target of the day's year; the last one holds afterwards; None before the first: nothing was promised."""
        if day.year < min(self.targets):
            return None
        return self.targets[min(day.year, max(self.targets))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """The least that a result asks for: percent or people, by kind."""

    kind: QuantityKind
    at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A результат with its due date.

    A result of an indicator is decided by the indicator's value at the due date, any other by recorded facts.
    """

    id: ResultId
    number: str
    title: Text
    characteristic: str
    due: date
    quantities: tuple[Quantity, ...]
    indicator: IndicatorId | None
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A row of the activity plan: a мероприятие, a control point (КТ) or the result that they lead to."""

    id: ActivityId
    number: str
    kind: ActivityKind
    title: Text
    parent: ActivityId | None
    result: ResultId | None
    start: date | None
    end: date
    responsible_role: Text
    document: DocumentKind | None
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What somebody recorded about a result or an activity, with its evidence.

    `done` answers a subject without quantities; `quantities` hold the reported figures of a result.
    """

    of: ResultId | ActivityId
    at: date
    done: bool | None
    quantities: Mapping[QuantityKind, int]
    document: str
    author_role: Text
    illustrative: bool
    note: str | None = None
    evidence: EvidenceFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roadmap:
    """The roadmap of one territory with everything that was recorded about it.

    `year_closes_after_days` counts from 31 December: afterwards the activities that ended in that year and have no
    recorded fact are archived.
    """

    territory: TerritoryId
    title: Text
    goal: Text
    task: Text
    indicators: tuple[Indicator, ...]
    results: tuple[Result, ...]
    activities: tuple[Activity, ...]
    year_closes_after_days: int
    facts: tuple[Fact, ...] = ()
    entered_values: tuple[EnteredValue, ...] = ()
    notes: tuple[Text, ...] = ()

    def indicator(self, identifier: IndicatorId) -> Indicator | None:
        return next((one for one in self.indicators if one.id == identifier), None)

    @property
    def subjects(self) -> Mapping[str, Result | Activity]:
        """The results and activities by their ids: what facts are about."""
        results: dict[str, Result | Activity] = {one.id: one for one in self.results}
        return results | {one.id: one for one in self.activities}

    def entered_at(self, indicator: IndicatorId, territory: TerritoryId, day: date) -> EnteredValue | None:
        """The latest value entered for a date on or before `day`."""
        known = (v for v in self.entered_values if (v.indicator, v.territory) == (indicator, territory) and v.at <= day)
        return max(known, key=lambda value: value.at, default=None)

    def facts_of(self, identifier: ResultId | ActivityId, on: date) -> tuple[Fact, ...]:
        """The facts about one subject up to a day, earliest first."""
        return tuple(sorted((f for f in self.facts if f.of == identifier and f.at <= on), key=lambda fact: fact.at))
