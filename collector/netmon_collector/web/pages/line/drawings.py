"""The drawings of a line over a stretch of days, wide and narrow, and the same in numbers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from netmon.domain.slot import Outcome
from netmon_collector.charts.day_strip import DayUp, day_strip
from netmon_collector.charts.hour_map import HourCount, hour_map
from netmon_collector.charts.latency_chart import DayLatency, latency_chart
from netmon_collector.charts.rate_chart import Level, RatePoint, Shape, Tone, rate_chart
from netmon_collector.use_cases.day_values import DayTraffic, LineDay
from netmon_collector.wording.figures import date_text, duration_text, number_text, rate_text, share_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook

# In the units of the view box, near what a screen shows, so that texts keep their size: the whole width, half of it.
WIDTHS = {"wide": 960.0, "narrow": 330.0}
_HALF = {"wide": 560.0, "narrow": 330.0}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One drawing in each width; `empty` says that there is nothing to draw."""

    wide: str
    narrow: str

    @property
    def empty(self) -> bool:
        return not self.wide


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """A day in numbers, as texts; None where nothing is known."""

    day: str
    iso: str
    passed: int
    failed: int
    excluded: int
    median: str | None
    up: str | None
    down: str | None
    unknown: str | None
    rtt: str | None
    loss: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendView:
    shape: str
    tone: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingsView:
    rates: Drawn
    uploads: Drawn
    legend: tuple[LegendView, ...]
    levels: tuple[Level, ...]
    hours: str
    strip: Drawn
    available: str | None
    latency: Drawn
    days: tuple[DayView, ...]
    by_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawable:
    """What is drawn: the days from first to last with what is known of them, and the points over them."""

    days: Sequence[LineDay]
    first: date
    last: date
    today: date
    zone: tzinfo
    downloads: Sequence[RatePoint]
    uploads: Sequence[RatePoint]
    levels: Sequence[Level]
    by_day: bool


def drawings_view(of: Drawable, language: Language) -> DrawingsView:
    return DrawingsView(
        rates=_rates(of, of.downloads, language),
        uploads=_rates(of, of.uploads, language) if of.uploads else Drawn(wide="", narrow=""),
        legend=_legend([*of.downloads, *of.uploads], language),
        levels=tuple({one.label: one for one in of.levels}.values()),
        hours=hour_map(hour_cells(of.days, of.zone), language),
        strip=_strip(of, language),
        available=_available(of.days, language),
        latency=_latency(of, language),
        days=tuple(_day(one, language) for one in reversed(of.days)),
        by_day=of.by_day,
    )


def _rates(of: Drawable, points: Sequence[RatePoint], language: Language) -> Drawn:
    wide, narrow = (
        rate_chart(points, of.levels, (of.first, of.last), of.zone, language, width=width) for width in WIDTHS.values()
    )
    return Drawn(wide=wide, narrow=narrow)


def _strip(of: Drawable, language: Language) -> Drawn:
    known = {one.day: one for one in of.days}
    days = [_up(day, known.get(day)) for day in _days(of.first, min(of.last, of.today))]
    if not any(one.working_s for one in days):
        return Drawn(wide="", narrow="")
    wide, narrow = (day_strip(days, language, width=width, name=name) for name, width in _HALF.items())
    return Drawn(wide=wide, narrow=narrow)


def _up(day: date, known: LineDay | None) -> DayUp:
    if known is None or known.working_s is None:
        return DayUp(day=day, working_s=None)
    return DayUp(day=day, working_s=known.working_s, up_s=known.up_s or 0.0, down_s=known.down_s or 0.0)


def _latency(of: Drawable, language: Language) -> Drawn:
    known = {one.day: one.traffic for one in of.days}
    days = [_probed(day, known.get(day, DayTraffic())) for day in _days(of.first, min(of.last, of.today))]
    wide, narrow = (latency_chart(days, language, width=width) if days else "" for width in WIDTHS.values())
    return Drawn(wide=wide, narrow=narrow)


def _probed(day: date, one: DayTraffic) -> DayLatency:
    return DayLatency(day=day, sent=one.probes_sent, lost=one.probes_lost, rtt_s=one.rtt_s, p95_s=one.rtt_p95_s)


def _days(first: date, last: date) -> list[date]:
    return [first + number * _DAY for number in range((last - first).days + 1)]


def hour_cells(days: Sequence[LineDay], zone: tzinfo) -> dict[tuple[int, int], HourCount]:
    """The counted slots by local weekday and hour."""
    numbers: dict[tuple[int, int], dict[Outcome, int]] = defaultdict(lambda: defaultdict(int))
    for day in days:
        for mark in day.slots:
            hour = _hour(mark.slot, zone)
            if hour is not None:
                numbers[day.day.weekday(), hour][mark.outcome] += 1
    return {
        at: HourCount(passed=one[Outcome.PASS], failed=one[Outcome.FAIL], excluded=one[Outcome.EXCLUDED])
        for at, one in numbers.items()
    }


def _hour(slot: str, zone: tzinfo) -> int | None:
    """The local hour in which a slot starts, from its id (see `slot_id`); None for an id of another making."""
    parts = slot.rsplit(":", 2)
    try:
        return datetime.strptime(parts[-2], "%Y%m%dT%H%M%S%z").astimezone(zone).hour
    except (IndexError, ValueError):
        return None


def _available(days: Sequence[LineDay], language: Language) -> str | None:
    """The availability in known working time, None where nothing is known."""
    up = timedelta(seconds=sum(one.up_s or 0.0 for one in days))
    down = timedelta(seconds=sum(one.down_s or 0.0 for one in days))
    working = timedelta(seconds=sum(one.working_s or 0.0 for one in days))
    if not up + down:
        return None
    return phrasebook(language).say(
        "up {share} of known working time; known {known} of {working}, down {down}",
        share=share_text(up, up + down, language),
        known=duration_text(up + down, language),
        working=duration_text(working, language),
        down=duration_text(down, language),
    )


def _day(one: LineDay, language: Language) -> DayView:
    traffic = one.traffic
    up, down, unknown = (None, None, None)
    if one.working_s:
        known = DayUp(day=one.day, working_s=one.working_s, up_s=one.up_s or 0.0, down_s=one.down_s or 0.0)
        up, down, unknown = (
            duration_text(timedelta(seconds=seconds), language)
            for seconds in (known.up_s, known.down_s, known.unknown_s)
        )
    loss = None if not traffic.probes_sent else 100 * traffic.probes_lost / traffic.probes_sent
    return DayView(
        day=date_text(one.day, language),
        iso=one.day.isoformat(),
        passed=one.passed,
        failed=one.failed,
        excluded=one.excluded,
        median=None if one.median_bps is None else rate_text(one.median_bps, language),
        up=up,
        down=down,
        unknown=unknown,
        rtt=None if traffic.rtt_s is None else number_text(round(traffic.rtt_s * 1000, 1), language),
        loss=None if loss is None else number_text(round(loss, 2), language),
    )


def _legend(points: Sequence[RatePoint], language: Language) -> tuple[LegendView, ...]:
    """What the shapes and the colours of these points mean, each that occurs."""
    book = phrasebook(language)
    shapes = {
        Shape.RATE: book.say("full estimate"),
        Shape.BOUND: book.say("at least this much: the threshold test sees no more"),
        Shape.SHORT: book.say("threshold test below the limit"),
        Shape.NOTHING: book.say("no figure"),
    }
    tones = {
        Tone.PASSED: book.say("reaches the limit"),
        Tone.FAILED: book.say("below the limit"),
        Tone.EXCLUDED: book.say("not counted"),
        Tone.ASIDE: book.say("counts for nothing, or is not summed up yet"),
    }
    seen_shapes, seen_tones = {one.shape for one in points}, {one.tone for one in points}
    return (
        *(LegendView(shape=shape, tone="", text=said) for shape, said in shapes.items() if shape in seen_shapes),
        *(LegendView(shape="", tone=tone, text=said) for tone, said in tones.items() if tone in seen_tones),
    )
