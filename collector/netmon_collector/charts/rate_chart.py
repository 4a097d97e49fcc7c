"""Measured rates over time against limit, threshold and contract: what is a rate, what a bound, what is not known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from netmon_collector.charts.scale import Scale, days_to_name, nice_steps
from netmon_collector.charts.svg import COLOURS, drawing, element, line, text, tooltip
from netmon_collector.wording.figures import integer_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook

_HEIGHT, _TOP, _FOOT, _LEFT, _RIGHT = 260, 22, 24, 40, 8
_MEGABIT = 1_000_000
_DAY_LABEL = 46


class Shape(StrEnum):
    """What a figure is."""

    RATE = "rate"  # what a full measurement found
    SHORT = "short"  # what a threshold test found below the limit
    BOUND = "bound"  # at least this much: the test could not see more
    NOTHING = "nothing"  # no figure


class Tone(StrEnum):
    """What it counts as."""

    PASSED = "passed"
    FAILED = "failed"
    EXCLUDED = "excluded"
    ASIDE = "aside"  # belongs to no counted slot


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePoint:
    """One measurement; `title` says everything about it in one sentence."""

    at: datetime
    rate_bps: int | None
    shape: Shape
    tone: Tone
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A horizontal line that holds for local days [first, last]."""

    name: str
    label: str
    rate_bps: int
    first: date
    last: date


_INK = {Tone.PASSED: "good", Tone.FAILED: "bad", Tone.EXCLUDED: "none", Tone.ASIDE: "accent"}
_DASHES = {"limit": None, "threshold": "6 4", "contract": "2 4"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """Where things are in one drawing."""

    x: Scale
    y: Scale
    steps: Sequence[float]
    width: float
    zone: tzinfo


def rate_chart(
    points: Sequence[RatePoint],
    levels: Sequence[Level],
    days: tuple[date, date],
    zone: tzinfo,
    language: Language,
    *,
    width: float = 720,
) -> str:
    """The drawing over local days [first, last]."""
    plot = _plot(points, levels, days, zone, width)
    return drawing(
        width,
        _HEIGHT + _TOP + _FOOT,
        [
            *_grid(plot, language),
            *_days(plot, days),
            *(part for level in levels for part in _level(level, plot)),
            *(_point(one, plot) for one in points),
        ],
        label=_label(points, language),
        class_="chart rate-chart",
    )


def _plot(
    points: Sequence[RatePoint], levels: Sequence[Level], days: tuple[date, date], zone: tzinfo, width: float
) -> _Plot:
    rates = [one.rate_bps for one in points if one.rate_bps is not None] + [one.rate_bps for one in levels]
    steps = nice_steps(max(rates, default=_MEGABIT) / _MEGABIT, 5)
    ends = (_ordinal(days[0]), _ordinal(days[1] + timedelta(days=1)))
    return _Plot(
        x=Scale(*ends, _LEFT, width - _RIGHT),
        y=Scale(0.0, steps[-1], _TOP + _HEIGHT, _TOP),
        steps=steps,
        width=width,
        zone=zone,
    )


def _ordinal(day: date) -> float:
    return float(day.toordinal())


def _place(at: datetime, plot: _Plot) -> float:
    local = at.astimezone(plot.zone)
    return plot.x.at(local.toordinal() + (local.hour * 60 + local.minute) / 1440)


def _grid(plot: _Plot, language: Language) -> Iterator[str]:
    yield text(0, 10, phrasebook(language).say("Mb/s"), size=11)
    for step in plot.steps:
        y = plot.y.at(step)
        yield line(_LEFT, y, plot.width - _RIGHT, y, "rule")
        said = integer_text(int(step), language) if step == int(step) else f"{step:g}"
        yield text(_LEFT - 6, y + 4, said, size=11, text_anchor="end")


def _days(plot: _Plot, days: tuple[date, date]) -> Iterator[str]:
    room = int((plot.x.end - plot.x.start) / _DAY_LABEL)
    width = (plot.x.end - plot.x.start) / ((days[1] - days[0]).days + 1)
    for day in days_to_name(*days, room):
        x = plot.x.at(_ordinal(day))
        yield line(x, _TOP + _HEIGHT, x, _TOP + _HEIGHT + 4, "rule")
        yield text(x + min(width, _DAY_LABEL) / 2, _TOP + _HEIGHT + 18, f"{day:%d.%m}", size=11, text_anchor="middle")


def _level(level: Level, plot: _Plot) -> Iterator[str]:
    x1, x2 = plot.x.at(_ordinal(level.first)), plot.x.at(_ordinal(level.last + timedelta(days=1)))
    y = plot.y.at(level.rate_bps / _MEGABIT)
    yield element(
        "line",
        tooltip(level.label),
        class_=f"level {level.name}",
        x1=x1,
        y1=y,
        x2=x2,
        y2=y,
        stroke=COLOURS["ink" if level.name != "contract" else "accent"],
        stroke_width=1.5,
        stroke_dasharray=_DASHES.get(level.name),
    )


def _point(one: RatePoint, plot: _Plot) -> str:
    x = _place(one.at, plot)
    y = plot.y.at((one.rate_bps or 0) / _MEGABIT)
    ink = _INK[one.tone]
    hollow = one.tone in (Tone.EXCLUDED, Tone.ASIDE)
    return element(
        "path",
        tooltip(one.title),
        class_=f"point {one.shape.value} {one.tone.value}",
        d=_outline(one.shape, x, y),
        fill="none" if hollow or one.shape is Shape.NOTHING else COLOURS[ink],
        stroke=COLOURS[ink],
        stroke_width=1.5,
    )


def _outline(shape: Shape, x: float, y: float) -> str:
    """A disc is a rate, a triangle upwards a bound, one downwards the rate of a short test, a cross nothing."""
    a, b = round(x, 1), round(y, 1)
    if shape is Shape.RATE:
        return f"M{a - 4} {b}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z"
    if shape is Shape.BOUND:
        return f"M{a - 3} {b + 2}h6l-3 -5Z"
    if shape is Shape.SHORT:
        return f"M{a - 3} {b - 2}h6l-3 5Z"
    return f"M{a - 3} {b - 6}l6 6m0 -6l-6 6"


def _label(points: Sequence[RatePoint], language: Language) -> str:
    counts = {tone: sum(one.tone is tone for one in points) for tone in Tone}
    return phrasebook(language).say(
        "Measured rates over time: {passed} at the limit or above, {failed} below, {excluded} not counted",
        passed=counts[Tone.PASSED],
        failed=counts[Tone.FAILED],
        excluded=counts[Tone.EXCLUDED],
    )
