"""What the rules of guaranteed traffic say about a line: availability, sustained rate, throttling."""

from datetime import timedelta

from netmon.domain.policy import AvailabilityRule, SustainedRule, ThrottlingRule
from netmon.domain.throttling import Fall
from netmon.domain.verdict import Finding
from netmon_collector.wording.figures import (
    date_text,
    duration_text,
    exact_rate_text,
    rate_text,
    share_text,
    tolerance_text,
)
from netmon_collector.wording.line_case import LineCase, school_days, terms

_SECOND = timedelta(seconds=1)


def _availability_rule(case: LineCase) -> AvailabilityRule:
    return case.figures.requirement.availability or AvailabilityRule(min_up_bp=0, min_known_bp=0)


def _throttling_rule(case: LineCase) -> ThrottlingRule:
    return case.figures.requirement.throttling or ThrottlingRule(fall_percent=0, school_days=1)


def availability_not_met(case: LineCase) -> str:
    found, language = case.availability, case.book.language
    return case.book.say(
        "the line was down for {down} of {known} of known working time (up for {percent}, at least {required} "
        "required)",
        down=duration_text(found.down, language),
        known=duration_text(found.known, language),
        percent=share_text(found.up, found.known, language),
        required=tolerance_text(_availability_rule(case).min_up_bp, language),
    )


def availability_unknown(case: LineCase) -> str:
    found, language = case.availability, case.book.language
    return case.book.say(
        "whether the line was up is known for {known} of {working} of working time ({percent}, at least {required} "
        "required)",
        known=duration_text(found.known, language),
        working=duration_text(found.working, language),
        percent=share_text(found.known, found.working, language),
        required=tolerance_text(_availability_rule(case).min_known_bp, language),
    )


def availability_change(case: LineCase) -> str:
    """How much shorter the outages would have to be."""
    found, language = case.availability, case.book.language
    allowed = found.known * (10_000 - _availability_rule(case).min_up_bp) // 10_000
    return case.book.say(
        "To comply, the line could be down for at most {allowed} of {known}: {less} less.",
        allowed=duration_text(allowed, language),
        known=duration_text(found.known, language),
        less=duration_text(_up_to_seconds(found.down - allowed), language),
    )


def more_known_time(case: LineCase) -> str:
    found = case.availability
    needed = found.working * _availability_rule(case).min_known_bp / 10_000
    more = _up_to_seconds(max(_SECOND, needed - found.known))
    return case.book.say(
        "A verdict takes {time} more of known working time.", time=duration_text(more, case.book.language)
    )


def _up_to_seconds(time: timedelta) -> timedelta:
    return -(-time // _SECOND) * _SECOND


def sustained_not_met(case: LineCase) -> str:
    found, language = case.sustained, case.book.language
    limit = case.limit if found.limit_bps is None else exact_rate_text(found.limit_bps, language)
    rate = rate_text(found.worst_bps, language)
    if Finding.BURST in case.figures.findings:
        return case.book.say(
            "the sustained rate is {rate}, although the first seconds reach the limit "
            "(at least {limit} required; {terms})",
            rate=rate,
            limit=limit,
            terms=terms(case),
        )
    return case.book.say(
        "the sustained rate is {rate} (at least {limit} required; {terms})", rate=rate, limit=limit, terms=terms(case)
    )


def sustained_missing(case: LineCase) -> str:
    rule = case.figures.requirement.sustained or SustainedRule(min_passed=1)
    return case.book.plural(
        "there is {n} valid sustained test at or above the limit, at least {least} required",
        "there are {n} valid sustained tests at or above the limit, at least {least} required",
        case.sustained.passed,
        least=rule.min_passed,
    )


def sustained_change(case: LineCase) -> str:
    rule = case.figures.requirement.sustained or SustainedRule(min_passed=1)
    return case.book.plural(
        "To comply, {n} more valid sustained test would have to reach {limit}.",
        "To comply, {n} more valid sustained tests would have to reach {limit}.",
        max(1, rule.min_passed - case.sustained.passed),
        limit=case.limit,
    )


def fall_text(case: LineCase, fall: Fall) -> str:
    """From when, from what and to what the rate fell, and for how long."""
    language = case.book.language
    return case.book.say(
        "from {date} on the best rate of a day fell from {before} to {after} and stayed so for {days}",
        date=date_text(fall.first, language),
        before=rate_text(fall.before_bps, language),
        after=rate_text(fall.after_bps, language),
        days=school_days(case, fall.school_days),
    )


def throttled(case: LineCase) -> str:
    fall = case.figures.fall
    if fall is None:
        return case.book.say("the rate fell and stayed below the limit")
    return case.book.say(
        "{fall} (at least {limit} required; {terms})", fall=fall_text(case, fall), limit=case.limit, terms=terms(case)
    )


def throttled_change(case: LineCase) -> str | None:
    fall = case.figures.fall
    if fall is None:
        return None
    return case.book.say(
        "To comply, fewer than {days} of the fall may be below the limit; {below} were.",
        days=school_days(case, _throttling_rule(case).school_days),
        below=fall.below_days,
    )


def throttling_withheld(case: LineCase) -> str:
    rule = _throttling_rule(case)
    return case.book.say(
        "days without data could hide a fall of the rate below the limit that held {days}",
        days=school_days(case, rule.school_days),
    )


def days_needed(case: LineCase) -> str:
    return case.book.say("A verdict takes the data of those days.")
