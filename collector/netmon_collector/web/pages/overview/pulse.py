"""The last school day against the one before, from day aggregates: what one wants to know before any verdict."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from netmon.domain.identifiers import LineId
from netmon_collector.use_cases.day_values import DayGlance

_FEWEST = 3  # decided slots that make a day worth a word


class DayLook(StrEnum):
    """How a line's day looks. It is no verdict: a verdict takes a week at least."""

    GOOD = "good"
    BELOW = "below"
    SILENT = "silent"
    OPEN = "open"  # too little was decided, though the agent was there


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """The lines whose look changed from one school day to the next, and how all of them look."""

    day: date
    before: date
    looks: Mapping[LineId, DayLook]
    fell: tuple[LineId, ...]
    recovered: tuple[LineId, ...]
    fell_silent: tuple[LineId, ...]

    def count(self, look: DayLook) -> int:
        return sum(one is look for one in self.looks.values())


def pulse(days: Mapping[LineId, Sequence[DayGlance]], lines: Collection[LineId], required_percent: int) -> Pulse | None:
    """The last day of which anything was decided against the one before it; None without two such days."""
    decided = sorted({one.day for of_line in days.values() for one in of_line if one.decided})
    if len(decided) < 2:
        return None
    before, day = decided[-2:]
    looks = {line: _look(days.get(line, ()), day, required_percent) for line in lines}
    earlier = {line: _look(days.get(line, ()), before, required_percent) for line in lines}
    return Pulse(
        day=day,
        before=before,
        looks=looks,
        fell=_turned(looks, earlier, DayLook.BELOW, {DayLook.GOOD}),
        recovered=_turned(looks, earlier, DayLook.GOOD, {DayLook.BELOW, DayLook.SILENT}),
        fell_silent=_turned(looks, earlier, DayLook.SILENT, {DayLook.GOOD, DayLook.BELOW, DayLook.OPEN}),
    )


def _look(days: Iterable[DayGlance], day: date, required_percent: int) -> DayLook:
    found = next((one for one in days if one.day == day), None)
    if found is None or (found.decided == 0 and not _was_there(found)):
        return DayLook.SILENT
    if found.decided < _FEWEST:
        return DayLook.OPEN
    return DayLook.GOOD if found.passed * 100 >= found.decided * required_percent else DayLook.BELOW


def _was_there(day: DayGlance) -> bool:
    return day.median_bps is not None or day.excluded > day.absent


def _turned(
    now: Mapping[LineId, DayLook], before: Mapping[LineId, DayLook], to: DayLook, since: Collection[DayLook]
) -> tuple[LineId, ...]:
    return tuple(sorted(line for line, look in now.items() if look is to and before[line] in since))
