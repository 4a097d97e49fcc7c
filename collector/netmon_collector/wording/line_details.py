"""The numbers behind a line's verdict, a sentence each, for a person who checks it by hand."""

from collections.abc import Callable, Mapping, Sequence

from netmon.domain.verdict import Basis
from netmon_collector.wording.figures import (
    bounds_percent,
    capitalised,
    exact_rates_text,
    hour_text,
    percent_text,
    rate_text,
)
from netmon_collector.wording.guarantee_details import guarantee_details
from netmon_collector.wording.guarantee_reasons import (
    availability_change,
    days_needed,
    more_known_time,
    sustained_change,
    throttled_change,
)
from netmon_collector.wording.line_case import LineCase, exclusions, of_counted, of_planned
from netmon_collector.wording.line_reasons import is_silent, share_met
from netmon_collector.wording.median_reasons import median_change, median_met, more_estimates

_REASONS_IN_HEADLINE = (Basis.TOO_MANY_EXCLUDED, Basis.CEILINGS)
_SHARE_IN_HEADLINE = (Basis.SHARE_MET, Basis.SHARE_NOT_MET, Basis.WITHHELD)
_MEDIAN_IN_HEADLINE = (Basis.MEDIAN_MET, Basis.MEDIAN_NOT_MET, Basis.MEDIAN_WITHHELD, Basis.TOO_FEW_ESTIMATES)
_GUARANTEES: Mapping[Basis, Callable[[LineCase], str | None]] = {
    Basis.AVAILABILITY_NOT_MET: availability_change,
    Basis.AVAILABILITY_UNKNOWN: more_known_time,
    Basis.SUSTAINED_NOT_MET: sustained_change,
    Basis.SUSTAINED_MISSING: sustained_change,
    Basis.THROTTLED: throttled_change,
    Basis.THROTTLING_WITHHELD: days_needed,
}


def line_details(case: LineCase) -> tuple[str, ...]:
    """Every sentence that has something to say about this line."""
    found = [text for text in (sentence(case) for sentence in _SENTENCES) if text is not None]
    return (*found, *guarantee_details(case), *(text for text in (_last_seen(case),) if text is not None))


def _main_rule(case: LineCase) -> str | None:
    """That the share or the median is met, where something else decided."""
    if case.basis not in _GUARANTEES:
        return None
    clause = median_met(case) if case.figures.requirement.rule == "median" else share_met(case)
    return case.book.say("{sentence}.", sentence=capitalised(clause))


def _share_so_far(case: LineCase) -> str | None:
    counts = case.figures.counts
    if case.basis in (*_SHARE_IN_HEADLINE, *_MEDIAN_IN_HEADLINE, *_GUARANTEES) or counts.decided == 0:
        return None
    return case.book.say(
        "So far at least {limit} in {passed} of {decided} ({percent}, at least {required} required).",
        limit=case.limit,
        passed=counts.passed,
        decided=counts.decided,
        percent=case.percent(counts.passed, counts.decided),
        required=case.required,
    )


def _strict(case: LineCase) -> str | None:
    """The share at tolerance 0, which every explanation prints (D6)."""
    counts, requirement = case.figures.counts, case.figures.requirement
    if counts.decided == 0 or requirement.tolerance_bp == 0:
        return None
    return case.book.say(
        "Without the tolerance (at least {threshold}): {passed} of {decided} ({percent}).",
        threshold=exact_rates_text(requirement.thresholds_bps, case.book.language),
        passed=counts.strict_passed,
        decided=counts.decided,
        percent=case.percent(counts.strict_passed, counts.decided),
    )


def _change(case: LineCase) -> str | None:
    """What would change the verdict."""
    counts, requirement = case.figures.counts, case.figures.requirement
    needed = -(-requirement.min_share_percent * counts.decided // 100)
    if case.basis is Basis.SHARE_NOT_MET:
        return case.book.say(
            "To comply, at least {needed} of {decided} would have to reach the limit: {missing} more.",
            needed=needed,
            decided=counts.decided,
            missing=needed - counts.passed,
        )
    if case.basis is Basis.SHARE_MET and case.hidden == 0:
        return case.book.say("{needed} of {decided} would be enough.", needed=needed, decided=counts.decided)
    if case.basis is Basis.MEDIAN_NOT_MET:
        return median_change(case)
    if case.basis in _GUARANTEES:
        return _GUARANTEES[case.basis](case)
    return _enough(case)


def _hidden(case: LineCase) -> str | None:
    """That the verdict survives the worst case of what was not reported."""
    if case.basis is not Basis.SHARE_MET or case.hidden == 0:
        return None
    counts = case.figures.counts
    worst = counts.decided + case.hidden
    return case.book.say(
        "Even if every planned measurement without data were below the limit, it would be {passed} of {worst} "
        "({percent}).",
        passed=counts.passed,
        worst=worst,
        percent=case.percent(counts.passed, worst),
    )


def _enough(case: LineCase) -> str | None:
    """What is missing for a verdict."""
    counts, requirement = case.figures.counts, case.figures.requirement
    if case.basis is Basis.TOO_FEW_DECIDED:
        missing = requirement.decided - counts.decided
        return case.book.plural(
            "A verdict takes {n} more counted measurement.", "A verdict takes {n} more counted measurements.", missing
        )
    if case.basis is Basis.TOO_FEW_DAYS:
        missing = requirement.days - counts.days
        return case.book.plural(
            "A verdict takes counted measurements on {n} more day.",
            "A verdict takes counted measurements on {n} more days.",
            missing,
        )
    if case.basis is Basis.TOO_FEW_ESTIMATES:
        return more_estimates(case)
    if case.basis is Basis.TOO_MANY_EXCLUDED:
        return case.book.say(
            "A verdict is possible when at most {most} {of_planned} are not counted.",
            most=requirement.max_excluded_percent * counts.planned // 100,
            of_planned=of_planned(case),
        )
    if case.basis is Basis.CEILINGS:
        return case.book.say("A verdict takes a faster agent's device or measurement server.")
    return None


def _down(case: LineCase) -> str | None:
    counts = case.figures.counts
    if counts.line_down == 0 or (case.basis is Basis.SHARE_NOT_MET and counts.line_down == counts.decided):
        return None
    return case.book.say(
        "The line was down in {down} {of_counted}.", down=counts.line_down, of_counted=of_counted(case)
    )


def _organic(case: LineCase) -> str | None:
    """How many passes were no tests, and why no more of them count."""
    organic, rule = case.figures.counts.organic, case.figures.requirement.organic
    if organic == 0 or rule is None:
        return None
    return case.book.plural(
        "{n} of those that reach the limit was no test but users' own traffic that kept it for {seconds} s without a "
        "break (at most {most} of a day's).",
        "{n} of those that reach the limit were no tests but users' own traffic that kept it for {seconds} s without a "
        "break (at most {most} of a day's).",
        organic,
        seconds=rule.seconds,
        most=percent_text(rule.max_percent, case.book.language),
    )


def _excluded(case: LineCase) -> str | None:
    counts = case.figures.counts
    if counts.excluded_total == 0 or case.basis in _REASONS_IN_HEADLINE:
        return None
    return case.book.plural(
        "{n} {of_planned} is not counted: {reasons}.",
        "{n} {of_planned} are not counted: {reasons}.",
        counts.excluded_total,
        of_planned=of_planned(case),
        reasons=exclusions(case),
    )


def _interval(case: LineCase) -> str | None:
    if case.figures.counts.decided == 0:
        return None
    lower, upper = bounds_percent(case.figures.share_bounds.lower, case.figures.share_bounds.upper)
    return case.book.say(
        "95% confidence interval of the share (Wilson): {lower} to {upper}.",
        lower=lower,
        upper=percent_text(upper, case.book.language),
    )


def _worst_hours(case: LineCase) -> str | None:
    worst = case.figures.worst_hours
    if not worst:
        return None
    hours = ", ".join(
        case.book.say("{hours} ({failed} of {decided})", hours=hour_text(w.hour), failed=w.failed, decided=w.decided)
        for w in worst
    )
    return case.book.say("Failed most often at: {hours}.", hours=hours)


def _rates(case: LineCase) -> str | None:
    rates, language = case.figures.rates, case.book.language
    if rates is None:
        return None
    if rates.count == 1:
        return case.book.say("Full rate, measured once: {rate}.", rate=rate_text(rates.median_bps, language))
    return case.book.plural(
        "Full rate in {n} measurement: median {median}, lowest {lowest}, highest {highest}.",
        "Full rate in {n} measurements: median {median}, lowest {lowest}, highest {highest}.",
        rates.count,
        median=rate_text(rates.median_bps, language),
        lowest=rate_text(rates.lowest_bps, language),
        highest=rate_text(rates.highest_bps, language),
    )


def _last_seen(case: LineCase) -> str | None:
    if case.basis is Basis.TOO_MANY_EXCLUDED and is_silent(case):
        return None  # the headline says it
    if case.last_seen is None:
        return case.book.say("The agent was never heard of.")
    return case.book.say("Agent last heard of: {time}.", time=case.last_seen)


_SENTENCES: Sequence[Callable[[LineCase], str | None]] = (
    _main_rule,
    _share_so_far,
    _strict,
    _change,
    _hidden,
    _organic,
    _down,
    _excluded,
    _interval,
    _worst_hours,
    _rates,
)
