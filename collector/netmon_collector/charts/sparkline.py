"""The last days of a line in the space of a word: a bar a day, as high as the share that reaches the limit."""

from collections.abc import Sequence

from netmon_collector.charts.svg import COLOURS, drawing, element

_HEIGHT, _BAR, _STEP, _STUB = 20, 3, 4, 2

DayShare = tuple[int, int]  # passed of decided; (0, 0) of a day without any


def sparkline(days: Sequence[DayShare], required_percent: int, *, label: str) -> str:
    """Days in their order. Bars under the required share are shorter and red; a day without decided slots is a stub."""
    bars: dict[str, list[str]] = {"good": [], "bad": [], "none": []}
    for place, (passed, decided) in enumerate(days):
        height = max(_STUB, round(_HEIGHT * passed / decided)) if decided else _STUB
        tone = "none" if not decided else "good" if passed * 100 >= decided * required_percent else "bad"
        bars[tone].append(f"M{place * _STEP} {_HEIGHT}v-{height}h{_BAR}v{height}z")
    paths = [
        element("path", class_=f"fill-{tone}", fill=COLOURS[tone], d="".join(moves))
        for tone, moves in bars.items()
        if moves
    ]
    return drawing(max(1, len(days)) * _STEP, _HEIGHT, paths, label=label, class_="spark")
