"""From times and figures to places in a drawing, and the steps that an axis names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_STEPS = (1, 2, 5)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scale:
    """A figure between two others goes to a place between two others; what is outside stays at the edge."""

    first: float
    last: float
    start: float
    end: float

    def at(self, figure: float) -> float:
        span = self.last - self.first
        share = (figure - self.first) / span if span else 0.0
        return self.start + (self.end - self.start) * min(1.0, max(0.0, share))


def nice_steps(highest: float, most: int) -> Sequence[float]:
    """Round figures from 0 to the first one that is not below the highest, at most so many and one more."""
    if highest <= 0:
        return (0.0, 1.0)
    size = 0.001
    while True:
        for step in _STEPS:
            width = step * size
            if highest / width <= most:
                count = -(-highest // width)
                return tuple(round(number * width, 6) for number in range(int(count) + 1))
        size *= 10


def days_to_name(first: date, last: date, most: int) -> Iterator[date]:
    """Days that an axis has room to name: each one, Mondays, or the first of each month."""
    count = (last - first).days + 1
    days = [first + number * _DAY for number in range(count)]
    mondays = [day for day in days if day.weekday() == 0]
    for chosen in (
        days,
        mondays,
        [day for day in days if day.day == 1],
        [d for d in days if d.timetuple().tm_yday == 1],
    ):
        if len(chosen) <= most:
            yield from chosen
            return
