"""Throttling: a fall of a line's rate that holds, with its date and the volume before it (guaranteed traffic, M2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, takewhile

from netmon.domain.measurement import Measurement
from netmon.domain.policy import ThrottlingRule
from netmon.domain.slot import JudgedSlot, Outcome
from netmon.domain.statistics import quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRate:
    """The best rate that the tests of one school day's decided slots found.

    `is_exact` is False where it is only a bound from below. None without any rate; then `is_hidden` says whether
    withheld records may be why.
    """

    day: date
    best_bps: int | None
    is_exact: bool
    is_hidden: bool
    limit_bps: int | None

    @property
    def is_below(self) -> bool:
        """Whether the day stayed, or may have stayed, below its limit."""
        if self.best_bps is None:
            return self.is_hidden
        return self.limit_bps is not None and self.best_bps < self.limit_bps


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What went over a line in a billing month up to an instant, as far as the records tell.

    `own_bytes` is what measurements themselves took. Others' traffic is only seen while a measurement runs:
    `background_bps` is its mean over `samples` measurements, None where the device has no counters of its WAN side.
    """

    own_bytes: int
    background_bps: int | None
    samples: int
    working: timedelta

    @property
    def others_bytes(self) -> int | None:
        """Others' traffic in the working time, from its mean rate."""
        if self.background_bps is None:
            return None
        return round(self.background_bps * self.working.total_seconds() / 8)

    @property
    def total_bytes(self) -> int:
        """At least that much; without counters only what netmon itself sent."""
        return self.own_bytes + (self.others_bytes or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """A fall that held from `first` to `last`, both school days with a rate, over `school_days` of them.

    `before_bps` and `after_bps` are medians of the days' best rates; `below_days` counts the days under their limit.
    """

    first: date
    last: date
    school_days: int
    below_days: int
    before_bps: int
    after_bps: int
    volume: Volume | None = None

    def is_below_limit(self, rule: ThrottlingRule) -> bool:
        return self.below_days >= rule.school_days


def day_rates(slots: Iterable[JudgedSlot]) -> tuple[DayRate, ...]:
    """The best rate of each local day that has slots, in order."""
    ordered = sorted(slots, key=lambda one: one.day)
    return tuple(_day_rate(day, list(of_day)) for day, of_day in groupby(ordered, key=lambda one: one.day))


def _day_rate(day: date, slots: Sequence[JudgedSlot]) -> DayRate:
    rates = [
        (one.rate_bps, not one.censored or one.outcome is Outcome.FAIL, one.limit_bps)
        for one in slots
        if one.rate_bps is not None and one.outcome is not Outcome.EXCLUDED and not one.organic
    ]
    best = max(rates, key=lambda rate: rate[:2], default=None)
    hidden = any(one.exclusion is not None and one.exclusion.could_hide_a_fail for one in slots)
    return DayRate(
        day=day,
        best_bps=None if best is None else best[0],
        is_exact=best is not None and best[1],
        is_hidden=best is None and hidden,
        limit_bps=None if best is None else best[2],
    )


def find_fall(days: Sequence[DayRate], rule: ThrottlingRule) -> Fall | None:
    """A fall that holds: days that all stay so much under every day before them; the first below the limit, if any.

    The same number of days must have been measured before. A day of which only a bound is known is left out, unless
    the bound already shows that the line was not slow.
    """
    known = [day for day in days if day.best_bps is not None]
    falls = [fall for cut in range(1, len(known)) if (fall := _fall_at(cut, known, rule)) is not None]
    return next((fall for fall in falls if fall.is_below_limit(rule)), falls[0] if falls else None)


def _fall_at(cut: int, known: Sequence[DayRate], rule: ThrottlingRule) -> Fall | None:
    before = [day.best_bps for day in known[:cut] if day.is_exact and day.best_bps is not None]
    if len(before) < rule.school_days:
        return None
    fallen = [day for day in _held(known[cut:], before, rule) if day.is_exact]
    if len(fallen) < rule.school_days:
        return None
    return Fall(
        first=fallen[0].day,
        last=fallen[-1].day,
        school_days=len(fallen),
        below_days=sum(day.is_below for day in fallen),
        before_bps=quantile(sorted(before), 50),
        after_bps=quantile(sorted(day.best_bps for day in fallen if day.best_bps is not None), 50),
    )


def may_hide_fall(days: Sequence[DayRate], rule: ThrottlingRule) -> bool:
    """Whether days without data leave room for a fall below the limit, if withheld records are why they have none."""
    known = [day for day in days if day.best_bps is not None or day.is_hidden]
    for cut in range(rule.school_days, len(known)):
        before = [day for day in known[:cut] if day.best_bps is None or day.is_exact]
        if len(before) >= rule.school_days:
            rates = [day.best_bps for day in before if day.best_bps is not None]
            if sum(day.is_below for day in _held(known[cut:], rates, rule)) >= rule.school_days:
                return True
    return False


def _held(days: Iterable[DayRate], before: Sequence[int], rule: ThrottlingRule) -> Sequence[DayRate]:
    """The days from the first on that stay under every one of the rates before; unknown ones may."""
    if not before:
        return list(days)
    lowest = min(before) * (100 - rule.fall_percent)
    return list(takewhile(lambda day: day.best_bps is None or day.best_bps * 100 <= lowest, days))


def volume_of(measurements: Iterable[Measurement], working: timedelta) -> Volume:
    """The volume of measurements made in a working time, with what they saw of others' traffic."""
    found = list(dict.fromkeys(measurements))  # a record that came twice went over the line once
    background = [one.background_bps for one in found if one.background_bps is not None]
    return Volume(
        own_bytes=sum(one.bytes for one in found),
        background_bps=sum(background) // len(background) if background else None,
        samples=len(background),
        working=working,
    )
