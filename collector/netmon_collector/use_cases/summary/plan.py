"""What the roadmap asks for around a date: what is overdue, what is due soon, what was done lately."""

from datetime import date, timedelta

from netmon.domain.period import Period
from netmon.domain.roadmap import Fact, Result, Roadmap
from netmon.domain.roadmap_state import ActivityState, ActivityStatus, ResultState, ResultStatus
from netmon_collector.use_cases.roadmap import RoadmapStanding
from netmon_collector.use_cases.summary.values import RoadmapItems

DUE_WITHIN = timedelta(days=30)


def roadmap_items(found: RoadmapStanding, period: Period) -> RoadmapItems:
    """The items around the date of a standing; what was `done` was recorded within the period."""
    on, activities = found.at, found.activities
    open_results = [(one, state) for one, state in found.results if state.status is not ResultStatus.MET]
    return RoadmapItems(
        overdue=tuple(one for one in activities if one[1].status is ActivityStatus.OVERDUE),
        due=tuple(
            one
            for one in activities
            if one[1].status in (ActivityStatus.DUE, ActivityStatus.UPCOMING) and _is_soon(one[0].end, on)
        ),
        done=tuple(one for one in activities if _is_done(one[1], period)),
        overdue_results=tuple(one for one in open_results if _is_overdue(one[0], on, found.roadmap)),
        due_results=tuple(one for one in open_results if _is_soon(one[0].due, on)),
        done_results=tuple(one for one in found.results if _is_met_in(one[1], period)),
    )


def _is_soon(end: date, on: date) -> bool:
    return on <= end <= on + DUE_WITHIN


def _is_overdue(result: Result, on: date, roadmap: Roadmap) -> bool:
    """Until its year closes, as with activities: nobody is reminded for ever."""
    last_open_day = date(result.due.year, 12, 31) + timedelta(days=roadmap.year_closes_after_days)
    return result.due < on <= last_open_day


def _is_done(state: ActivityState, period: Period) -> bool:
    return state.status is ActivityStatus.DONE and _recorded_in(state.fact, period)


def _is_met_in(state: ResultState, period: Period) -> bool:
    return state.status is ResultStatus.MET and _recorded_in(state.fact, period)


def _recorded_in(fact: Fact | None, period: Period) -> bool:
    return fact is not None and period.contains(fact.at)
