"""The rows of an act's tables: each figure of a line's verdict with its name."""

from collections.abc import Iterator, Mapping

from netmon.domain.availability import Availability
from netmon.domain.sustained import Sustained
from netmon.domain.verdict import Counts, LineFigures, Requirement
from netmon_collector.wording.figures import (
    capitalised,
    duration_text,
    exact_rates_text,
    integer_text,
    percent_text,
    rate_text,
    share_percent,
    share_text,
    tolerance_text,
)
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook
from netmon_collector.wording.words import reason_word

Row = Mapping[str, str]


def a_row(name: str, value: str) -> Row:
    return {"name": name, "value": value}


def result_rows(figures: LineFigures | None, language: Language) -> Iterator[Row]:
    """Everything that decides, in the order in which the method names it."""
    if figures is None:
        return
    say = phrasebook(language).say
    yield from _required(figures.requirement, language)
    yield from _counted(figures.counts, figures.requirement, language)
    yield a_row(say("Median of the full estimates"), rate_text(figures.estimates.median_bps, language))
    if figures.availability is not None:
        yield from _available(figures.availability, language)
    if figures.sustained is not None:
        yield from _sustained(figures.sustained, language)


def _required(required: Requirement, language: Language) -> Iterator[Row]:
    """Several where the type of the locality changed within the period, none where it is unknown."""
    say = phrasebook(language).say
    tolerance = tolerance_text(required.tolerance_bp, language)
    for name, rates in (
        (say("Threshold"), required.thresholds_bps),
        (say("Limit: the threshold less {tolerance}", tolerance=tolerance), required.limits_bps),
    ):
        yield a_row(name, exact_rates_text(rates, language) if rates else "–")


def _counted(counts: Counts, required: Requirement, language: Language) -> Iterator[Row]:
    say = phrasebook(language).say
    for name, number in (
        (say("Measurements planned in working hours"), counts.planned),
        (say("of which counted"), counts.decided),
        (say("at or above the limit"), counts.passed),
        (say("below the limit or with the line down"), counts.failed),
        (say("not counted"), counts.excluded_total),
    ):
        yield a_row(name, integer_text(number, language))
    yield a_row(say("Share at or above the limit"), _share(counts.passed, counts.decided, language))
    yield a_row(say("Required share, at least"), percent_text(required.min_share_percent, language))
    yield a_row(say("Share without the tolerance"), _share(counts.strict_passed, counts.decided, language))


def _share(part: int, whole: int, language: Language) -> str:
    return percent_text(share_percent(part, whole), language) if whole else "–"


def _available(found: Availability, language: Language) -> Iterator[Row]:
    say = phrasebook(language).say
    up = share_text(found.up, found.known, language) if found.known else "–"
    yield a_row(say("Up in known working time"), up)
    yield a_row(say("Known working time"), duration_text(found.known, language))
    yield a_row(say("Down in working time"), duration_text(found.down, language))


def _sustained(found: Sustained, language: Language) -> Iterator[Row]:
    say = phrasebook(language).say
    yield a_row(say("Sustained tests at or above the limit"), integer_text(found.passed, language))
    yield a_row(say("Sustained tests below the limit"), integer_text(found.failed, language))


def exclusion_rows(figures: LineFigures | None, language: Language) -> Iterator[Row]:
    """The reasons for not counting, the most frequent first."""
    excluded = {} if figures is None else figures.counts.excluded
    for reason, number in sorted(excluded.items(), key=lambda item: (-item[1], item[0])):
        yield a_row(capitalised(reason_word(reason, language)), integer_text(number, language))
