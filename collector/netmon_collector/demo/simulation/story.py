"""What each line of the simulated district plays: its rate at any moment, when it is down, when its agent is silent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from netmon.domain.identifiers import LineId
from netmon.domain.measurement import Mode
from netmon.domain.registry import Line, Registry
from netmon.domain.spans import Span

_OF_CONTRACT = 0.985  # a good line carries its contract less what the IP layer loses
_SLOW = 0.87
_FALLEN = 0.58
_THROTTLED_FROM_DAY = 18
_CROWDED_HOURS = range(10, 13)


class Part(StrEnum):
    """What a line plays; every other one is steady."""

    STEADY = "steady"
    SLOW = "slow"  # a little below its limit, always
    FELL = "fell"  # good until two weeks before the end
    MENDED = "mended"  # bad until five weeks before the end
    SILENT = "silent"  # nothing was heard in the last nine days
    BURST = "burst"  # short tests pass, the sustained rate does not
    THROTTLED = "throttled"  # falls on the 18th of each month
    SHAKY = "shaky"  # its provider has outages, which hit all such lines at once
    CROWDED = "crowded"  # bad from ten to one o'clock
    LATE = "late"  # one closed week is reported nine days after its end


_PARTS = {
    "line-03": Part.SLOW,
    "line-04": Part.LATE,
    "line-05": Part.FELL,
    "line-06": Part.MENDED,
    "line-07": Part.SILENT,
    "line-09": Part.BURST,
    "line-10": Part.THROTTLED,
    "line-12": Part.SHAKY,
    "line-13": Part.SHAKY,
    "line-14": Part.CROWDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One line's part until `end`, a local day of its zone. Rates are IP-layer bits per second."""

    line: LineId
    part: Part
    contract_bps: int
    threshold_bps: int
    zone: tzinfo
    end: date

    def rate_bps(self, at: datetime, mode: Mode) -> int:
        """What the line carries at a moment, before the small differences between one test and the next."""
        local = at.astimezone(self.zone)
        good = self.contract_bps * _OF_CONTRACT
        if self.part is Part.BURST and mode is Mode.SUSTAINED:
            return round(self.threshold_bps * 0.78)
        return round(good * self._share(local))

    def _share(self, local: datetime) -> float:
        day = local.date()
        match self.part:
            case Part.SLOW:
                return _SLOW
            case Part.FELL if day >= self._monday(2):
                return _FALLEN
            case Part.MENDED if day < self._monday(5):
                return _FALLEN
            case Part.THROTTLED if day.day >= _THROTTLED_FROM_DAY:
                return 0.4
            case Part.CROWDED if local.hour in _CROWDED_HOURS:
                return 0.8
            case _:
                return 1.0

    def is_silent(self, day: date) -> bool:
        return self.part is Part.SILENT and day > self.end - timedelta(days=9)

    def delivered_on(self, day: date) -> date:
        """When what was measured on a day reaches the collector."""
        late = self._monday(4)
        is_late = self.part is Part.LATE and late <= day < late + timedelta(days=7)
        return late + timedelta(days=16) if is_late else day

    def outages(self) -> Sequence[Span]:
        """When the line is down."""
        if self.part is not Part.SHAKY:
            return ()
        return (
            self._span(self._monday(6) + timedelta(days=2), time(11, 5), 45),
            self._span(self._monday(3) + timedelta(days=1), time(9, 10), 210),
            self._span(self._monday(1) + timedelta(days=3), time(13, 5), 195),
            self._span(self._monday(0) + timedelta(days=1), time(9, 20), 70),
        )

    def _monday(self, weeks_before: int) -> date:
        return self.end - timedelta(days=self.end.weekday() + 7 * weeks_before)

    def _span(self, day: date, at: time, minutes: int) -> Span:
        start = datetime.combine(day, at, tzinfo=self.zone)
        return start, start + timedelta(minutes=minutes)


def scripts(registry: Registry, thresholds: Mapping[LineId, int], end: date) -> Sequence[Script]:
    """The part of every line that has a threshold on the last day."""
    return [_script(line, registry, thresholds[line.id], end) for line in registry.lines if line.id in thresholds]


def _script(line: Line, registry: Registry, threshold_bps: int, end: date) -> Script:
    contract = line.contract_at(end)
    return Script(
        line=line.id,
        part=_PARTS.get(line.id, Part.STEADY),
        contract_bps=threshold_bps if contract is None or contract.rate_bps is None else contract.rate_bps,
        threshold_bps=threshold_bps,
        zone=registry.time_zone(line.id),
        end=end,
    )
