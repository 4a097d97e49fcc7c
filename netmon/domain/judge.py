"""The judge: from judged slots to verdicts of lines, sites and organisations (D6, D7)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from netmon.domain.period import Period
from netmon.domain.policy import EnoughData, Policy, SchoolDays
from netmon.domain.registry import Exemption, LineRule, Registry
from netmon.domain.slot import FailCause, JudgedSlot, Outcome, Slot
from netmon.domain.statistics import quantile, wilson
from netmon.domain.verdict import (
    Basis,
    Counts,
    LineFigures,
    Rates,
    Requirement,
    SubjectKind,
    Verdict,
    VerdictOutcome,
    WorstHour,
)

_WORST_HOURS = 3


def counts_for_verdict(
    slot: Slot, *, period: Period, registry: Registry, policy: Policy, calendar: SchoolDays, as_of: datetime
) -> bool:
    """Whether a slot belongs to the verdict: a deciding direction, in working hours of the period, already over."""
    zone = registry.time_zone(slot.line)
    return (
        slot.direction in policy.deciding_directions
        and slot.ends_at <= as_of
        and period.contains(slot.starts_at.astimezone(zone).date())
        and policy.working_hours.contain(slot.starts_at, zone, calendar)
    )


@dataclass(frozen=True, slots=True)
class _Ruling:
    outcome: VerdictOutcome
    basis: Basis


def share_rule(counts: Counts, policy: Policy) -> _Ruling:
    """At least `min_share_percent` of the decided slots pass.

    COMPLIANT also has to survive the worst case that every slot whose records may have been withheld was a fail:
    otherwise switching the agent off in bad hours would help (docs/adr).
    """
    share = policy.min_share_percent
    if counts.passed * 100 < share * counts.decided:
        return _Ruling(VerdictOutcome.NON_COMPLIANT, Basis.SHARE_NOT_MET)
    hidden = sum(number for reason, number in counts.excluded.items() if reason.could_hide_a_fail)
    if counts.passed * 100 < share * (counts.decided + hidden):
        return _Ruling(VerdictOutcome.INSUFFICIENT_DATA, Basis.WITHHELD)
    return _Ruling(VerdictOutcome.COMPLIANT, Basis.SHARE_MET)


RULES: Mapping[str, Callable[[Counts, Policy], _Ruling]] = {"share": share_rule}


def judge_line(
    line: str,
    slots: Iterable[JudgedSlot],
    *,
    period: Period,
    policy: Policy,
    input_hash: str,
    last_seen: datetime | None,
) -> Verdict:
    """The verdict of a line over the slots of a period that count (see `counts_for_verdict`)."""
    ordered = sorted(slots, key=lambda one: (one.slot.starts_at, one.slot.id))
    counts = count(ordered)
    enough = policy.enough[period.kind]
    ruling = _sufficiency(counts, enough, policy) or RULES[policy.rule](counts, policy)
    return Verdict(
        kind=SubjectKind.LINE,
        id=line,
        period=period,
        outcome=ruling.outcome,
        basis=ruling.basis,
        policy_id=policy.id,
        input_hash=input_hash,
        figures=LineFigures(
            counts=counts,
            requirement=_requirement(ordered, enough, policy),
            share_bounds=wilson(counts.passed, counts.decided),
            worst_hours=_worst_hours(ordered),
            rates=_rates(ordered),
            last_seen=last_seen,
        ),
    )


def count(slots: Sequence[JudgedSlot]) -> Counts:
    return Counts(
        passed=sum(one.outcome is Outcome.PASS for one in slots),
        failed=sum(one.outcome is Outcome.FAIL for one in slots),
        strict_passed=sum(one.strict_pass is True for one in slots),
        line_down=sum(one.cause is FailCause.LINE_DOWN for one in slots),
        excluded=dict(sorted(Counter(one.exclusion for one in slots if one.exclusion is not None).items())),
        days=len({one.day for one in slots if one.outcome is not Outcome.EXCLUDED}),
    )


def _sufficiency(counts: Counts, enough: EnoughData, policy: Policy) -> _Ruling | None:
    """Why there is not enough data, None when there is."""
    if counts.planned == 0:
        return _Ruling(VerdictOutcome.INSUFFICIENT_DATA, Basis.NO_SLOTS)
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
        return _Ruling(VerdictOutcome.UNMEASURABLE, Basis.CEILINGS)
    return _Ruling(VerdictOutcome.INSUFFICIENT_DATA, basis)


def _requirement(slots: Sequence[JudgedSlot], enough: EnoughData, policy: Policy) -> Requirement:
    return Requirement(
        min_share_percent=policy.min_share_percent,
        tolerance_bp=policy.tolerance_bp,
        thresholds_bps=tuple(sorted({one.threshold_bps for one in slots if one.threshold_bps is not None})),
        limits_bps=tuple(sorted({one.limit_bps for one in slots if one.limit_bps is not None})),
        decided=enough.decided,
        days=enough.days,
        max_excluded_percent=policy.max_excluded_percent,
    )


def _worst_hours(slots: Sequence[JudgedSlot]) -> tuple[WorstHour, ...]:
    failed = Counter(one.hour for one in slots if one.outcome is Outcome.FAIL)
    decided = Counter(one.hour for one in slots if one.outcome is not Outcome.EXCLUDED)
    worst = sorted(failed, key=lambda hour: (-failed[hour], hour))[:_WORST_HOURS]
    return tuple(WorstHour(hour=hour, failed=failed[hour], decided=decided[hour]) for hour in worst)


def _rates(slots: Sequence[JudgedSlot]) -> Rates | None:
    rates = sorted(one.rate_bps for one in slots if one.rate_bps is not None and not one.censored)
    if not rates:
        return None
    return Rates(count=len(rates), lowest_bps=rates[0], median_bps=quantile(rates, 50), highest_bps=rates[-1])


def combine(
    kind: SubjectKind,
    subject: str,
    parts: Sequence[Verdict],
    *,
    period: Period,
    policy_id: str,
    any_is_enough: bool = False,
) -> Verdict:
    """The verdict over parts, all of which must comply: any NON_COMPLIANT decides, then any unknown (D7).

    With `any_is_enough` one compliant part decides, and NON_COMPLIANT needs every part.
    """
    outcomes = {part.outcome for part in parts}
    decisive = VerdictOutcome.COMPLIANT if any_is_enough else VerdictOutcome.NON_COMPLIANT
    if decisive in outcomes:
        outcome = decisive
    elif len(outcomes) == 1 and not next(iter(outcomes)).is_unknown:
        outcome = outcomes.pop()
    else:
        outcome = VerdictOutcome.INSUFFICIENT_DATA
    return Verdict(
        kind=kind,
        id=subject,
        period=period,
        outcome=outcome,
        basis=Basis.PARTS if parts else Basis.NO_PARTS,
        policy_id=policy_id,
        input_hash=sha256("\n".join(part.input_hash for part in parts).encode()).hexdigest(),
        parts=tuple(parts),
    )


def judge_organisation(
    organisation: str,
    sites: Sequence[tuple[Verdict, bool]],
    *,
    rule: LineRule,
    exemption: Exemption | None,
    period: Period,
    policy_id: str,
) -> Verdict:
    """The verdict of an organisation over its teaching sites, each with whether it is the main one."""
    chosen = [verdict for verdict, main in sites if main or rule is not LineRule.MAIN]
    verdict = combine(
        SubjectKind.ORGANISATION,
        organisation,
        chosen,
        period=period,
        policy_id=policy_id,
        any_is_enough=rule is LineRule.ANY,
    )
    if exemption is None:
        return verdict
    return replace(
        verdict,
        outcome=VerdictOutcome.EXEMPT,
        basis=Basis.EXEMPTION,
        exemption_document=exemption.document,
    )
