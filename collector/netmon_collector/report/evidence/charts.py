"""The drawings of a pack: every rate of the period, and when in the week the line fails."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from netmon.domain.registry import Registry
from netmon.domain.slot import JudgedSlot, Outcome
from netmon_collector.charts.hour_map import HourCount, hour_map
from netmon_collector.charts.rate_chart import Level, RatePoint, Shape, Tone, rate_chart
from netmon_collector.charts.svg import COLOURS, drawing, element
from netmon_collector.verifier.contents import Contents
from netmon_collector.verifier.recompute import Recomputed
from netmon_collector.wording.figures import exact_rate_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook

_EMPTY = 40
_TONES: Mapping[Outcome, Tone] = {
    Outcome.PASS: Tone.PASSED,
    Outcome.FAIL: Tone.FAILED,
    Outcome.EXCLUDED: Tone.EXCLUDED,
}


def rates_drawing(contents: Contents, found: Recomputed) -> str:
    """The rates of the counted slots over the days of the period, as SVG on white."""
    language, zone = Language(contents.about.language), contents.registry.time_zone(contents.about.line)
    period = contents.period
    points = [_point(one) for one in _ordered(found)]
    levels = list(_levels(contents, found, language))
    return on_paper(rate_chart(points, levels, (period.first, period.last), zone, language))


def hours_drawing(contents: Contents, found: Recomputed) -> str:
    """Passes of decided slots by weekday and hour, as SVG on white; nothing drawn where no slot counts."""
    counts: dict[tuple[int, int], Counter[Outcome]] = {}
    for one in _ordered(found):
        counts.setdefault((one.day.weekday(), one.hour), Counter())[one.outcome] += 1
    cells = {
        key: HourCount(passed=of[Outcome.PASS], failed=of[Outcome.FAIL], excluded=of[Outcome.EXCLUDED])
        for key, of in counts.items()
    }
    language = Language(contents.about.language)
    return on_paper(hour_map(cells, language) or drawing(_EMPTY, _EMPTY, (element("g"),), label=""))


def on_paper(svg: str) -> str:
    """The drawing on white: a picture has no page behind it."""
    opening = svg.index(">") + 1
    return f'{svg[:opening]}<rect width="100%" height="100%" fill="{COLOURS["card"]}"/>{svg[opening:]}'


def _ordered(found: Recomputed) -> Iterator[JudgedSlot]:
    return iter(sorted(found.slots.values(), key=lambda one: (one.slot.starts_at, one.slot.id)))


def _point(one: JudgedSlot) -> RatePoint:
    """A short test knows a rate only below the limit; above it sees a bound."""
    shape = Shape.RATE
    if one.rate_bps is None:
        shape = Shape.NOTHING
    elif one.censored:
        shape = Shape.SHORT if one.outcome is Outcome.FAIL else Shape.BOUND
    return RatePoint(at=one.slot.starts_at, rate_bps=one.rate_bps, shape=shape, tone=_TONES[one.outcome], title="")


def _levels(contents: Contents, found: Recomputed, language: Language) -> Iterator[Level]:
    """Limit, threshold and contract, each for the days on which it held."""
    say = phrasebook(language).say
    for name, label, of in (("limit", say("limit"), _limit), ("threshold", say("threshold"), _threshold)):
        days: dict[int, list[date]] = {}
        for one in found.slots.values():
            rate = of(one)
            if rate is not None:
                days.setdefault(rate, []).append(one.day)
        for rate, held in sorted(days.items()):
            yield Level(
                name=name,
                label=f"{label} {exact_rate_text(rate, language)}",
                rate_bps=rate,
                first=min(held),
                last=max(held),
            )
    yield from _contract_levels(contents.registry, contents, language)


def _limit(one: JudgedSlot) -> int | None:
    return one.limit_bps


def _threshold(one: JudgedSlot) -> int | None:
    return one.threshold_bps


def _contract_levels(registry: Registry, contents: Contents, language: Language) -> Iterator[Level]:
    period = contents.period
    for one in registry.line_by_id[contents.about.line].contracts:
        first, last = max(period.first, one.during.start or period.first), period.last
        if one.during.end is not None:
            last = min(last, date.fromordinal(one.during.end.toordinal() - 1))
        if first <= last:
            rate = exact_rate_text(one.rate_bps, language)
            label = phrasebook(language).say("contract {number}: {rate}", number=one.number, rate=rate)
            yield Level(name="contract", label=label, rate_bps=one.rate_bps, first=first, last=last)
