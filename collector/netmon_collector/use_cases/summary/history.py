"""What was known about subjects before a period: the last known verdict of each, and since when it had been failing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice

from netmon.domain.period import Period
from netmon.domain.verdict import VerdictOutcome
from netmon_collector.use_cases.closing import ClosingInputs
from netmon_collector.use_cases.summary.standing import Standing, Subject

_FARTHEST = 104  # periods: two years of weeks
Outcomes = Mapping[Subject, VerdictOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The last known verdict of a subject; `failing_since` is the period in which it had begun to fail, if it did."""

    outcome: VerdictOutcome
    failing_since: Period | None = None


def past_of(subjects: Iterable[Subject], periods: Iterable[tuple[Period, Outcomes]]) -> Mapping[Subject, Past]:
    """`periods` go backwards and are read only as far as anything is still to be found.

    An unknown or exempt verdict neither begins nor ends a failing: the one before it stands.
    """
    found: dict[Subject, Past] = {}
    open_subjects = set(subjects)
    for period, outcomes in periods:
        for subject in sorted(open_subjects & outcomes.keys()):
            outcome = outcomes[subject]
            if outcome is VerdictOutcome.NON_COMPLIANT:
                found[subject] = Past(outcome=outcome, failing_since=period)
            elif outcome is VerdictOutcome.COMPLIANT:
                found.setdefault(subject, Past(outcome=outcome))
                open_subjects.discard(subject)
        if not open_subjects:
            break
    return found


def earlier_outcomes(
    before: Standing, inputs: ClosingInputs, *, measured_from: date
) -> Iterator[tuple[Period, Outcomes]]:
    """The period before, then the closed ones before that, at most two years of weeks and none before any measuring."""
    return islice(_backwards(before, inputs, measured_from), _FARTHEST)


def _backwards(before: Standing, inputs: ClosingInputs, measured_from: date) -> Iterator[tuple[Period, Outcomes]]:
    yield before.period, {subject: one.verdict.outcome for subject, one in before.verdicts.items()}
    period = before.period.previous
    while period.last >= measured_from:
        outcomes = inputs.store.closed_standings(inputs.indicator.territory, period)
        yield period, outcomes or {}
        period = period.previous
