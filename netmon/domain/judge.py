"""The judge: from judged slots to verdicts of lines, sites and organisations (D6, D7)."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from hashlib import sha256

from netmon.domain.availability import Availability, days_of, working_spans
from netmon.domain.estimates import contract_figures, estimates
from netmon.domain.period import Period, PeriodKind
from netmon.domain.policy import Policy, SchoolDays
from netmon.domain.registry import Contract, Exemption, LineRule, Registry
from netmon.domain.rules import LineCaseFigures, findings_of, rule_on, sufficiency
from netmon.domain.slot import FailCause, JudgedSlot, Outcome, Slot
from netmon.domain.statistics import quantile, wilson
from netmon.domain.sustained import sustained
from netmon.domain.throttling import Volume, day_rates, find_fall
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
    return bool(counting_slots([slot], period=period, zone=zone, policy=policy, calendar=calendar, as_of=as_of))


def counting_slots(
    slots: Iterable[Slot], *, period: Period, zone: tzinfo, policy: Policy, calendar: SchoolDays, as_of: datetime
) -> list[Slot]:
    """Those slots of one time zone that belong to the verdict (see `counts_for_verdict`)."""
    working = working_spans(
        days_of(period),
        hours=policy.working_hours,
        calendar=calendar,
        zone=zone,
        until=datetime.max.replace(tzinfo=UTC),
    )
    opens = [start for start, _ in working]
    found = []
    for slot in slots:
        if slot.ends_at <= as_of and slot.direction in policy.deciding_directions:
            place = bisect_right(opens, slot.starts_at) - 1
            if place >= 0 and slot.starts_at < working[place][1]:
                found.append(slot)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What a line's verdict depends on besides its slots.

    `availability` is that of the period's working hours, `volume_before` what went over the line in the period before a
    local day.
    """

    availability: Availability | None = None
    contracts: tuple[Contract, ...] = ()
    volume_before: Callable[[date], Volume] | None = None


def judge_line(
    line: str,
    slots: Iterable[JudgedSlot],
    *,
    period: Period,
    policy: Policy,
    input_hash: str,
    last_seen: datetime | None,
    facts: LineFacts | None = None,
) -> Verdict:
    """The verdict of a line over the slots of a period that count (see `counts_for_verdict`)."""
    ordered = sorted(slots, key=lambda one: (one.slot.starts_at, one.slot.id))
    known = facts or LineFacts()
    case = _case(ordered, known, period=period, policy=policy)
    enough = policy.enough[period.kind]
    ruling = sufficiency(case.counts, enough, policy) or rule_on(case, policy)
    return Verdict(
        kind=SubjectKind.LINE,
        id=line,
        period=period,
        outcome=ruling.outcome,
        basis=ruling.basis,
        policy_id=policy.id,
        input_hash=input_hash,
        figures=LineFigures(
            counts=case.counts,
            requirement=_requirement(ordered, period, policy),
            share_bounds=wilson(case.counts.passed, case.counts.decided),
            worst_hours=_worst_hours(ordered),
            rates=_rates(ordered),
            last_seen=last_seen,
            estimates=case.estimates,
            availability=case.availability,
            sustained=case.sustained,
            fall=case.fall,
            contracts=contract_figures(ordered, known.contracts),
            findings=tuple(findings_of(case, policy)),
        ),
    )


def _case(slots: Sequence[JudgedSlot], facts: LineFacts, *, period: Period, policy: Policy) -> LineCaseFigures:
    days = () if policy.throttling is None or period.kind is not PeriodKind.MONTH else day_rates(slots)
    fall = None if policy.throttling is None else find_fall(days, policy.throttling)
    if fall is not None and facts.volume_before is not None:
        fall = replace(fall, volume=facts.volume_before(fall.first))
    return LineCaseFigures(
        kind=period.kind,
        counts=count(slots),
        estimates=estimates(slots),
        availability=None if policy.availability is None else facts.availability or Availability(),
        sustained=None if policy.sustained is None else sustained(slots),
        days=days,
        fall=fall,
    )


def count(slots: Sequence[JudgedSlot]) -> Counts:
    return Counts(
        passed=sum(one.outcome is Outcome.PASS for one in slots),
        failed=sum(one.outcome is Outcome.FAIL for one in slots),
        strict_passed=sum(one.strict_pass is True for one in slots),
        line_down=sum(one.cause is FailCause.LINE_DOWN for one in slots),
        excluded=dict(sorted(Counter(one.exclusion for one in slots if one.exclusion is not None).items())),
        days=len({one.day for one in slots if one.outcome is not Outcome.EXCLUDED}),
        organic=sum(one.organic for one in slots),
    )


def _requirement(slots: Sequence[JudgedSlot], period: Period, policy: Policy) -> Requirement:
    enough = policy.enough[period.kind]
    return Requirement(
        min_share_percent=policy.min_share_percent,
        tolerance_bp=policy.tolerance_bp,
        thresholds_bps=tuple(sorted({one.threshold_bps for one in slots if one.threshold_bps is not None})),
        limits_bps=tuple(sorted({one.limit_bps for one in slots if one.limit_bps is not None})),
        decided=enough.decided,
        days=enough.days,
        max_excluded_percent=policy.max_excluded_percent,
        rule=policy.rule,
        estimates=None if policy.enough_estimates is None else policy.enough_estimates[period.kind],
        availability=policy.availability,
        sustained=policy.sustained,
        throttling=policy.throttling,
        organic=policy.organic,
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
