"""The roadmap at a date as people read it on a terminal."""

import textwrap
from collections.abc import Iterator, Mapping
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from netmon.domain.registry import Text
from netmon.domain.roadmap import Activity, ActivityKind, Fact, QuantityKind, Result
from netmon.domain.roadmap_state import ActivityState, ActivityStatus, ResultState, ResultStatus
from netmon_collector.use_cases.roadmap import IndicatorStanding, RoadmapStanding, Value, ValueSource
from netmon_collector.wording.figures import date_text, integer_text, percent_text, share_percent
from netmon_collector.wording.language import Language

_INDENT = "    "
_WORDS: Mapping[StrEnum, Text] = {
    ResultStatus.MET: Text(ru="достигнут", en="met"),
    ResultStatus.NOT_MET: Text(ru="не достигнут", en="not met"),
    ResultStatus.NO_FACT: Text(ru="нет данных", en="no data"),
    ActivityStatus.DONE: Text(ru="выполнено", en="done"),
    ActivityStatus.UPCOMING: Text(ru="предстоит", en="upcoming"),
    ActivityStatus.DUE: Text(ru="в работе", en="due"),
    ActivityStatus.OVERDUE: Text(ru="просрочено", en="overdue"),
    ActivityStatus.ARCHIVED: Text(ru="в архиве", en="archived"),
    ActivityKind.RESULT: Text(ru="результат", en="result"),
    ActivityKind.CONTROL_POINT: Text(ru="КТ", en="control point"),
    ActivityKind.ACTIVITY: Text(ru="мероприятие", en="activity"),
    ValueSource.MEASURED: Text(ru="измерено", en="measured"),
    ValueSource.ENTERED: Text(ru="введено", en="entered"),
    ValueSource.SIMULATED: Text(ru="имитация", en="simulated"),
    QuantityKind.ORGANISATIONS_PERCENT: Text(ru="образовательных организаций", en="organisations"),
    QuantityKind.GENERAL_SCHOOLS_PERCENT: Text(ru="общеобразовательных организаций", en="general schools"),
    QuantityKind.MUNICIPALITIES_PERCENT: Text(ru="муниципальных образований", en="municipalities"),
    QuantityKind.CHILDREN: Text(ru="детей", en="children"),
    QuantityKind.STAFF: Text(ru="работников", en="staff"),
}
_AT = Text(ru="на {date}", en="at {date}")
_INDICATORS = Text(ru="Показатели", en="Indicators")
_RESULTS = Text(ru="Результаты", en="Results")
_ACTIVITIES = Text(ru="Мероприятия", en="Activities")
_COUNTED = Text(ru="{part} из {whole} ({percent})", en="{part} of {whole} ({percent})")
_AT_MOST = Text(ru="возможно до {upper}", en="at most {upper}")
_TARGET = Text(ru="целевое значение {percent}", en="target {percent}")
_NO_TARGET = Text(ru="целевого значения нет", en="no target")
_DUE = Text(ru="срок {date}", en="due {date}")
_AT_LEAST = Text(ru="не менее: {quantities}", en="at least: {quantities}")
_FACT = Text(ru="факт {date}: {quantities} ({document})", en="fact {date}: {quantities} ({document})")
_LATE = Text(ru="с опозданием", en="late")
_DONE = Text(ru="выполнено", en="done")
_NOT_DONE = Text(ru="не выполнено", en="not done")
_ILLUSTRATIVE = Text(ru="для примера", en="illustrative")


def roadmap_text(found: RoadmapStanding, language: Language, *, width: int) -> str:
    """The whole roadmap, each entry with its state first and its title below."""
    page = _Page(language, width)
    title = found.roadmap.title.in_language(language)
    lines = [*page.wrapped(title, ""), page.say(_AT, date=date_text(found.at, language)), "", page.say(_INDICATORS)]
    for standing in found.indicators:
        number = standing.indicator.id.removeprefix("indicator-")
        lines += page.entry(number, page.indicator(standing), standing.indicator.title)
    lines += ["", page.say(_RESULTS)]
    for result, state in found.results:
        lines += page.entry(result.number, page.result(result, state), result.title)
    lines += ["", page.say(_ACTIVITIES)]
    for activity, activity_state in found.activities:
        lines += page.entry(activity.number, page.activity(activity, activity_state), activity.title)
    return "\n".join(lines)


class _Page:
    """One language and one width."""

    def __init__(self, language: Language, width: int) -> None:
        self._language, self._width = language, width

    def say(self, text: Text, **values: object) -> str:
        return text.in_language(self._language).format(**values)

    def word(self, member: StrEnum) -> str:
        return self.say(_WORDS[member])

    def wrapped(self, text: str, indent: str) -> list[str]:
        return textwrap.wrap(text, self._width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)

    def entry(self, number: str, state: str, title: Text) -> Iterator[str]:
        yield from self.wrapped(f"{number}. {state}", _INDENT)
        yield from self.wrapped(title.in_language(self._language), _INDENT * 2)

    def indicator(self, standing: IndicatorStanding) -> str:
        status = ResultStatus.NO_FACT
        if standing.met is not None:
            status = ResultStatus.MET if standing.met else ResultStatus.NOT_MET
        target = self.say(_NO_TARGET)
        if standing.target_percent is not None:
            target = self.say(_TARGET, percent=percent_text(standing.target_percent, self._language))
        parts = [target] if standing.value is None else [self._value(standing.value), target]
        if standing.target_percent is not None or standing.value is None:
            parts.append(self.word(status))
        return "; ".join(parts)

    def result(self, result: Result, state: ResultState) -> str:
        parts = [self.say(_DUE, date=date_text(result.due, self._language))]
        if result.quantities:
            needed = {one.kind: one.at_least for one in result.quantities}
            parts.append(self.say(_AT_LEAST, quantities=self._quantities(needed)))
        parts.append(self.word(state.status) + self._late(state.late))
        if isinstance(state.share, Value):
            parts.append(self._value(state.share))
        if state.fact is not None:
            parts.append(self._fact(state.fact))
        return "; ".join(parts)

    def activity(self, activity: Activity, state: ActivityState) -> str:
        start = "" if activity.start is None else f"{date_text(activity.start, self._language)} – "
        parts = [
            self.word(activity.kind),
            f"{start}{date_text(activity.end, self._language)}",
            self.word(state.status) + self._late(state.late),
            activity.responsible_role.in_language(self._language),
        ]
        if state.fact is not None:
            parts.append(self._fact(state.fact))
        return "; ".join(parts)

    def _value(self, value: Value) -> str:
        """A reported percentage is shown as it was reported, everything counted with its counts."""
        percent = percent_text(share_percent(value.numerator, value.denominator), self._language)
        text = self.say(_COUNTED, part=value.numerator, whole=value.denominator, percent=percent)
        if not value.counted:
            exact = Decimal(value.numerator) * 100 / Decimal(value.denominator)
            text = percent_text(exact.quantize(Decimal("0.01"), rounding=ROUND_FLOOR), self._language)
        if value.upper_numerator is not None and value.upper_numerator > value.numerator:
            text += ", " + self.say(_AT_MOST, upper=value.upper_numerator)
        return f"{text}, {self.word(value.source)}, {date_text(value.at, self._language)}"

    def _fact(self, fact: Fact) -> str:
        reported = self._quantities(fact.quantities) or self.say(_DONE if fact.done else _NOT_DONE)
        document = f"{fact.document}, {self.say(_ILLUSTRATIVE)}" if fact.illustrative else fact.document
        return self.say(_FACT, date=date_text(fact.at, self._language), quantities=reported, document=document)

    def _quantities(self, amounts: Mapping[QuantityKind, int]) -> str:
        return ", ".join(f"{self.word(kind)} {self._amount(kind, amount)}" for kind, amount in amounts.items())

    def _amount(self, kind: QuantityKind, amount: int) -> str:
        is_percent = kind.value.endswith("_percent")
        return percent_text(amount, self._language) if is_percent else integer_text(amount, self._language)

    def _late(self, is_late: bool) -> str:
        return f" ({self.say(_LATE)})" if is_late else ""
