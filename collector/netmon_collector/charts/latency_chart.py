"""Round-trip time and loss by day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from netmon_collector.charts.scale import Scale, days_to_name, nice_steps
from netmon_collector.charts.svg import COLOURS, drawing, element, line, rect, text, tooltip
from netmon_collector.wording.figures import date_text, number_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook

_HEIGHT, _TOP, _FOOT, _LEFT, _RIGHT = 110, 22, 24, 40, 8
_LOSS_HEIGHT = 44
_BETWEEN = 34  # the title of the losses and the top of their scale
_DAY_LABEL = 46


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLatency:
    """What the probes of one day found; no time where none came back."""

    day: date
    sent: int
    lost: int
    rtt_s: float | None
    p95_s: float | None

    @property
    def loss_percent(self) -> float | None:
        return 100 * self.lost / self.sent if self.sent else None


def latency_chart(days: Sequence[DayLatency], language: Language, *, width: float = 720) -> str:
    """Typical and high round-trip times above, the share of lost probes below; empty when nobody probed."""
    if not any(one.sent for one in days):
        return ""
    x = Scale(0, len(days), _LEFT, width - _RIGHT)
    steps = nice_steps(max((one.p95_s or one.rtt_s or 0.0) * 1000 for one in days), 4)
    y = Scale(0, steps[-1], _TOP + _HEIGHT, _TOP)
    losses = nice_steps(max(1.0, *(one.loss_percent or 0.0 for one in days)), 2)
    floor = _TOP + _HEIGHT + _BETWEEN + _LOSS_HEIGHT
    loss = Scale(0, losses[-1], floor, floor - _LOSS_HEIGHT)
    say = phrasebook(language).say
    return drawing(
        width,
        floor + _FOOT,
        [
            text(0, 10, say("Round-trip time, ms"), size=11),
            *_grid(steps, y, width, language),
            *(part for n, one in enumerate(days) for part in _times(one, x.at(n + 0.5), y, language)),
            text(0, _TOP + _HEIGHT + 18, say("Lost probes, %"), size=11),
            *_grid((losses[0], losses[-1]), loss, width, language),
            *(_loss(one, (x.at(n), x.at(n + 1)), loss, language) for n, one in enumerate(days)),
            *_days(days, x, floor),
        ],
        label=_label(days, language),
        class_="chart latency-chart",
    )


def _grid(steps: Sequence[float], y: Scale, width: float, language: Language) -> Iterator[str]:
    for step in steps:
        yield line(_LEFT, y.at(step), width - _RIGHT, y.at(step), "rule")
        yield text(_LEFT - 6, y.at(step) + 4, number_text(step, language), size=11, text_anchor="end")


def _times(one: DayLatency, x: float, y: Scale, language: Language) -> Iterator[str]:
    if one.rtt_s is None:
        return
    typical, high = y.at(one.rtt_s * 1000), y.at((one.p95_s or one.rtt_s) * 1000)
    spread = line(x, typical, x, high, "accent", stroke_width=1.5, stroke_opacity=0.5)
    dot = element("circle", class_="fill-accent", cx=x, cy=typical, r=3, fill=COLOURS["accent"])
    yield element("g", tooltip(latency_text(one, language)) + spread + dot)


def _loss(one: DayLatency, ends: tuple[float, float], y: Scale, language: Language) -> str:
    if not one.lost or one.loss_percent is None:
        return ""
    top, floor = y.at(one.loss_percent), y.at(0)
    gap = (ends[1] - ends[0]) * 0.15
    height = max(1.5, floor - top)
    title = latency_text(one, language)
    return rect(ends[0] + gap, floor - height, ends[1] - ends[0] - 2 * gap, height, "bad", title=title)


def _days(days: Sequence[DayLatency], x: Scale, floor: float) -> Iterator[str]:
    named = set(days_to_name(days[0].day, days[-1].day, int((x.end - x.start) / _DAY_LABEL)))
    for number, one in enumerate(days):
        if one.day in named:
            place = min(x.end - 14, max(x.start + 14, x.at(number + 0.5)))
            yield text(place, floor + 16, f"{one.day:%d.%m}", size=11, text_anchor="middle")


def latency_text(one: DayLatency, language: Language) -> str:
    """A day in words."""
    say = phrasebook(language).say
    day = date_text(one.day, language)
    if not one.sent:
        return say("{day}: no probes", day=day)
    lost = number_text(round(one.loss_percent or 0.0, 2), language)
    if one.rtt_s is None:
        return say("{day}: every probe was lost", day=day)
    return say(
        "{day}: typically {rtt} ms, 95 of 100 within {p95} ms, lost {lost} %",
        day=day,
        rtt=number_text(round(one.rtt_s * 1000, 1), language),
        p95=number_text(round((one.p95_s or one.rtt_s) * 1000, 1), language),
        lost=lost,
    )


def _label(days: Sequence[DayLatency], language: Language) -> str:
    sent, lost = sum(one.sent for one in days), sum(one.lost for one in days)
    known = [one for one in days if one.rtt_s is not None]
    if not known:
        return phrasebook(language).say("Round-trip time and loss by day: every probe was lost")
    best, worst = (choose(known, key=lambda one: one.rtt_s or 0.0) for choose in (min, max))
    return phrasebook(language).say(
        "Round-trip time and loss by day: typically {least} to {most} ms, lost {lost} of {sent} probes",
        least=number_text(round((best.rtt_s or 0) * 1000, 1), language),
        most=number_text(round((worst.rtt_s or 0) * 1000, 1), language),
        lost=lost,
        sent=sent,
    )
