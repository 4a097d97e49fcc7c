"""The indicators by year: the target, the value known at the year's end, where it comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from netmon.domain.coverage import Coverage
from netmon.domain.roadmap import EnteredValue, Indicator, IndicatorSource, Roadmap
from netmon.domain.roadmap_state import reaches
from netmon_collector.use_cases.roadmap import ValueSource
from netmon_collector.web.pages.roadmap.recorded import FileView, file_view
from netmon_collector.wording.amounts import share_value_text
from netmon_collector.wording.figures import date_text, percent_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook

SOURCES: Mapping[ValueSource, str] = {
    ValueSource.MEASURED: N_("measured"),
    ValueSource.ENTERED: N_("entered by hand"),
    ValueSource.SIMULATED: N_("simulated"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """One year of an indicator; without a value nobody measured or entered anything for it."""

    year: int
    target: str | None
    value: str | None
    met: bool | None
    source: str | None
    source_word: str | None
    at: str | None
    document: str | None
    file: FileView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorView:
    id: str
    number: str
    title: str
    base: str
    is_entered: bool
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A value of a year with where it is from."""

    at: date
    numerator: int
    denominator: int
    counted: bool
    source: ValueSource
    document: str | None = None
    entered: EnteredValue | None = None


def indicator_views(
    roadmap: Roadmap, coverages: Sequence[Coverage], today: date, language: Language
) -> tuple[IndicatorView, ...]:
    """`coverages` are those of the measured indicator at the ends of the years and today."""
    return tuple(_indicator(one, roadmap, coverages, today, language) for one in roadmap.indicators)


def _indicator(
    one: Indicator, roadmap: Roadmap, coverages: Sequence[Coverage], today: date, language: Language
) -> IndicatorView:
    years = range(min(one.targets), max(today.year, *one.targets) + 1)
    base = percent_text(one.base_percent, language)
    return IndicatorView(
        id=one.id,
        number=one.id.removeprefix("indicator-"),
        title=one.title.in_language(language),
        base=phrasebook(language).say("base {percent} on {day}", percent=base, day=date_text(one.base_at, language)),
        is_entered=one.source is IndicatorSource.ENTERED,
        cells=tuple(_cell(one, year, _found(one, year, roadmap, coverages, today), language) for year in years),
    )


def _found(one: Indicator, year: int, roadmap: Roadmap, coverages: Sequence[Coverage], today: date) -> _Found | None:
    """The last value of a year; a value of another year says nothing about this one."""
    end = min(date(year, 12, 31), today)
    if end.year != year:
        return None
    if one.source is IndicatorSource.MEASURED:
        return next((_covered(c) for c in reversed(coverages) if c.at == end and _is_known(c)), None)
    entered = roadmap.entered_at(one.id, roadmap.territory, end)
    if entered is None or entered.at.year != year:
        return None
    return _Found(
        at=entered.at,
        numerator=entered.numerator,
        denominator=entered.denominator,
        counted=entered.counted,
        source=ValueSource.SIMULATED if entered.illustrative else ValueSource.ENTERED,
        document=entered.document,
        entered=entered,
    )


def _is_known(coverage: Coverage) -> bool:
    """Whether anybody measured or entered anything; a year before netmon without a value has none."""
    return coverage.entered is not None or any(not one.outcome.is_unknown for one in coverage.organisations)


def _covered(found: Coverage) -> _Found:
    entered = found.entered
    source = ValueSource.MEASURED
    if entered is not None:
        source = ValueSource.SIMULATED if entered.illustrative else ValueSource.ENTERED
    return _Found(
        at=found.at if entered is None else entered.at,
        numerator=found.numerator,
        denominator=found.denominator,
        counted=True,
        source=source,
        document=None if entered is None else entered.document,
    )


def _cell(one: Indicator, year: int, found: _Found | None, language: Language) -> CellView:
    target = one.target_at(date(year, 12, 31))
    say = phrasebook(language).say
    if found is None:
        return CellView(
            year=year,
            target=None if target is None else percent_text(target, language),
            value=None,
            met=None,
            source=None,
            source_word=None,
            at=None,
            document=None,
            file=None,
        )
    return CellView(
        year=year,
        target=None if target is None else percent_text(target, language),
        value=share_value_text(found.numerator, found.denominator, language, counted=found.counted),
        met=None if target is None else reaches(found, target),
        source=found.source.value,
        source_word=say(SOURCES[found.source]),
        at=date_text(found.at, language),
        document=found.document,
        file=None if found.entered is None else file_view(found.entered.evidence),
    )
