"""The roadmap in a report: what is overdue, due and done, each with who answers for it; the other indicators."""

from collections.abc import Iterable, Iterator, Sequence

from netmon.domain.roadmap import Activity, IndicatorSource, Result
from netmon.domain.roadmap_state import ActivityState, ResultState
from netmon_collector.report.content.values import Entry, Group, Section, Table, Tone
from netmon_collector.report.content.words import Words
from netmon_collector.use_cases.roadmap import IndicatorStanding, RoadmapStanding
from netmon_collector.wording.figures import capitalised, date_text, percent_text
from netmon_collector.wording.words import word

_Activities = Iterable[tuple[Activity, ActivityState]]
_Results = Iterable[tuple[Result, ResultState]]


def roadmap_section(words: Words) -> Section | None:
    """None for a territory without a roadmap."""
    standing, say = words.summary.roadmap, words.book.say
    if standing is None:
        return None
    return Section(
        title=say("Roadmap"),
        groups=tuple(group for group in _groups(words) if group.entries),
        intro=tuple(_unknown_indicators(standing, words)),
        table=_indicators(standing, words),
        empty=say("Nothing of the roadmap is overdue or due within 30 days."),
    )


def _groups(words: Words) -> Iterator[Group]:
    say, items = words.book.say, words.summary.items
    overdue = (*_activities(items.overdue, words), *_results(items.overdue_results, words))
    due = (*_activities(items.due, words), *_results(items.due_results, words))
    done = (*_activities(items.done, words), *_results(items.done_results, words))
    yield Group(title=say("Overdue"), tone=Tone.BAD, entries=overdue)
    yield Group(title=say("Due within 30 days"), tone=Tone.OPEN, entries=due)
    yield Group(title=say("Done lately"), tone=Tone.GOOD, entries=done)


def _activities(found: _Activities, words: Words) -> Iterator[Entry]:
    say = words.book.say
    for one, state in found:
        done = state.fact
        until = say("Due: {date}.", date=date_text(one.end, words.language))
        recorded = () if done is None else (_recorded(done.document, words),)
        yield Entry(
            title=say("{kind} {number}. {title}", kind=_kind(one, words), number=one.number, title=words.of(one.title)),
            lines=(until, say("Responsible: {role}.", role=words.of(one.responsible_role)), *recorded),
        )


def _kind(activity: Activity, words: Words) -> str:
    return capitalised(word(activity.kind, words.language))


def _results(found: _Results, words: Words) -> Iterator[Entry]:
    say = words.book.say
    for one, state in found:
        recorded = () if state.fact is None else (_recorded(state.fact.document, words),)
        yield Entry(
            title=say("Result {number}. {title}", number=one.number, title=words.of(one.title)),
            lines=(say("Due: {date}.", date=date_text(one.due, words.language)), *recorded),
        )


def _recorded(document: str, words: Words) -> str:
    return words.book.say("Recorded: {document}.", document=document)


def _indicators(standing: RoadmapStanding, words: Words) -> Table | None:
    """The entered indicators beside their targets of the year; the measured one is the answer above."""
    known = [one for one in _entered(standing) if one.value is not None]
    if not known:
        return None
    say = words.book.say
    return Table(
        columns=(say("Indicator"), say("Value"), say("Target")),
        rows=tuple((words.of(one.indicator.title), _value(one, words), _target(one, words)) for one in known),
        numeric=frozenset({1, 2}),
    )


def _unknown_indicators(standing: RoadmapStanding, words: Words) -> Iterator[str]:
    entered = _entered(standing)
    unknown = sum(one.value is None for one in entered)
    if unknown:
        yield words.book.plural(
            "Of {n} indicator whose values are entered by hand, {unknown} has none yet.",
            "Of {n} indicators whose values are entered by hand, {unknown} have none yet.",
            len(entered),
            unknown=unknown,
        )


def _entered(standing: RoadmapStanding) -> Sequence[IndicatorStanding]:
    return [one for one in standing.indicators if one.indicator.source is IndicatorSource.ENTERED]


def _value(standing: IndicatorStanding, words: Words) -> str:
    value = standing.value
    if value is None:
        return "–"
    if not value.counted:
        return percent_text(value.numerator * 100 // value.denominator, words.language)
    return words.share(value.numerator, value.denominator)


def _target(standing: IndicatorStanding, words: Words) -> str:
    return "–" if standing.target_percent is None else percent_text(standing.target_percent, words.language)
