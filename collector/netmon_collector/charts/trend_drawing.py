"""The trend of the indicator as SVG: a page styles it by class, mail and paper by its attributes."""

from collections.abc import Iterator, Mapping
from html import escape

from netmon_collector.charts.svg import COLOURS, FONT, drawing, element, tooltip
from netmon_collector.charts.trend import Drawing, Mark, PointKind, TrendView
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook

_LEGEND_HEIGHT = 30
KIND_WORDS: Mapping[PointKind, str] = {
    PointKind.MEASURED: N_("measured"),
    PointKind.ENTERED: N_("entered by hand"),
    PointKind.SIMULATED: N_("simulated"),
    PointKind.NOTHING: N_("nothing known"),
}


def trend_svg(of: Drawing, language: Language) -> str:
    """One drawing of a trend, whose legend stands elsewhere."""
    say = phrasebook(language).say
    return drawing(
        of.width,
        of.height,
        _parts(of, language),
        label=say("The indicator by year against its targets; the table below has the same numbers"),
        class_=f"trend {of.name}",
    )


def trend_picture(trend: TrendView, language: Language) -> str:
    """The first drawing with its legend in it, on white: for what cannot be styled."""
    of = trend.drawings[0]
    height = of.height + _LEGEND_HEIGHT
    paper = element("rect", width=of.width, height=height, fill=COLOURS["card"])
    return drawing(
        of.width,
        height,
        [paper, *_parts(of, language), *_legend(trend, of, language)],
        label=trend_sentence(trend, language),
    )


def trend_sentence(trend: TrendView, language: Language) -> str:
    """What the picture shows, for who does not see it."""
    last = trend.points[-1]
    say = phrasebook(language).say
    shown = say("{date}: {percent}", date=last.date, percent=last.percent)
    if last.target is None:
        return say("The indicator by year. {shown}.", shown=shown)
    return say("The indicator by year. {shown}; target {target}.", shown=shown, target=last.target)


def _parts(of: Drawing, language: Language) -> Iterator[str]:
    for line in of.grid:
        yield element("line", class_="grid", x1=of.left, x2=of.right, y1=line.y, y2=line.y, stroke=COLOURS["rule"])
        yield _text(line.x, line.y + 4, line.text, "axis", text_anchor="end")
    for year in of.years:
        yield _text(year.x, year.y, year.text, "axis", text_anchor="middle")
    yield _targets(of.target_path)
    for step in of.target_labels:
        yield _text(step.x, step.y, step.text, "step", font_size=12)
    for run in of.segments:
        yield element(
            "line", class_=f"run {run.kind.value}", x1=run.x1, y1=run.y1, x2=run.x2, y2=run.y2, **_RUNS[run.kind]
        )
    for mark in of.marks:
        yield _mark(mark, language)


def _targets(path: str) -> str:
    return element(
        "path",
        class_="targets",
        d=path,
        fill="none",
        stroke=COLOURS["soft"],
        stroke_width=1.75,
        stroke_dasharray="5 3",
    )


_RUNS: Mapping[PointKind, Mapping[str, object]] = {
    PointKind.MEASURED: {"stroke": COLOURS["accent"], "stroke_width": 2.25},
    PointKind.ENTERED: {"stroke": COLOURS["accent"], "stroke_width": 1.75, "opacity": 0.75},
    PointKind.SIMULATED: {"stroke": COLOURS["off"], "stroke_width": 1.75, "stroke_dasharray": "2 4"},
}


def _mark(mark: Mark, language: Language) -> str:
    say = phrasebook(language).say
    point = mark.point
    share = f"{point.percent} ({point.numerator}/{point.denominator})"
    said = f"{point.date}: {share}, {say(KIND_WORDS[point.kind])}"
    label = "" if mark.label is None else _value(mark.label, mark)
    return element("g", tooltip(said) + _shape(point.kind, mark.x, mark.y) + label)


def _value(said: str, mark: Mark) -> str:
    return _text(
        mark.x,
        mark.label_y,
        said,
        "value-label",
        text_anchor=mark.anchor,
        fill=COLOURS["ink"],
        font_weight=700,
        paint_order="stroke",
        stroke=COLOURS["card"],
        stroke_width=4,
        stroke_linejoin="round",
    )


def _shape(kind: PointKind, x: float, y: float) -> str:
    """A circle for what was measured, a square for what was entered, a diamond for what was simulated."""
    fill = COLOURS["accent" if kind is PointKind.MEASURED else "card"]
    stroke = COLOURS["off" if kind is PointKind.SIMULATED else "accent"]
    style: Mapping[str, object] = {"class_": f"mark {kind.value}", "fill": fill, "stroke": stroke, "stroke_width": 2}
    if kind is PointKind.MEASURED:
        return element("circle", cx=x, cy=y, r=4.5, **style)
    if kind is PointKind.ENTERED:
        return element("rect", x=x - 4.5, y=y - 4.5, width=9, height=9, **style)
    return element("path", d=f"M{x:.1f} {y - 5.5:.1f}l5.5 5.5-5.5 5.5-5.5-5.5z", **style)


def _text(x: float, y: float, said: str, class_: str, **attributes: object) -> str:
    style = {"fill": COLOURS["soft"], "font_size": 13, "font_family": FONT} | attributes
    return element("text", escape(said), class_=class_, x=x, y=y, **style)


def _legend(trend: TrendView, of: Drawing, language: Language) -> Iterator[str]:
    """The symbols that occur, in one row."""
    say = phrasebook(language).say
    x, y = of.left, of.height + 14.0
    if of.target_path:
        yield _targets(f"M{x} {y}h26")
        yield _text(x + 33, y + 4.5, say("target"), "legend")
        x += 33 + _width(say("target")) + 22
    for kind in trend.kinds:
        said = say(KIND_WORDS[kind])
        yield _shape(kind, x + 6, y)
        yield _text(x + 18, y + 4.5, said, "legend")
        x += 18 + _width(said) + 22


def _width(said: str) -> float:
    """About what a text takes at 13 pixels."""
    return len(said) * 6.6
