"""The summary of a territory for a period, put together from what closing, judging and the roadmap know."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from netmon.domain.closing import working_date
from netmon.domain.coverage import Coverage
from netmon.domain.identifiers import LineId
from netmon.domain.period import Period, PeriodKind
from netmon.domain.registry import Text
from netmon.domain.roadmap import Roadmap
from netmon.domain.verdict import SubjectKind
from netmon_collector.errors import NotFoundError
from netmon_collector.use_cases.calendars import calendar_of
from netmon_collector.use_cases.closing import ClosingInputs
from netmon_collector.use_cases.indicator import measuring_since, year_ends
from netmon_collector.use_cases.roadmap import RoadmapStanding, roadmap_at
from netmon_collector.use_cases.summary.changes import Comparison
from netmon_collector.use_cases.summary.history import earlier_outcomes, past_of
from netmon_collector.use_cases.summary.names import Names
from netmon_collector.use_cases.summary.plan import roadmap_items
from netmon_collector.use_cases.summary.revisions import revised_periods
from netmon_collector.use_cases.summary.silence import silence_limits
from netmon_collector.use_cases.summary.standing import Standing, judged_standing, standing
from netmon_collector.use_cases.summary.subjects import Subjects, incidents_by_provider
from netmon_collector.use_cases.summary.values import RevisedPeriod, RoadmapItems, Summary

_LONGEST_VACATION = 120  # days
EmulatedLines = Callable[[Collection[LineId], datetime, datetime], Collection[LineId]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryInputs:
    """What a summary is computed from.

    `title` is what the roadmap calls the indicator of this territory; `first_year` the first with a target, None where
    the roadmap has no measured indicator. `emulated_lines` answers which lines no kernel shaped between two instants.
    """

    closing: ClosingInputs
    roadmap: Roadmap
    title: Text | None
    first_year: int | None
    emulated_lines: EmulatedLines


def summarise(
    inputs: SummaryInputs, period: Period, *, revision: int | None = None, since: datetime | None = None
) -> Summary:
    """The summary of a period: by a revision of the closed one, the newest where none is named, else judged now.

    Compared with the period before; with `since`, with the same period as it stood at that instant. Raises
    NotFoundError for a period that has not begun and a revision that is not there, TamperedError for a closed period
    that was changed.
    """
    of = inputs.closing.indicator
    zone = of.registry.territory_by_id[of.territory].time_zone
    if period.bounds(zone)[0] > of.now:
        raise NotFoundError(f"the period {period.name} has not begun; name one that has")
    now = standing(inputs.closing, period, revision=revision)
    if revision is not None and now.link is None:
        raise NotFoundError(f"the period {period.name} has no revision {revision}; leave it out for the newest")
    return _Summary(inputs, now, since).value()


class _Summary:
    """One summary in the making."""

    def __init__(self, inputs: SummaryInputs, now: Standing, since: datetime | None) -> None:
        self._inputs, self._now, self._since = inputs, now, since
        of = self._of = inputs.closing.indicator
        self._territory = of.registry.territory_by_id[of.territory]
        self._measured_from = measuring_since(of)
        self._before = self._standing_before()
        self._day = min(now.period.last, now.as_of.astimezone(self._territory.time_zone).date())
        self._names = Names(of.registry, self._day)

    def value(self) -> Summary:
        now, before, of = self._now, self._before, self._of
        subjects = Subjects(comparison=self._comparison(), names=self._names, emulated=self._emulated())
        roadmap = self._roadmap()
        return Summary(
            territory=self._territory,
            period=now.period,
            made_at=now.as_of,
            closed=now.link,
            policy_id=now.policy_id,
            policy_hash=now.policy_hash,
            policy=now.policy,
            registry=of.registry,
            title=self._inputs.title,
            measuring_since=self._measured_from,
            coverage=now.coverage,
            coverage_before=None if before is None else before.coverage,
            compared_with=None if before is None else before.period,
            since=self._since,
            trend=self._trend(),
            organisations=subjects.organisations(),
            disappeared=subjects.disappeared(),
            lines=subjects.lines(),
            incidents=incidents_by_provider(now.incidents, self._names),
            roadmap=roadmap,
            items=RoadmapItems() if roadmap is None else roadmap_items(roadmap, now.period),
            revisions=self._revisions(),
        )

    def _standing_before(self) -> Standing | None:
        """None for the first period in which anything was measured: there is nothing to hold it against."""
        period, since = self._now.period, self._since
        if since is not None:
            return judged_standing(self._inputs.closing, period, as_of=since)
        previous = self._period_before(period)
        if self._measured_from is None or previous.last < self._measured_from:
            return None
        return standing(self._inputs.closing, previous)

    def _period_before(self, period: Period) -> Period:
        """Of a day the last school day before it: else everything that fails would be news every Monday."""
        if period.kind is not PeriodKind.DAY:
            return period.previous
        calendar = calendar_of(self._territory.id, self._of.calendars, self._of.registry)
        days = (period.first - timedelta(days=number) for number in range(1, _LONGEST_VACATION + 1))
        return next((Period.day(day) for day in days if calendar.is_school_day(day)), period.previous)

    def _comparison(self) -> Comparison:
        before = self._before
        earlier = (
            ()
            if before is None or self._measured_from is None
            else earlier_outcomes(before, self._inputs.closing, measured_from=self._measured_from)
        )
        return Comparison(
            now=self._now,
            before=before,
            past=past_of(self._now.verdicts, earlier),
            silent_before=silence_limits(self._of),
        )

    def _emulated(self) -> Collection[LineId]:
        lines = [LineId(one) for kind, one in self._now.verdicts if kind is SubjectKind.LINE]
        return self._inputs.emulated_lines(lines, *self._now.period.bounds(self._territory.time_zone))

    def _roadmap(self) -> RoadmapStanding | None:
        """Only the roadmap's own territory has one."""
        roadmap = self._inputs.roadmap
        return roadmap_at(self._day, roadmap, self._of) if roadmap.territory == self._territory.id else None

    def _trend(self) -> tuple[Coverage, ...]:
        """The indicator at the end of each year that was over, then the one of the period."""
        first = self._inputs.first_year
        ends = () if first is None else year_ends(self._of, first_year=first, today=self._now.coverage.at)
        return (*ends, self._now.coverage)

    def _revisions(self) -> tuple[RevisedPeriod, ...]:
        zone = self._territory.time_zone
        return revised_periods(
            self._inputs.closing,
            after=self._reported_until(),
            until=working_date(self._now.as_of, zone),
            zone=zone,
            name_of=self._names.of,
        )

    def _reported_until(self) -> date:
        """The working date of the report before: its period was closed then, else simply was over."""
        period, zone, since = self._now.period.previous, self._territory.time_zone, self._since
        if since is not None:
            return working_date(since, zone)
        chain = self._inputs.closing.store.chain(self._of.territory, period.kind)
        closed = next((link for link, _ in chain if (link.period, link.revision) == (period, 1)), None)
        return period.last if closed is None else working_date(closed.closed_at, zone)
