"""The results with their due dates, what they ask for, and how they stand."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from netmon.domain.roadmap import Result
from netmon.domain.roadmap_state import ResultState, ResultStatus
from netmon_collector.use_cases.roadmap import Value
from netmon_collector.web.pages.roadmap.indicators import SOURCES
from netmon_collector.web.pages.roadmap.recorded import RecordedView, recorded_view
from netmon_collector.wording.amounts import quantities_text, share_value_text
from netmon_collector.wording.figures import date_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook


class Standing(StrEnum):
    """How a result stands, what wants attention first."""

    OVERDUE = "overdue"  # its due date is over and nobody recorded anything
    NOT_MET = "not_met"
    COMING = "coming"  # not due yet, and nothing recorded
    LATE = "late"  # met after its due date
    MET = "met"


_WORDS: Mapping[Standing, str] = {
    Standing.OVERDUE: N_("overdue, no data"),
    Standing.NOT_MET: N_("not met"),
    Standing.COMING: N_("not due yet"),
    Standing.LATE: N_("met late"),
    Standing.MET: N_("met"),
}
_TONES: Mapping[Standing, tuple[str, str]] = {
    Standing.OVERDUE: ("open", "due"),
    Standing.NOT_MET: ("bad", "non_compliant"),
    Standing.COMING: ("none", "due"),
    Standing.LATE: ("good", "compliant"),
    Standing.MET: ("good", "compliant"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateView:
    """A state as its badge shows it."""

    key: str
    word: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultView:
    id: str
    number: str
    title: str
    characteristic: str
    due: str
    asked: str
    state: StateView
    value: str | None
    fact: RecordedView | None
    notes: tuple[str, ...]
    takes_facts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipView:
    key: str
    word: str
    count: int
    chosen: bool


def standing_of(result: Result, state: ResultState, today: date) -> Standing:
    if state.status is ResultStatus.MET:
        return Standing.LATE if state.late else Standing.MET
    if state.status is ResultStatus.NOT_MET:
        return Standing.NOT_MET
    return Standing.OVERDUE if result.due < today else Standing.COMING


def result_views(
    results: Iterable[tuple[Result, ResultState]], today: date, only: str, language: Language
) -> tuple[ResultView, ...]:
    found = ((result, state, standing_of(result, state, today)) for result, state in results)
    return tuple(_result(*one, language) for one in found if only in ("", one[2].value))


def result_chips(
    results: Iterable[tuple[Result, ResultState]], today: date, only: str, language: Language
) -> tuple[ChipView, ...]:
    """All, then each standing that occurs."""
    counts = Counter(standing_of(result, state, today).value for result, state in results)
    return chips({one.value: phrasebook(language).say(_WORDS[one]) for one in Standing}, counts, only, language)


def chips(words: Mapping[str, str], counts: Mapping[str, int], only: str, language: Language) -> tuple[ChipView, ...]:
    everything = ChipView(key="", word=phrasebook(language).say("All"), count=sum(counts.values()), chosen=not only)
    return (
        everything,
        *(
            ChipView(key=key, word=said, count=counts.get(key, 0), chosen=key == only)
            for key, said in words.items()
            if counts.get(key, 0) or key == only
        ),
    )


def _result(result: Result, state: ResultState, standing: Standing, language: Language) -> ResultView:
    tone, icon = _TONES[standing]
    asked = {one.kind: one.at_least for one in result.quantities}
    return ResultView(
        id=result.id,
        number=result.number,
        title=result.title.in_language(language),
        characteristic=result.characteristic,
        due=date_text(result.due, language),
        asked=quantities_text(asked, language),
        state=StateView(key=standing.value, word=phrasebook(language).say(_WORDS[standing]), tone=tone, icon=icon),
        value=_value(state.share, language) if isinstance(state.share, Value) else None,
        fact=None if state.fact is None else recorded_view(state.fact, language),
        notes=tuple(one.in_language(language) for one in result.notes),
        takes_facts=result.indicator is None,
    )


def _value(value: Value, language: Language) -> str:
    said = share_value_text(value.numerator, value.denominator, language, counted=value.counted)
    source = phrasebook(language).say(SOURCES[value.source])
    return f"{said}, {source}, {date_text(value.at, language)}"
