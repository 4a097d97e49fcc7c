"""Organic traffic: users whose own traffic reaches the limit prove the line in place of a test (D6).

Nobody signs it, so it never makes more than a part of a day's passes: what a device claims alone makes no verdict.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from netmon.domain.measurement import Measurement, Mode, Reason
from netmon.domain.policy import OrganicRule
from netmon.domain.slot import ExclusionReason, JudgedSlot, Outcome, Slot


def is_organic(one: Measurement) -> bool:
    return one.reason is Reason.ORGANIC


def proves(one: Measurement, slot: Slot, rule: OrganicRule, *, limit_bps: int) -> bool:
    """Whether what users did inside the slot shows that the line carried the limit, long enough, instead of a decision.

    Its time must be known: nobody else vouches for it.
    """
    return (
        slot.mode is Mode.DECISION
        and one.direction is slot.direction
        and slot.starts_at <= one.started_at < slot.ends_at
        and one.duration_s >= rule.seconds
        and one.rate_bps is not None
        and one.rate_bps >= limit_bps
    )


def capped(slots: Iterable[JudgedSlot], rule: OrganicRule | None) -> list[JudgedSlot]:
    """The slots of a line, in their order; of each day's organic passes the latest are too many and decide nothing."""
    found = list(slots)
    if rule is None or not any(one.organic for one in found):
        return found
    by_day: dict[date, list[JudgedSlot]] = defaultdict(list)
    tested: dict[date, int] = defaultdict(int)
    for one in found:
        if one.organic:
            by_day[one.day].append(one)
        elif one.outcome is Outcome.PASS:
            tested[one.day] += 1
    surplus = {
        one.slot.id
        for day, of_day in by_day.items()
        for one in sorted(of_day, key=lambda one: (one.slot.starts_at, one.slot.id))[rule.allowed(tested[day]) :]
    }
    return [_not_counted(one) if one.slot.id in surplus else one for one in found]


def _not_counted(one: JudgedSlot) -> JudgedSlot:
    return replace(one, outcome=Outcome.EXCLUDED, exclusion=ExclusionReason.ORGANIC, organic=False, strict_pass=None)
