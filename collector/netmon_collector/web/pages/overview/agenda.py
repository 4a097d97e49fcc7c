"""What the roadmap asks for: overdue first, then what ends within a month."""

from dataclasses import dataclass
from datetime import date, timedelta

from netmon.domain.period import Period
from netmon.domain.roadmap import Activity, ActivityKind, Result
from netmon_collector.use_cases.roadmap import RoadmapStanding
from netmon_collector.use_cases.summary.plan import roadmap_items
from netmon_collector.wording.figures import date_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook
from netmon_collector.wording.words import word

_MOST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """Something with a date; `tone` is that of its badge."""

    kind: str
    number: str
    title: str
    due: str
    left: str
    tone: str
    responsible: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaView:
    items: tuple[AgendaItem, ...]
    more: int


def agenda_view(found: RoadmapStanding, language: Language) -> AgendaView:
    """Open activities and results by their dates, those long archived left out."""
    open_now = roadmap_items(found, Period.day(found.at))
    activities = [(one.end, _activity(one, found.at, language)) for one, _ in (*open_now.overdue, *open_now.due)]
    results = [
        (one.due, _result(one, found.at, language)) for one, _ in (*open_now.overdue_results, *open_now.due_results)
    ]
    items = [item for _, item in sorted([*activities, *results], key=lambda one: one[0])]
    return AgendaView(items=tuple(items[:_MOST]), more=max(0, len(items) - _MOST))


def _activity(one: Activity, on: date, language: Language) -> AgendaItem:
    return _item(
        one.title.in_language(language),
        language,
        kind=word(one.kind, language),
        number=one.number,
        due=one.end,
        on=on,
        responsible=one.responsible_role.in_language(language),
    )


def _result(one: Result, on: date, language: Language) -> AgendaItem:
    kind = word(ActivityKind.RESULT, language)
    return _item(one.title.in_language(language), language, kind=kind, number=one.number, due=one.due, on=on)


def _item(
    title: str, language: Language, *, kind: str, number: str, due: date, on: date, responsible: str | None = None
) -> AgendaItem:
    left = due - on
    return AgendaItem(
        kind=kind,
        number=number,
        title=title,
        due=date_text(due, language),
        left=_left(left, language),
        tone="bad" if left < timedelta() else "open" if left <= timedelta(days=7) else "none",
        responsible=responsible,
    )


def _left(left: timedelta, language: Language) -> str:
    book, days = phrasebook(language), left.days
    if days < 0:
        return book.plural("{n} day overdue", "{n} days overdue", -days)
    return book.say("today") if days == 0 else book.plural("in {n} day", "in {n} days", days)
