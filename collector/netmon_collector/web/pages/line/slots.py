"""The planned slots of one day of a line: what was to be measured, how it ended and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from netmon.domain.identifiers import SlotId
from netmon.domain.measurement import Measurement
from netmon.domain.slot import JudgedSlot, Slot, SlotEnd, SlotReport
from netmon.domain.slot_outcome import SlotEvidence
from netmon_collector.use_cases.day_values import SlotMark, mark_of
from netmon_collector.web.pages.line.points import figure_text, why_text
from netmon_collector.wording.figures import date_text, time_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook
from netmon_collector.wording.words import word

_DAY = timedelta(days=1)
Judged = Sequence[tuple[JudgedSlot, SlotEvidence]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotsOfDay:
    """Everything about the slots of a local day; those that count come judged."""

    day: date
    slots: Sequence[Slot]
    measurements: Sequence[Measurement]
    reports: Mapping[SlotId, SlotReport]
    judged: Judged
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotView:
    """`tone` is the outcome's, or none for a slot that counts for nothing or is still to come."""

    id: str
    number: int
    time: str
    what: str
    tone: str
    outcome: str
    figure: str
    server: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotsView:
    day: str
    iso: str
    before: str
    after: str
    slots: tuple[SlotView, ...]
    weekday_note: str | None


def slots_view(of: SlotsOfDay, zone: tzinfo, language: Language, *, is_school_day: bool) -> SlotsView:
    marks = {one.slot.id: mark_of(one) for one, _ in of.judged}
    by_slot: dict[str, list[Measurement]] = {}
    for one in of.measurements:
        if one.slot is not None:
            by_slot.setdefault(one.slot, []).append(one)
    return SlotsView(
        day=date_text(of.day, language),
        iso=of.day.isoformat(),
        before=(of.day - _DAY).isoformat(),
        after=(of.day + _DAY).isoformat(),
        slots=tuple(
            _slot(one, number, of, marks.get(one.id), measured=by_slot.get(one.id, ()), zone=zone, language=language)
            for number, one in enumerate(of.slots, start=1)
        ),
        weekday_note=None if is_school_day else phrasebook(language).say("Not a school day: nothing counts."),
    )


def _slot(
    slot: Slot,
    number: int,
    of: SlotsOfDay,
    mark: SlotMark | None,
    *,
    measured: Sequence[Measurement],
    zone: tzinfo,
    language: Language,
) -> SlotView:
    best = _shown(measured)
    return SlotView(
        id=slot.id,
        number=number,
        time=time_text(slot.starts_at, zone, language),
        what=f"{word(slot.mode, language)}, {word(slot.direction, language)}",
        tone="" if mark is None else mark.outcome.value,
        outcome=_unjudged(slot, of, language) if mark is None else why_text(mark, language),
        figure=_figure(best, of.reports.get(slot.id), language),
        server=slot.server if best is None else best.server,
    )


def _shown(measurements: Sequence[Measurement]) -> Measurement | None:
    """The one with a figure before one without, the latest of its kind."""
    ordered = sorted(measurements, key=lambda one: (one.rate_bps is not None, one.started_at))
    return ordered[-1] if ordered else None


def _figure(best: Measurement | None, report: SlotReport | None, language: Language) -> str:
    if best is not None:
        return figure_text(best, language)
    if report is not None and report.end is SlotEnd.NOT_MEASURED and report.reason is not None:
        return word(report.reason, language)
    return "–"


def _unjudged(slot: Slot, of: SlotsOfDay, language: Language) -> str:
    say = phrasebook(language).say
    if slot.ends_at > of.now:
        return say("still to come") if slot.starts_at > of.now else say("under way")
    return say("counts for nothing")
