"""Availability day by day: how much of each day's working time a line was up, down, and how much nobody knows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from netmon_collector.charts.svg import drawing, element, hatched, hatching, line, rect, text, tooltip
from netmon_collector.wording.figures import date_text, duration_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook

_HEIGHT, _TOP, _FOOT = 64, 4, 18
_LEAST = 2.0  # what is there at all is seen


@dataclass(frozen=True, slots=True, kw_only=True)
class DayUp:
    """The working time of one day in seconds; None where the day was not looked at yet."""

    day: date
    working_s: float | None
    up_s: float = 0.0
    down_s: float = 0.0

    @property
    def unknown_s(self) -> float:
        return max(0.0, (self.working_s or 0.0) - self.up_s - self.down_s)


def day_strip(days: Sequence[DayUp], language: Language, *, width: float = 720, name: str = "days") -> str:
    """The strip of consecutive days; empty for none. `name` tells the drawings of one document apart."""
    if not days:
        return ""
    column = width / len(days)
    hatch = f"hatch-{name}"
    return drawing(
        width,
        _TOP + _HEIGHT + _FOOT,
        [
            hatching(hatch),
            line(0, _TOP + _HEIGHT + 0.5, width, _TOP + _HEIGHT + 0.5, "rule"),
            *(_column(one, number * column, column, hatch, language) for number, one in enumerate(days)),
            *_labels(days, column),
        ],
        label=_label(days, language),
        class_="chart day-strip",
    )


def _column(one: DayUp, x: float, width: float, hatch: str, language: Language) -> str:
    gap = min(3.0, width * 0.2)
    if not one.working_s:
        return ""
    parts, top = [], float(_TOP)
    for kind, seconds in (("down", one.down_s), ("unknown", one.unknown_s), ("up", one.up_s)):
        if seconds <= 0:
            continue
        bottom = _TOP + _HEIGHT
        height = min(bottom - top, max(_LEAST, _HEIGHT * seconds / one.working_s))
        place = (x + gap / 2, top, width - gap, height)
        parts.append(hatched(hatch, *place) if kind == "unknown" else rect(*place, "bad" if kind == "down" else "good"))
        top += height
    return element("g", tooltip(day_text(one, language)) + "".join(parts))


def day_text(one: DayUp, language: Language) -> str:
    """A day in words."""
    book = phrasebook(language)
    if not one.working_s:
        return book.say("{day}: no working time", day=date_text(one.day, language))
    up, down, unknown = (
        duration_text(timedelta(seconds=seconds), language) for seconds in (one.up_s, one.down_s, one.unknown_s)
    )
    return book.say(
        "{day}: up {up}, down {down}, unknown {unknown}",
        day=date_text(one.day, language),
        up=up,
        down=down,
        unknown=unknown,
    )


def _labels(days: Sequence[DayUp], column: float) -> Iterator[str]:
    """The days of the month as far as there is room: Mondays in a month, firsts in a year."""
    y = _TOP + _HEIGHT + 14
    is_long = len(days) > 62
    for number, one in enumerate(days):
        if (one.day.day == 1) if is_long else (one.day.weekday() == 0 or len(days) <= 8):
            said = f"{one.day:%d.%m}"
            anchor = "start" if number == 0 else "end" if number == len(days) - 1 else "middle"
            x = number * column + (0 if number == 0 else column if number == len(days) - 1 else column / 2)
            yield text(x, y, said, size=11, text_anchor=anchor)


def _label(days: Sequence[DayUp], language: Language) -> str:
    book = phrasebook(language)
    up, down, unknown = (
        duration_text(timedelta(seconds=sum(values)), language)
        for values in (
            [one.up_s for one in days],
            [one.down_s for one in days],
            [one.unknown_s for one in days],
        )
    )
    return book.say(
        "Availability by day in working time: up {up}, down {down}, unknown {unknown}",
        up=up,
        down=down,
        unknown=unknown,
    )
