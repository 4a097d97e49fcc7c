"""The roadmap at a date as people read it on a terminal."""

import textwrap
from collections.abc import Iterator, Mapping
from enum import StrEnum

from netmon.domain.registry import Text
from netmon.domain.roadmap import Activity, Fact, Result
from netmon.domain.roadmap_state import ActivityState, ResultState, ResultStatus
from netmon_collector.use_cases.roadmap import IndicatorStanding, RoadmapStanding, Value, ValueSource
from netmon_collector.wording.amounts import quantities_text, share_value_text
from netmon_collector.wording.figures import date_text, percent_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook
from netmon_collector.wording.words import word

_INDENT = "    "
_SOURCES: Mapping[ValueSource, str] = {
    ValueSource.MEASURED: N_("measured"),
    ValueSource.ENTERED: N_("entered by hand"),
    ValueSource.SIMULATED: N_("simulated"),
}


def roadmap_text(found: RoadmapStanding, language: Language, *, width: int) -> str:
    """The whole roadmap, each entry with its state first and its title below."""
    page, say = _Page(language, width), phrasebook(language).say
    title = found.roadmap.title.in_language(language)
    lines = [*page.wrapped(title, ""), say("at {date}", date=date_text(found.at, language)), "", say("Indicators")]
    for standing in found.indicators:
        number = standing.indicator.id.removeprefix("indicator-")
        lines += page.entry(number, page.indicator(standing), standing.indicator.title)
    lines += ["", say("Results")]
    for result, state in found.results:
        lines += page.entry(result.number, page.result(result, state), result.title)
    lines += ["", say("Activities")]
    for activity, activity_state in found.activities:
        lines += page.entry(activity.number, page.activity(activity, activity_state), activity.title)
    return "\n".join(lines)


class _Page:
    """One language and one width."""

    def __init__(self, language: Language, width: int) -> None:
        self._language, self._width, self._book = language, width, phrasebook(language)

    def wrapped(self, text: str, indent: str) -> list[str]:
        return textwrap.wrap(text, self._width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)

    def entry(self, number: str, state: str, title: Text) -> Iterator[str]:
        yield from self.wrapped(f"{number}. {state}", _INDENT)
        yield from self.wrapped(title.in_language(self._language), _INDENT * 2)

    def indicator(self, standing: IndicatorStanding) -> str:
        parts = [] if standing.value is None else [self._value(standing.value)]
        parts.append(self._target(standing))
        if standing.value is None:
            parts.append(self._word(ResultStatus.NO_FACT))
        return "; ".join(parts)

    def _target(self, standing: IndicatorStanding) -> str:
        if standing.target_percent is None:
            return self._book.say("no target")
        target = percent_text(standing.target_percent, self._language)
        if standing.met is None:
            return self._book.say("target {target}", target=target)
        if standing.met:
            return self._book.say("target {target} reached", target=target)
        return self._book.say("target {target} not reached", target=target)

    def result(self, result: Result, state: ResultState) -> str:
        parts = [self._book.say("due {date}", date=date_text(result.due, self._language))]
        if result.quantities:
            needed = {one.kind: one.at_least for one in result.quantities}
            parts.append(self._book.say("at least: {quantities}", quantities=quantities_text(needed, self._language)))
        parts.append(self._word(state.status) + self._late(state.late))
        if isinstance(state.share, Value):
            parts.append(self._value(state.share))
        if state.fact is not None:
            parts.append(self._fact(state.fact))
        return "; ".join(parts)

    def activity(self, activity: Activity, state: ActivityState) -> str:
        start = "" if activity.start is None else f"{date_text(activity.start, self._language)} – "
        parts = [
            self._word(activity.kind),
            f"{start}{date_text(activity.end, self._language)}",
            self._word(state.status) + self._late(state.late),
            activity.responsible_role.in_language(self._language),
        ]
        if state.fact is not None:
            parts.append(self._fact(state.fact))
        return "; ".join(parts)

    def _value(self, value: Value) -> str:
        """A reported percentage is shown as it was reported, everything counted with its counts."""
        text = share_value_text(value.numerator, value.denominator, self._language, counted=value.counted)
        if value.upper_numerator is not None and value.upper_numerator > value.numerator:
            text += ", " + self._book.say("at most {upper}", upper=value.upper_numerator)
        return f"{text}, {self._book.say(_SOURCES[value.source])}, {date_text(value.at, self._language)}"

    def _fact(self, fact: Fact) -> str:
        done = self._book.say("done") if fact.done else self._book.say("not done")
        reported = quantities_text(fact.quantities, self._language) or done
        document = ", ".join([fact.document, *([self._book.say("illustrative")] if fact.illustrative else [])])
        at = date_text(fact.at, self._language)
        return self._book.say("fact {date}: {quantities} ({document})", date=at, quantities=reported, document=document)

    def _late(self, is_late: bool) -> str:
        text = self._book.say("late")
        return f" ({text})" if is_late else ""

    def _word(self, member: StrEnum) -> str:
        return word(member, self._language)
