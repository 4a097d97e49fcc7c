"""A line's figures with the phrasebook, and the pieces that several sentences about it share."""

from dataclasses import dataclass

from netmon.domain.availability import Availability
from netmon.domain.sustained import Sustained
from netmon.domain.verdict import Basis, LineFigures
from netmon_collector.wording.figures import exact_rates_text, percent_text, share_percent, tolerance_text
from netmon_collector.wording.phrasebook import Phrasebook
from netmon_collector.wording.words import reason_word


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCase:
    """A line's figures with the phrasebook; `last_seen` is already in words, None if never heard of."""

    basis: Basis
    figures: LineFigures
    book: Phrasebook
    last_seen: str | None

    @property
    def limit(self) -> str:
        """The limit in force; slots without one (an unknown locality) are never decided."""
        return exact_rates_text(self.figures.requirement.limits_bps, self.book.language)

    @property
    def threshold(self) -> str:
        return exact_rates_text(self.figures.requirement.thresholds_bps, self.book.language)

    @property
    def required(self) -> str:
        return percent_text(self.figures.requirement.min_share_percent, self.book.language)

    def percent(self, part: int, whole: int) -> str:
        return percent_text(share_percent(part, whole), self.book.language)

    @property
    def availability(self) -> Availability:
        return self.figures.availability or Availability()

    @property
    def sustained(self) -> Sustained:
        return self.figures.sustained or Sustained()

    @property
    def hidden(self) -> int:
        """Slots whose records may have been withheld."""
        return sum(number for reason, number in self.figures.counts.excluded.items() if reason.could_hide_a_fail)


def exclusions(case: LineCase) -> str:
    """The reasons for not counting, the most frequent first, each with its number."""
    found = sorted(case.figures.counts.excluded.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(
        case.book.say("{reason} – {number}", reason=reason_word(reason, case.book.language), number=number)
        for reason, number in found
    )


def of_counted(case: LineCase) -> str:
    return case.book.plural("of {n} counted measurement", "of {n} counted measurements", case.figures.counts.decided)


def of_planned(case: LineCase) -> str:
    return case.book.plural("of {n} planned measurement", "of {n} planned measurements", case.figures.counts.planned)


def terms(case: LineCase) -> str:
    """The requirement in brackets."""
    tolerance = case.figures.requirement.tolerance_bp
    if tolerance == 0:
        return case.book.say("threshold {threshold}, no tolerance", threshold=case.threshold)
    return case.book.say(
        "threshold {threshold}, tolerance {tolerance}",
        threshold=case.threshold,
        tolerance=tolerance_text(tolerance, case.book.language),
    )


def school_days(case: LineCase, number: int) -> str:
    return case.book.plural("{n} school day", "{n} school days", number)
