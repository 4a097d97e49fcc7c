"""What decided about a line, one text a basis: the clause after the outcome's word."""

from collections.abc import Callable, Mapping

from netmon.domain.slot import ExclusionReason
from netmon.domain.verdict import Basis
from netmon_collector.wording.figures import percent_text, share_percent_up
from netmon_collector.wording.guarantee_reasons import (
    availability_not_met,
    availability_unknown,
    sustained_missing,
    sustained_not_met,
    throttled,
    throttling_withheld,
)
from netmon_collector.wording.line_case import LineCase, exclusions, of_counted, of_planned, terms
from netmon_collector.wording.median_reasons import median_met, median_not_met, median_withheld, too_few_estimates


def line_reason(case: LineCase) -> str:
    return _REASONS[case.basis](case)


def _values(case: LineCase) -> dict[str, object]:
    """What the texts about a share speak of."""
    counts = case.figures.counts
    return {
        "limit": case.limit,
        "passed": counts.passed,
        "of_counted": of_counted(case),
        "percent": case.percent(counts.passed, counts.decided),
        "required": case.required,
        "terms": terms(case),
    }


def share_met(case: LineCase) -> str:
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
    Basis.SHARE_MET: share_met,
    Basis.SHARE_NOT_MET: _share_not_met,
    Basis.NO_SLOTS: _no_slots,
    Basis.WITHHELD: _withheld,
    Basis.TOO_FEW_DECIDED: _too_few_decided,
    Basis.TOO_FEW_DAYS: _too_few_days,
    Basis.TOO_MANY_EXCLUDED: _too_many_excluded,
    Basis.CEILINGS: _ceilings,
    Basis.MEDIAN_MET: median_met,
    Basis.MEDIAN_NOT_MET: median_not_met,
    Basis.MEDIAN_WITHHELD: median_withheld,
    Basis.TOO_FEW_ESTIMATES: too_few_estimates,
    Basis.AVAILABILITY_NOT_MET: availability_not_met,
    Basis.AVAILABILITY_UNKNOWN: availability_unknown,
    Basis.SUSTAINED_NOT_MET: sustained_not_met,
    Basis.SUSTAINED_MISSING: sustained_missing,
    Basis.THROTTLED: throttled,
    Basis.THROTTLING_WITHHELD: throttling_withheld,
}
