"""Where the results and activities of a roadmap stand on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from netmon.domain.roadmap import Activity, Fact, Result, Roadmap


class ResultStatus(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    NO_FACT = "no_fact"


class ActivityStatus(StrEnum):
    DONE = "done"
    UPCOMING = "upcoming"
    DUE = "due"
    OVERDUE = "overdue"
    ARCHIVED = "archived"  # its year is closed and nobody recorded a fact: neither done nor a reminder for ever


class DatedShare(Protocol):
    """A value of an indicator at a date, measured or entered."""

    @property
    def at(self) -> date: ...
    @property
    def numerator(self) -> int: ...
    @property
    def denominator(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultState:
    """Whether a result is met on a day, by which fact or value; `late` when it was reached after its due date only."""

    status: ResultStatus
    late: bool = False
    fact: Fact | None = None
    share: DatedShare | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityState:
    """Where an activity stands on a day; `late` when it was done after its end."""

    status: ActivityStatus
    late: bool = False
    fact: Fact | None = None


def reaches(share: DatedShare, percent: int) -> bool:
    """Whether a share is at least a whole percentage, by integers: 3 of 17 reaches 17, 69.96 % does not reach 70."""
    return share.denominator > 0 and share.numerator * 100 >= percent * share.denominator


def activity_state(roadmap: Roadmap, activity: Activity, *, on: date) -> ActivityState:
    done = next((fact for fact in roadmap.facts_of(activity.id, on) if fact.done), None)
    if done is not None:
        return ActivityState(status=ActivityStatus.DONE, late=done.at > activity.end, fact=done)
    if activity.start is not None and on < activity.start:
        return ActivityState(status=ActivityStatus.UPCOMING)
    if on <= activity.end:
        return ActivityState(status=ActivityStatus.DUE)
    last_open_day = date(activity.end.year, 12, 31) + timedelta(days=roadmap.year_closes_after_days)
    return ActivityState(status=ActivityStatus.OVERDUE if on <= last_open_day else ActivityStatus.ARCHIVED)


def result_state(roadmap: Roadmap, result: Result, *, on: date, shares: Iterable[DatedShare] = ()) -> ResultState:
    """`shares` are the known values of the result's indicator, measured and entered, in any order."""
    if result.indicator is not None:
        return _state_by_shares(result, sorted((s for s in shares if s.at <= on), key=lambda share: share.at))
    return _state_by_facts(result, roadmap.facts_of(result.id, on))


def _state_by_shares(result: Result, shares: list[DatedShare]) -> ResultState:
    """The last value of the due year up to the due date decides; a share reached only afterwards is met late."""
    needed = max(quantity.at_least for quantity in result.quantities)
    in_time = [share for share in shares if share.at.year == result.due.year and share.at <= result.due]
    if in_time and reaches(in_time[-1], needed):
        return ResultState(status=ResultStatus.MET, share=in_time[-1])
    afterwards = [share for share in shares if share.at > result.due]
    reached = next((share for share in afterwards if reaches(share, needed)), None)
    if reached is not None:
        return ResultState(status=ResultStatus.MET, late=True, share=reached)
    known = in_time + afterwards
    return ResultState(status=ResultStatus.NOT_MET, share=known[-1]) if known else _NO_FACT


def _state_by_facts(result: Result, facts: tuple[Fact, ...]) -> ResultState:
    """The first fact that satisfies every quantity decides; without one the latest fact says what is missing."""
    if not facts:
        return _NO_FACT
    reached = next((fact for fact in facts if _satisfies(fact, result)), None)
    if reached is None:
        return ResultState(status=ResultStatus.NOT_MET, fact=facts[-1])
    return ResultState(status=ResultStatus.MET, late=reached.at > result.due, fact=reached)


def _satisfies(fact: Fact, result: Result) -> bool:
    if not result.quantities:
        return fact.done is True
    return all(fact.quantities.get(quantity.kind, -1) >= quantity.at_least for quantity in result.quantities)


_NO_FACT = ResultState(status=ResultStatus.NO_FACT)
