"""From measurements and the outcomes of their slots to what is drawn: what each figure is and what it counts as."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from netmon.domain.identifiers import SlotId
from netmon.domain.measurement import Decision, Direction, Measurement, ResultKind
from netmon.domain.policy import Policy
from netmon.domain.registry import Line, Registry
from netmon.domain.slot import ExclusionReason, FailCause, Outcome
from netmon_collector.charts.rate_chart import Level, RatePoint, Shape, Tone
from netmon_collector.use_cases.day_values import LineDay, SlotMark
from netmon_collector.wording.figures import date_text, exact_rate_text, moment_text, rate_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook
from netmon_collector.wording.words import word

_TONES = {Outcome.PASS: Tone.PASSED, Outcome.FAIL: Tone.FAILED, Outcome.EXCLUDED: Tone.EXCLUDED}
_DAY = timedelta(days=1)
Marks = Mapping[SlotId, SlotMark]


def marks_of(days: Iterable[LineDay]) -> Marks:
    return {mark.slot: mark for day in days for mark in day.slots}


def shape_of(one: Measurement) -> Shape:
    """What a figure is: a capped test that reached its cap could not see more, so it is a bound and no rate."""
    if one.kind is ResultKind.NONE:
        return Shape.NOTHING
    if one.kind is ResultKind.LOWER_BOUND:
        return Shape.BOUND
    if one.censored_at_bps is None:
        return Shape.RATE
    return Shape.SHORT if one.decision is Decision.BELOW else Shape.BOUND


def figure_text(one: Measurement, language: Language) -> str:
    """The figure with what it is: ``≥ 55,0 Мбит/с`` for a bound, a dash and the reason for nothing."""
    if one.kind is ResultKind.NONE:
        return "–" if one.reason is None else word(one.reason, language)
    said = rate_text(one.rate_bps, language)
    return f"≥\u00a0{said}" if shape_of(one) is Shape.BOUND else said


def why_text(mark: SlotMark, language: Language) -> str:
    """How a slot ended, with the reason of an exclusion or the cause of a fail."""
    said = word(mark.outcome, language)
    why = _why(mark)
    return said if why is None else f"{said}: {word(why, language)}"


def _why(mark: SlotMark) -> ExclusionReason | FailCause | None:
    if mark.why is None:
        return None
    if mark.outcome is Outcome.EXCLUDED:
        return ExclusionReason(mark.why)
    cause = FailCause(mark.why)
    return None if cause is FailCause.BELOW_LIMIT else cause


def rate_points(
    measurements: Iterable[Measurement], marks: Marks, direction: Direction, zone: tzinfo, language: Language
) -> list[RatePoint]:
    """The measurements of one direction; one whose slot is not judged, or does not count, stands aside."""
    return [_point(one, marks, zone, language) for one in measurements if one.direction is direction]


def _point(one: Measurement, marks: Marks, zone: tzinfo, language: Language) -> RatePoint:
    mark = None if one.slot is None else marks.get(one.slot)
    say = phrasebook(language).say
    counts = say("counts for nothing, or is not summed up yet") if mark is None else why_text(mark, language)
    return RatePoint(
        at=one.started_at,
        rate_bps=one.rate_bps,
        shape=shape_of(one),
        tone=Tone.ASIDE if mark is None else _TONES[mark.outcome],
        title=f"{moment_text(one.started_at, zone, language)}: {figure_text(one, language)}, "
        f"{word(one.mode, language)}, {counts}",
    )


def median_points(days: Iterable[LineDay], zone: tzinfo, language: Language) -> list[RatePoint]:
    """A point a day for long stretches: the median of the day's full measurements, by how most of its slots ended."""
    found = []
    for one in days:
        if one.median_bps is None:
            continue
        tone = Tone.PASSED if one.passed > one.failed else Tone.FAILED if one.failed else Tone.EXCLUDED
        at = datetime.combine(one.day, time(12), tzinfo=zone)
        title = phrasebook(language).say(
            "{day}: median {rate}, passed {passed}, failed {failed}",
            day=date_text(one.day, language),
            rate=rate_text(one.median_bps, language),
            passed=one.passed,
            failed=one.failed,
        )
        found.append(RatePoint(at=at, rate_bps=one.median_bps, shape=Shape.RATE, tone=tone, title=title))
    return found


def levels(
    line: Line, registry: Registry, policy: Policy, *, first: date, last: date, language: Language
) -> tuple[Level, ...]:
    """The limit, the threshold and the contracted rates over local days, each as long as it held."""
    days = [first + number * _DAY for number in range((last - first).days + 1)]
    thresholds = [_threshold(line, registry, policy, day) for day in days]
    say = phrasebook(language).say
    found: list[Level] = []
    for rate, start, end in _runs(days, thresholds):
        limit = policy.limit_bps(rate)
        found.append(_level("limit", say("limit"), limit, (start, end), language))
        if limit != rate:
            found.append(_level("threshold", say("threshold"), rate, (start, end), language))
    contracts = [line.contract_at(day) for day in days]
    for rate, start, end in _runs(days, [None if one is None else one.rate_bps for one in contracts]):
        found.append(_level("contract", say("contract"), rate, (start, end), language))
    return tuple(found)


def _threshold(line: Line, registry: Registry, policy: Policy, day: date) -> int | None:
    locality = registry.locality_type(line.id, day)
    return None if locality is None or not line.during.contains(day) else policy.threshold_bps(locality, day)


def _runs(days: Sequence[date], rates: Sequence[int | None]) -> list[tuple[int, date, date]]:
    """Neighbouring days of one rate together."""
    found: list[tuple[int, date, date]] = []
    for day, rate in zip(days, rates, strict=True):
        if rate is None:
            continue
        last = found[-1] if found else None
        if last is not None and last[0] == rate and last[2] + _DAY == day:
            found[-1] = (rate, last[1], day)
        else:
            found.append((rate, day, day))
    return found


def _level(name: str, said: str, rate: int, days: tuple[date, date], language: Language) -> Level:
    label = f"{said} {exact_rate_text(rate, language)}"
    return Level(name=name, label=label, rate_bps=rate, first=days[0], last=days[1])
