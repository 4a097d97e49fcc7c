"""What decided about a line, one text a basis: the clause after the outcome's word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from netmon.domain.slot import ExclusionReason
from netmon.domain.verdict import Basis, LineFigures
from netmon_collector.wording.figures import (
    exact_rates_text,
    percent_text,
    share_percent,
    share_percent_up,
    tolerance_text,
)
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
    def hidden(self) -> int:
        """Slots whose records may have been withheld."""
        return sum(number for reason, number in self.figures.counts.excluded.items() if reason.could_hide_a_fail)


def line_reason(case: LineCase) -> str:
    return _REASONS[case.basis](case)


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


def _terms(case: LineCase) -> str:
    """The requirement in brackets."""
    tolerance = case.figures.requirement.tolerance_bp
    if tolerance == 0:
        return case.book.say("threshold {threshold}, no tolerance", threshold=case.threshold)
    return case.book.say(
        "threshold {threshold}, tolerance {tolerance}",
        threshold=case.threshold,
        tolerance=tolerance_text(tolerance, case.book.language),
    )


def _values(case: LineCase) -> dict[str, object]:
    """What the texts about a share speak of."""
    counts = case.figures.counts
    return {
        "limit": case.limit,
        "passed": counts.passed,
        "of_counted": of_counted(case),
        "percent": case.percent(counts.passed, counts.decided),
        "required": case.required,
        "terms": _terms(case),
    }


def _share_met(case: LineCase) -> str:
    return case.book.say(
        "at least {limit} in {passed} {of_counted} in working hours ({percent}, at least {required} required; {terms})",
        **_values(case),
    )


def _share_not_met(case: LineCase) -> str:
    counts = case.figures.counts
    if counts.line_down == counts.decided:
        return case.book.say(
            "the line was down in {down} {of_counted} in working hours "
            "(at least {limit} is required in at least {required} of them; {terms})",
            down=counts.line_down,
            **_values(case),
        )
    if counts.passed == 0:
        return case.book.say(
            "none {of_counted} in working hours reached {limit} ({percent}, at least {required} required; {terms})",
            **_values(case),
        )
    return case.book.say(
        "at least {limit} in only {passed} {of_counted} in working hours "
        "({percent}, at least {required} required; {terms})",
        **_values(case),
    )


def _no_slots(case: LineCase) -> str:
    return case.book.say("no measurement was planned in the working hours of the period")


def _withheld(case: LineCase) -> str:
    counts = case.figures.counts
    worst = counts.decided + case.hidden
    return case.book.say(
        "at least {limit} in {passed} {of_counted} in working hours "
        "({percent}, at least {required} required; {terms}), but {unknown}; "
        "if all of them were below, it would be {passed} of {worst} ({worst_percent})",
        unknown=case.book.plural(
            "{n} more planned measurement has no data", "{n} more planned measurements have no data", case.hidden
        ),
        worst=worst,
        worst_percent=case.percent(counts.passed, worst),
        **_values(case),
    )


def _too_few_decided(case: LineCase) -> str:
    return case.book.plural(
        "{n} planned measurement is counted, at least {least} are needed",
        "{n} planned measurements are counted, at least {least} are needed",
        case.figures.counts.decided,
        least=case.figures.requirement.decided,
    )


def _too_few_days(case: LineCase) -> str:
    return case.book.plural(
        "there are counted measurements on {n} day only, at least {least} are needed",
        "there are counted measurements on {n} days only, at least {least} are needed",
        case.figures.counts.days,
        least=case.figures.requirement.days,
    )


def _too_many_excluded(case: LineCase) -> str:
    counts = case.figures.counts
    if is_silent(case):
        return _silent(case)
    return case.book.plural(
        "{n} {of_planned} is not counted ({percent}, at most {most} allowed): {reasons}",
        "{n} {of_planned} are not counted ({percent}, at most {most} allowed): {reasons}",
        counts.excluded_total,
        of_planned=of_planned(case),
        percent=percent_text(share_percent_up(counts.excluded_total, counts.planned), case.book.language),
        most=percent_text(case.figures.requirement.max_excluded_percent, case.book.language),
        reasons=exclusions(case),
    )


def is_silent(case: LineCase) -> bool:
    """Whether nothing at all came from the agent in the period."""
    return set(case.figures.counts.excluded) == {ExclusionReason.AGENT_OFF} and case.figures.counts.decided == 0


def _silent(case: LineCase) -> str:
    no_data = case.book.say(
        "no data for {missing} {of_planned}", missing=case.figures.counts.excluded_total, of_planned=of_planned(case)
    )
    if case.last_seen is None:
        return case.book.say("the agent was never heard of; {no_data}", no_data=no_data)
    return case.book.say("the agent has been silent since {time}; {no_data}", time=case.last_seen, no_data=no_data)


def _ceilings(case: LineCase) -> str:
    counts = case.figures.counts
    return case.book.say(
        "the measuring equipment, not the line, was the limit in {ceilings} {of_excluded}: {reasons}",
        ceilings=sum(number for reason, number in counts.excluded.items() if reason.is_ceiling),
        of_excluded=case.book.plural(
            "of {n} measurement not counted", "of {n} measurements not counted", counts.excluded_total
        ),
        reasons=exclusions(case),
    )


_REASONS: Mapping[Basis, Callable[[LineCase], str]] = {
    Basis.SHARE_MET: _share_met,
    Basis.SHARE_NOT_MET: _share_not_met,
    Basis.NO_SLOTS: _no_slots,
    Basis.WITHHELD: _withheld,
    Basis.TOO_FEW_DECIDED: _too_few_decided,
    Basis.TOO_FEW_DAYS: _too_few_days,
    Basis.TOO_MANY_EXCLUDED: _too_many_excluded,
    Basis.CEILINGS: _ceilings,
}
