"""Keeping day aggregates (D9): the days since the last complete one, and every day of which something came late.

A day is judged by the same function as a period, so the sums of a month's days are the counts of its verdicts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.period import Period
from netmon.domain.policy import Policy
from netmon.domain.registry import Registry
from netmon.domain.verdict import Verdict
from netmon_collector.use_cases.calendars import Calendars
from netmon_collector.use_cases.day_values import DayDue, DayProgress, DayStore, DayTraffic, LineDay, mark_of
from netmon_collector.use_cases.judging import judge_period

_DAY = timedelta(days=1)
_AFTER = timedelta(hours=1)  # what comes later than this after a day has its mark
DAYS_VERSION = 2  # another one computes every day again, so that what is new in them reaches back
MOST_DAYS = 31  # of a territory in one run, so that a lease is long enough for a new policy
Job = tuple[TerritoryId, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayInputs:
    """What days are judged by; `basis` names it in one hash."""

    registry: Registry
    policy: Policy
    calendars: Calendars
    basis: str
    now: datetime

    def lines(self) -> Mapping[TerritoryId, Sequence[LineId]]:
        """The lines by the territory that their locality is in: each line in one."""
        found: dict[TerritoryId, list[LineId]] = {}
        for line in self.registry.lines:
            found.setdefault(self.registry.locality_of(line.id).territory, []).append(line.id)
        return found


def keep_days(*, store: DayStore, inputs: DayInputs) -> int:
    """Compute what is due; answers how many days of territories that were."""
    due = store.days_due()
    lines = inputs.lines()
    progress = store.day_progress()
    ranges = {one: list(_days_since(progress.get(one), one, lines[one], store, inputs)) for one in lines}
    jobs = {(territory, day) for territory, days in ranges.items() for day in days}
    jobs |= set(_late(due, lines, store, inputs))
    for territory, day in sorted(jobs):
        store.put_days(_days_of(territory, day, lines[territory], store, inputs))
    store.clear_due(due)
    for territory, days in ranges.items():
        complete = [day for day in days if _is_complete(day, territory, inputs)]
        if complete:
            store.set_day_progress(territory, DayProgress(basis=inputs.basis, complete_until=complete[-1]))
    return len(jobs)


def _days_since(
    progress: DayProgress | None, territory: TerritoryId, lines: Sequence[LineId], store: DayStore, inputs: DayInputs
) -> Iterator[date]:
    """The days after the last complete one, oldest first; all of them when the rules are others."""
    zone = inputs.registry.territory_by_id[territory].time_zone
    today = inputs.now.astimezone(zone).date()
    if progress is not None and progress.basis == inputs.basis:
        day = progress.complete_until + _DAY
    else:
        first = store.first_slot_at(lines)
        if first is None:
            return
        day = first.astimezone(zone).date()
    for _ in range(MOST_DAYS):
        if day > today:
            return
        yield day
        day += _DAY


def _is_complete(day: date, territory: TerritoryId, inputs: DayInputs) -> bool:
    zone = inputs.registry.territory_by_id[territory].time_zone
    end = Period.day(day).bounds(zone)[1]
    return inputs.now >= end + inputs.policy.timetable.grace + _AFTER


def _late(
    due: Sequence[DayDue], lines: Mapping[TerritoryId, Sequence[LineId]], store: DayStore, inputs: DayInputs
) -> Iterator[Job]:
    """The days that late facts touch: their own, and those of lines whose fails they may prove."""
    home = {line: territory for territory, of_territory in lines.items() for line in of_territory}
    near = inputs.policy.proof_within
    by_day: dict[date, set[LineId]] = {}
    for one in due:
        if one.line in home:
            by_day.setdefault(one.day, set()).add(one.line)
    for day, touched in by_day.items():
        start = datetime.combine(day, time(), tzinfo=UTC)
        end = start + _DAY
        servers = store.servers_of(touched, start, end)
        near_by = store.lines_with(servers, start - near, end + near) if servers else set()
        for territory in {home[line] for line in touched | near_by if line in home}:
            zone = inputs.registry.territory_by_id[territory].time_zone
            local = (start - near).astimezone(zone).date()
            while local <= (end + near).astimezone(zone).date():
                yield territory, local
                local += _DAY


def _days_of(
    territory: TerritoryId, day: date, lines: Sequence[LineId], store: DayStore, inputs: DayInputs
) -> list[LineDay]:
    judged = judge_period(
        territory,
        Period.day(day),
        evidence=store,
        registry=inputs.registry,
        policy=inputs.policy,
        calendars=inputs.calendars,
        as_of=inputs.now,
    )
    zone = inputs.registry.territory_by_id[territory].time_zone
    traffic = store.day_traffic(lines, *Period.day(day).bounds(zone))
    return [
        replace(
            _line_day(judged.lines[line], day, inputs.now),
            slots=tuple(map(mark_of, judged.slots[line])),
            traffic=traffic.get(line, DayTraffic()),
        )
        for line in lines
        if line in judged.lines
    ]


def _line_day(verdict: Verdict, day: date, now: datetime) -> LineDay:
    figures = verdict.figures
    assert figures is not None  # noqa: S101 - a line's verdict carries its figures
    counts, known = figures.counts, figures.availability
    return LineDay(
        line=LineId(verdict.id),
        day=day,
        passed=counts.passed,
        failed=counts.failed,
        strict_passed=counts.strict_passed,
        line_down=counts.line_down,
        excluded=counts.excluded_total,
        excluded_by_reason={reason.value: number for reason, number in counts.excluded.items()},
        working_s=None if known is None else known.working.total_seconds(),
        up_s=None if known is None else known.up.total_seconds(),
        down_s=None if known is None else known.down.total_seconds(),
        median_bps=None if figures.rates is None else figures.rates.median_bps,
        input_hash=verdict.input_hash,
        computed_at=now,
    )
