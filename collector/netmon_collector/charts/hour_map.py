"""When a line fails: passes and fails by weekday and hour, as a map with the counts in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from babel.dates import get_day_names

from netmon_collector.charts.svg import drawing, element, hatched, hatching, rect, text, tooltip
from netmon_collector.wording.figures import hour_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook

_CELL, _HEIGHT, _GAP = 36, 30, 2
_LEFT, _TOP = 30, 20
_FULL = 0.8  # the share of fails from which a cell is full red
_DARK = 0.45  # how red a cell is whose figure is light


@dataclass(frozen=True, slots=True, kw_only=True)
class HourCount:
    """The planned slots of one hour of one weekday by outcome."""

    passed: int = 0
    failed: int = 0
    excluded: int = 0

    @property
    def decided(self) -> int:
        return self.passed + self.failed


Cells = Mapping[tuple[int, int], HourCount]


def hour_map(cells: Cells, language: Language, *, name: str = "hours") -> str:
    """The map; cells by weekday (0 is Monday) and hour. A cell says passes of decided slots; hatched is undecided.

    `name` tells the drawings of one document apart. Empty for no cells at all.
    """
    if not cells:
        return ""
    days, hours = _range(day for day, _ in cells), _range(hour for _, hour in cells)
    width = _LEFT + len(hours) * _CELL
    height = _TOP + len(days) * _HEIGHT
    names = get_day_names("abbreviated", locale=language.locale)
    hatch = f"hatch-{name}"
    return drawing(
        width,
        height,
        [
            hatching(hatch),
            *(text(_LEFT + (n + 0.5) * _CELL, 13, f"{hour}", text_anchor="middle") for n, hour in enumerate(hours)),
            *(
                text(_LEFT - 6, _TOP + (n + 0.5) * _HEIGHT + 4, names[day], text_anchor="end")
                for n, day in enumerate(days)
            ),
            *(
                _cell(cells[day, hour], (day, hour), (column, row), hatch, language)
                for row, day in enumerate(days)
                for column, hour in enumerate(hours)
                if (day, hour) in cells
            ),
        ],
        label=_label(cells, language),
        class_="chart hour-map",
    )


def _range(values: Iterable[int]) -> range:
    found = sorted(set(values))
    return range(found[0], found[-1] + 1)


def _cell(count: HourCount, at: tuple[int, int], place: tuple[int, int], hatch: str, language: Language) -> str:
    x, y = _LEFT + place[0] * _CELL, _TOP + place[1] * _HEIGHT
    size = _CELL - _GAP, _HEIGHT - _GAP
    title = cell_text(count, *at, language)
    if not count.decided:
        return hatched(hatch, x, y, *size, title=title)
    shade = min(1.0, count.failed / count.decided / _FULL)
    back = rect(x, y, *size, "card" if count.failed else "good-soft")
    red = rect(x, y, *size, "bad", fill_opacity=0.2 + 0.8 * shade) if count.failed else ""
    ink = "card" if shade > _DARK else "ink"
    said = f"{count.passed}/{count.decided}"
    figure = text(x + size[0] / 2, y + size[1] / 2 + 4, said, ink, size=11, text_anchor="middle")
    return element("g", tooltip(title) + back + red + figure)


def cell_text(count: HourCount, day: int, hour: int, language: Language) -> str:
    """A cell in words."""
    book = phrasebook(language)
    name = get_day_names("wide", locale=language.locale)[day]
    return book.say(
        "{day}, {hours}: passed {passed}, failed {failed}, not counted {excluded}",
        day=name,
        hours=hour_text(hour),
        passed=count.passed,
        failed=count.failed,
        excluded=count.excluded,
    )


def _label(cells: Cells, language: Language) -> str:
    """The three worst hours, read aloud instead of the map."""
    book = phrasebook(language)
    failing = [(count, at) for at, count in cells.items() if count.failed]
    worst = sorted(failing, key=lambda one: (-one[0].failed / one[0].decided, -one[0].failed, one[1]))[:3]
    if not worst:
        return book.say("Passes and fails by weekday and hour: nothing failed")
    return book.say(
        "Passes and fails by weekday and hour; worst: {hours}",
        hours="; ".join(cell_text(count, *at, language) for count, at in worst),
    )
