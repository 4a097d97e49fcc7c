"""What is drawn of a line, for a program that draws it itself."""

from collections.abc import Sequence

from netmon.domain.measurement import Direction
from netmon.wire.plain import plain
from netmon_collector.charts.rate_chart import Level, RatePoint
from netmon_collector.web.pages.line.drawings import Drawable


def chart_document(line: str, of: Drawable, direction: Direction) -> dict[str, object]:
    """The points of one direction in time order and the levels that hold; a bound is no rate, null is no figure."""
    points: Sequence[RatePoint] = of.downloads if direction is Direction.DOWN else of.uploads
    return {
        "v": 1,
        "line": line,
        "direction": direction.value,
        "from": of.first.isoformat(),
        "to": of.last.isoformat(),
        "time_zone": str(of.zone),
        "by_day": of.by_day,
        "points": [_point(one) for one in sorted(points, key=lambda one: one.at)],
        "levels": [_level(one) for one in of.levels],
    }


def _point(one: RatePoint) -> dict[str, object]:
    return {"at": plain(one.at), "rate_bps": one.rate_bps, "shape": one.shape.value, "tone": one.tone.value}


def _level(one: Level) -> dict[str, object]:
    return {
        "name": one.name,
        "rate_bps": one.rate_bps,
        "from": one.first.isoformat(),
        "to": one.last.isoformat(),
    }
