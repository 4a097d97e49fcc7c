"""What the rule of the median says about a line."""

from netmon_collector.wording.figures import rate_text
from netmon_collector.wording.line_case import LineCase, terms


def _values(case: LineCase) -> dict[str, object]:
    return {
        "the_median": case.book.plural(
            "the median of {n} full estimate", "the median of {n} full estimates", case.figures.estimates.count
        ),
        "median": rate_text(case.figures.estimates.median_bps, case.book.language),
        "limit": case.limit,
        "terms": terms(case),
    }


def median_met(case: LineCase) -> str:
    return case.book.say(
        "{the_median} in working hours is {median} (at least {limit} required; {terms})",
        **_values(case),
    )


def median_not_met(case: LineCase) -> str:
    return case.book.say(
        "{the_median} in working hours is only {median} (at least {limit} required; {terms})",
        **_values(case),
    )


def median_withheld(case: LineCase) -> str:
    return case.book.say(
        "{the_median} in working hours is {median} (at least {limit} required; {terms}), "
        "but {unknown}; if all of them were below, so would the median be",
        unknown=case.book.plural(
            "{n} more planned full estimate has no data",
            "{n} more planned full estimates have no data",
            case.figures.estimates.hidden,
        ),
        **_values(case),
    )


def too_few_estimates(case: LineCase) -> str:
    return case.book.plural(
        "{n} full estimate is counted, at least {least} are needed",
        "{n} full estimates are counted, at least {least} are needed",
        case.figures.estimates.count,
        least=case.figures.requirement.estimates or 1,
    )


def median_change(case: LineCase) -> str:
    """What would change a median below the limit."""
    found = case.figures.estimates
    needed = found.count // 2 + 1
    return case.book.say(
        "To comply, at least {needed} {of_estimates} would have to reach the limit: {missing} more.",
        needed=needed,
        of_estimates=case.book.plural("of {n} full estimate", "of {n} full estimates", found.count),
        missing=needed - (found.count - found.below),
    )


def more_estimates(case: LineCase) -> str:
    return case.book.plural(
        "A verdict takes {n} more full estimate.",
        "A verdict takes {n} more full estimates.",
        (case.figures.requirement.estimates or 1) - case.figures.estimates.count,
    )
