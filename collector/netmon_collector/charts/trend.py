"""The indicator over the years as a drawing: targets as steps, measured, entered and simulated values apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from netmon.domain.coverage import Coverage
from netmon_collector.wording.figures import date_text, percent_text
from netmon_collector.wording.language import Language


class PointKind(StrEnum):
    """Where a value comes from; of a past date nobody measured or reported anything there is none to draw."""

    MEASURED = "measured"
    ENTERED = "entered"
    SIMULATED = "simulated"
    NOTHING = "nothing"


_YEAR_LABEL_WIDTH = 36
_VALUE_LABEL_WIDTH = 26
_DRAWN = (PointKind.MEASURED, PointKind.ENTERED, PointKind.SIMULATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointView:
    """A value at a date; `document` and `author_role` are its source where people entered it."""

    day: date
    date: str
    share: float
    whole_percent: int
    percent: str
    numerator: int
    denominator: int
    target: str | None
    met: bool | None
    kind: PointKind
    document: str | None
    author_role: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A point on the drawing with its label, whole percent without the sign, and the place of it.

    A point with a later one close to it has no label.
    """

    x: float
    y: float
    label: str | None
    label_y: float
    anchor: str
    point: PointView


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch between two values, of the kind of its later end."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: PointKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The geometry of one size, in the units of the SVG's view box."""

    name: str
    width: int
    height: int
    left: float
    right: float
    grid: tuple[Label, ...]
    years: tuple[Label, ...]
    target_path: str
    target_labels: tuple[Label, ...]
    segments: tuple[Segment, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """A drawing's name and its size; its texts are 13 units high."""

    name: str
    width: int
    height: int


PAGE_SIZES = (Size("wide", 640, 300), Size("narrow", 350, 260))
PICTURE_SIZES = (Size("picture", 470, 280),)  # one for large screens and for telephones


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendView:
    """The points by date and a drawing of each size."""

    points: tuple[PointView, ...]
    drawings: tuple[Drawing, ...]
    kinds: tuple[PointKind, ...]

    @property
    def has_simulated(self) -> bool:
        return PointKind.SIMULATED in self.kinds


def trend_view(coverages: Sequence[Coverage], language: Language, *, sizes: Sequence[Size] = PAGE_SIZES) -> TrendView:
    """The trend of values at distinct dates; of two at one date the later in the sequence stands."""
    by_date = {coverage.at: coverage for coverage in coverages}
    latest = max(by_date)
    points = tuple(_point(by_date[day], language, is_latest=day == latest) for day in sorted(by_date))
    targets = _targets(by_date)
    return TrendView(
        points=points,
        drawings=tuple(_draw(size, points, targets, language) for size in sizes),
        kinds=tuple(kind for kind in _DRAWN if any(point.kind is kind for point in points)),
    )


def _kind(coverage: Coverage, *, is_latest: bool) -> PointKind:
    if coverage.entered is not None:
        return PointKind.SIMULATED if coverage.entered.illustrative else PointKind.ENTERED
    known = any(not one.outcome.is_unknown for one in coverage.organisations)
    return PointKind.MEASURED if known or is_latest else PointKind.NOTHING


def _point(coverage: Coverage, language: Language, *, is_latest: bool) -> PointView:
    entered = coverage.entered
    return PointView(
        day=coverage.at,
        date=date_text(coverage.at, language),
        share=coverage.numerator * 100 / coverage.denominator if coverage.denominator else 0.0,
        whole_percent=coverage.percent,
        percent=percent_text(coverage.percent, language),
        numerator=coverage.numerator,
        denominator=coverage.denominator,
        target=None if coverage.target_percent is None else percent_text(coverage.target_percent, language),
        met=coverage.met,
        kind=_kind(coverage, is_latest=is_latest),
        document=None if entered is None else entered.document,
        author_role=None if entered is None else entered.author_role.in_language(language),
    )


def _targets(coverages: Mapping[date, Coverage]) -> Mapping[int, int]:
    """The target of each year from the first known one; a year without a value keeps the one before."""
    known = {day.year: c.target_percent for day, c in sorted(coverages.items()) if c.target_percent is not None}
    if not known:
        return {}
    targets: dict[int, int] = {}
    for year in range(min(known), max(day.year for day in coverages) + 1):
        targets[year] = known.get(year, targets.get(year - 1, known[min(known)]))
    return targets


@dataclass(frozen=True, slots=True)
class _Scale:
    """From dates and percent to the drawing."""

    left: float
    right: float
    top: float
    bottom: float
    first: date
    last: date

    def x(self, day: date) -> float:
        return round(self.left + (self.right - self.left) * (day - self.first).days / (self.last - self.first).days, 1)

    def y(self, percent: float) -> float:
        return round(self.bottom - (self.bottom - self.top) * percent / 100, 1)


def _draw(size: Size, points: Sequence[PointView], targets: Mapping[int, int], language: Language) -> Drawing:
    years = range(points[0].day.year, points[-1].day.year + 1)
    scale = _Scale(44, size.width - 24, 22, size.height - 26, date(years[0], 1, 1), date(years[-1] + 1, 1, 1))
    marks = _without_crowding([_mark(point, scale, targets) for point in points])
    return Drawing(
        name=size.name,
        width=size.width,
        height=size.height,
        left=scale.left,
        right=scale.right,
        grid=tuple(Label(x=38, y=scale.y(p), text=percent_text(p, language)) for p in (0, 25, 50, 75, 100)),
        years=_year_labels(years, scale, size.height - 8),
        target_path=_steps(targets, scale),
        target_labels=_target_labels(targets, scale),
        segments=tuple(
            Segment(x1=one.x, y1=one.y, x2=two.x, y2=two.y, kind=two.point.kind)
            for one, two in pairwise(marks)
            if PointKind.NOTHING not in (one.point.kind, two.point.kind)
        ),
        marks=tuple(mark for mark in marks if mark.point.kind is not PointKind.NOTHING),
    )


def _year_labels(years: range, scale: _Scale, y: float) -> tuple[Label, ...]:
    """As many years as there is room for, the last one always."""
    step = -(-len(years) * _YEAR_LABEL_WIDTH // int(scale.right - scale.left))
    return tuple(Label(x=scale.x(date(year, 7, 2)), y=y, text=str(year)) for year in sorted(years[::-1][::step]))


def _mark(point: PointView, scale: _Scale, targets: Mapping[int, int]) -> Mark:
    """The label stands below its point, away from the steps, unless the axis is there."""
    x, y = scale.x(point.day), scale.y(point.share)
    above = point.share < 12 or point.share > targets.get(point.day.year + 1, 101)
    return Mark(
        x=x,
        y=y,
        label=str(point.whole_percent),
        label_y=y - 10 if above else y + 20,
        anchor="end" if x > scale.right - 12 else "middle",
        point=point,
    )


def _without_crowding(marks: Sequence[Mark]) -> Sequence[Mark]:
    following = [*marks[1:], None]
    return [
        replace(mark, label=None) if later is not None and later.x - mark.x < _VALUE_LABEL_WIDTH else mark
        for mark, later in zip(marks, following, strict=True)
    ]


def _steps(targets: Mapping[int, int], scale: _Scale) -> str:
    moves: list[str] = []
    for year, target in targets.items():
        start = f"M{scale.x(date(year, 1, 1))} {scale.y(target)}" if not moves else f"V{scale.y(target)}"
        moves.append(f"{start}H{scale.x(date(year + 1, 1, 1))}")
    return "".join(moves)


def _target_labels(targets: Mapping[int, int], scale: _Scale) -> tuple[Label, ...]:
    """A label where the target changes, above its step."""
    return tuple(
        Label(x=scale.x(date(year, 1, 1)) + 4, y=scale.y(target) - 5, text=str(target))
        for year, target in targets.items()
        if targets.get(year - 1) != target
    )
