"""The rules by which a line's verdict is found: the main one from a table, then those of guaranteed traffic."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from netmon.domain.availability import Availability
from netmon.domain.estimates import Estimates
from netmon.domain.period import PeriodKind
from netmon.domain.policy import EnoughData, Policy
from netmon.domain.sustained import Sustained
from netmon.domain.throttling import DayRate, Fall, may_hide_fall
from netmon.domain.verdict import Basis, Counts, Finding, VerdictOutcome

_MET = VerdictOutcome.COMPLIANT
_NOT_MET = VerdictOutcome.NON_COMPLIANT
_UNKNOWN = VerdictOutcome.INSUFFICIENT_DATA


@dataclass(frozen=True, slots=True)
class Ruling:
    outcome: VerdictOutcome
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCaseFigures:
    """Everything that rules look at; what guaranteed traffic is held against is None where its rule does not hold."""

    kind: PeriodKind
    counts: Counts
    estimates: Estimates
    availability: Availability | None = None
    sustained: Sustained | None = None
    days: Sequence[DayRate] = ()
    fall: Fall | None = None


def share_rule(case: LineCaseFigures, policy: Policy) -> Ruling:
    """At least `min_share_percent` of the decided slots pass.

    COMPLIANT also has to survive the worst case that every slot whose records may have been withheld was a fail:
    otherwise switching the agent off in bad hours would help (docs/adr).
    """
    counts, share = case.counts, policy.min_share_percent
    if counts.passed * 100 < share * counts.decided:
        return Ruling(_NOT_MET, Basis.SHARE_NOT_MET)
    hidden = sum(number for reason, number in counts.excluded.items() if reason.could_hide_a_fail)
    if counts.passed * 100 < share * (counts.decided + hidden):
        return Ruling(_UNKNOWN, Basis.WITHHELD)
    return Ruling(_MET, Basis.SHARE_MET)


def median_rule(case: LineCaseFigures, policy: Policy) -> Ruling:
    """The median of the full estimates reaches the limit, and would with every estimate that may have been withheld."""
    found = case.estimates
    if found.count < estimates_needed(policy, case.kind):
        return Ruling(_UNKNOWN, Basis.TOO_FEW_ESTIMATES)
    if not found.median_reaches_limit:
        return Ruling(_NOT_MET, Basis.MEDIAN_NOT_MET)
    if not found.survives_hidden:
        return Ruling(_UNKNOWN, Basis.MEDIAN_WITHHELD)
    return Ruling(_MET, Basis.MEDIAN_MET)


def estimates_needed(policy: Policy, kind: PeriodKind) -> int:
    """The least number of estimates that a median is taken of."""
    return 1 if policy.enough_estimates is None else policy.enough_estimates[kind]


Rule = Callable[[LineCaseFigures, Policy], Ruling]
RULES: Mapping[str, Rule] = {"share": share_rule, "median": median_rule}


def _availability(case: LineCaseFigures, policy: Policy) -> Ruling | None:
    rule, found = policy.availability, case.availability
    if rule is None or found is None:
        return None
    if not found.is_known(rule):
        return Ruling(_UNKNOWN, Basis.AVAILABILITY_UNKNOWN)
    return None if found.is_met(rule) else Ruling(_NOT_MET, Basis.AVAILABILITY_NOT_MET)


def _sustained(case: LineCaseFigures, policy: Policy) -> Ruling | None:
    """A period shorter than a month may bring no sustained test; one that failed still counts."""
    rule, found = policy.sustained, case.sustained
    if rule is None or found is None or found.passed >= rule.min_passed:
        return None
    if case.kind is PeriodKind.MONTH:
        return Ruling(_NOT_MET, Basis.SUSTAINED_NOT_MET) if found.failed else Ruling(_UNKNOWN, Basis.SUSTAINED_MISSING)
    return Ruling(_NOT_MET, Basis.SUSTAINED_NOT_MET) if found.failed and not found.passed else None


def _throttling(case: LineCaseFigures, policy: Policy) -> Ruling | None:
    rule = policy.throttling
    if rule is None:
        return None
    if case.fall is not None and case.fall.is_below_limit(rule):
        return Ruling(_NOT_MET, Basis.THROTTLED)
    return Ruling(_UNKNOWN, Basis.THROTTLING_WITHHELD) if may_hide_fall(case.days, rule) else None


_GUARANTEES = (_availability, _sustained, _throttling)


def sufficiency(counts: Counts, enough: EnoughData, policy: Policy) -> Ruling | None:
    """Why there is not enough data, None when there is."""
    if counts.planned == 0:
        return Ruling(_UNKNOWN, Basis.NO_SLOTS)
    if counts.excluded_total * 100 > policy.max_excluded_percent * counts.planned:
        basis = Basis.TOO_MANY_EXCLUDED
    elif counts.decided < enough.decided:
        basis = Basis.TOO_FEW_DECIDED
    elif counts.days < enough.days:
        basis = Basis.TOO_FEW_DAYS
    else:
        return None
    ceilings = sum(number for reason, number in counts.excluded.items() if reason.is_ceiling)
    if ceilings * 2 > counts.excluded_total:
        return Ruling(VerdictOutcome.UNMEASURABLE, Basis.CEILINGS)
    return Ruling(_UNKNOWN, basis)


def rule_on(case: LineCaseFigures, policy: Policy) -> Ruling:
    """The ruling on enough data: the first rule that is not met, else the first that is not known to be, else met."""
    main = RULES[policy.rule](case, policy)
    rulings = [main, *(ruling for rule in _GUARANTEES if (ruling := rule(case, policy)) is not None)]
    for outcome in (_NOT_MET, _UNKNOWN):
        for ruling in rulings:
            if ruling.outcome is outcome:
                return ruling
    return main


def findings_of(case: LineCaseFigures, policy: Policy) -> Iterator[Finding]:
    """What is to be named, whichever rule decided."""
    rule, found = policy.availability, case.availability
    if rule is not None and found is not None and found.is_known(rule) and not found.is_met(rule):
        yield Finding.UNAVAILABLE
    if case.sustained is not None and case.sustained.failed and not case.sustained.passed:
        yield Finding.BURST if case.sustained.is_burst else Finding.SUSTAINED_BELOW
    if case.fall is not None:
        yield Finding.THROTTLED
