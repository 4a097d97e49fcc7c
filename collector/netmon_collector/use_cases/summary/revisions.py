"""Earlier figures that late data has changed since the report before: what they were and what they are."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, tzinfo
from itertools import groupby

from netmon.domain.closing import CLOSING_KINDS, Link, working_date
from netmon.domain.registry import Text
from netmon_collector.use_cases.closing import ClosingInputs, changed_verdicts
from netmon_collector.use_cases.summary.standing import Standing, Stood, Subject, closed_standing
from netmon_collector.use_cases.summary.values import RevisedPeriod, RevisedVerdict, Tally

NameOf = Callable[[Subject], Text]


def revised_periods(
    inputs: ClosingInputs, *, after: date, until: date, zone: tzinfo, name_of: NameOf
) -> tuple[RevisedPeriod, ...]:
    """The periods that got a revision on working dates after one and up to another, each from what stood before them.

    A working date begins at 06:00, when periods close and revisions are made: those of one morning are in one report.
    """
    found: list[RevisedPeriod] = []
    for kind in CLOSING_KINDS:
        chain = [link for link, _ in inputs.store.chain(inputs.indicator.territory, kind) if link.revision > 1]
        recent = [link for link in chain if after < working_date(link.closed_at, zone) <= until]
        found += (_revised(inputs, links, name_of) for links in _by_period(recent))
    return tuple(found)


def _by_period(links: Sequence[Link]) -> Iterator[Sequence[Link]]:
    ordered = sorted(links, key=lambda link: (link.period, link.revision))
    return (list(of_period) for _, of_period in groupby(ordered, key=lambda link: link.period))


def _revised(inputs: ClosingInputs, links: Sequence[Link], name_of: NameOf) -> RevisedPeriod:
    """Several revisions of one period are told as one change."""
    period, first, last = links[0].period, links[0].revision - 1, links[-1]
    territory = inputs.indicator.territory
    old = inputs.store.closing(territory, period, revision=first)
    new = inputs.store.closing(territory, period, revision=last.revision)
    assert old is not None  # noqa: S101 - revisions are numbered without a gap and never deleted
    assert new is not None  # noqa: S101
    before, now = closed_standing(inputs, old), closed_standing(inputs, new)
    return RevisedPeriod(
        period=period,
        from_revision=first,
        link=last,
        verdicts=tuple(
            _verdict(subject, before, now, name_of) for subject in changed_verdicts(old.verdicts, new.verdicts)
        ),
        coverage_before=before.coverage,
        coverage_now=now.coverage,
    )


def _verdict(subject: Subject, before: Standing, now: Standing, name_of: NameOf) -> RevisedVerdict:
    kind, identifier = subject
    return RevisedVerdict(
        kind=kind,
        id=identifier,
        name=name_of(subject),
        before=_tally(before.verdicts.get(subject)),
        now=_tally(now.verdicts.get(subject)),
    )


def _tally(stood: Stood | None) -> Tally | None:
    if stood is None:
        return None
    return Tally(outcome=stood.verdict.outcome, passed=stood.passed, decided=stood.decided)
