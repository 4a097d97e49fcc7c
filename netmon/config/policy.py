"""policy.yaml -> Policy."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import time, timedelta
from pathlib import Path
from typing import NoReturn

from netmon.config.fields import read_interval, read_text, read_version
from netmon.config.strict import Mapping as Keys
from netmon.config.strict import Node, read_yaml
from netmon.domain.calendar import SchoolCalendar
from netmon.domain.feeding import Unfed, unfed
from netmon.domain.interval import Dated, History
from netmon.domain.measurement import Direction
from netmon.domain.period import PeriodKind
from netmon.domain.policy import (
    AvailabilityRule,
    CoverageRule,
    EnoughData,
    EstimateFrequency,
    OrganicRule,
    Policy,
    SustainedRule,
    ThrottlingRule,
    TimetableRule,
    WorkingHours,
)
from netmon.domain.registry import LocalityType
from netmon.domain.rules import RULES
from netmon.errors import DomainError

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)\Z|([01]\d|2[0-3]):([0-5]\d)-24:00\Z")
_HIGHEST_MBPS = 100_000


def read_policy(path: Path) -> Policy:
    """Raises ConfigError with file, line, key and mend."""
    keys = read_yaml(path).mapping()
    read_version(keys)
    rule = keys.take("rule")
    if rule.identifier() not in RULES:
        rule.fail(f"unknown rule '{rule.identifier()}'", "write one of " + ", ".join(RULES))
    policy = Policy(
        id=keys.take("id").identifier(),
        name=read_text(keys.take("name")),
        thresholds=_thresholds(keys.take("thresholds")),
        tolerance_bp=round(keys.take("tolerance_percent").number(0, 50) * 100),
        deciding_directions=_directions(keys.take("deciding_directions")),
        working_hours=_working_hours(keys.take("working_hours").mapping()),
        rule=rule.identifier(),
        min_share_percent=keys.take("min_share_percent").integer(1, 100),
        enough=_enough(keys.take("enough").mapping()),
        max_excluded_percent=keys.take("max_excluded_percent").integer(0, 100),
        receipt_required=keys.take("receipt_required").boolean(),
        accept_emulated=keys.take("accept_emulated").boolean(),
        proof_within=timedelta(minutes=keys.take("proof_within_minutes").number(1, 24 * 60)),
        coverage=_coverage(keys.take("coverage").mapping()),
        timetable=_timetable(keys.take("timetable").mapping()),
        enough_estimates=_enough_estimates(keys, rule),
        availability=_availability(keys.optional("availability")),
        sustained=_sustained(keys.optional("sustained")),
        throttling=_throttling(keys.optional("throttling")),
        organic=_organic(keys.optional("organic")),
    )
    keys.finish()
    return policy


def check_feeding(path: Path, policy: Policy, calendars: Iterable[SchoolCalendar]) -> None:
    """Refuse a policy whose numbers the timetable cannot bring in the school calendars.

    Raises ConfigError with file, line, key and mend.
    """
    for calendar in calendars:
        for found in unfed(policy, calendar):
            _fail_at(read_yaml(path), found.key.split("."), found)


def _fail_at(node: Node, keys: Sequence[str], found: Unfed) -> NoReturn:
    """Fail at the key, or at the nearest one around it that the file has."""
    inner = node.mapping().optional(keys[0]) if keys and node.is_mapping else None
    if inner is None:
        node.fail(found.problem, found.mend)
    _fail_at(inner, keys[1:], found)


def _thresholds(node: Node) -> History[Mapping[LocalityType, int]]:
    entries: list[Dated[Mapping[LocalityType, int]]] = []
    for item in node.items():
        keys = item.mapping()
        rates = {kind: keys.take(kind.value).integer(1, _HIGHEST_MBPS) * 1_000_000 for kind in LocalityType}
        entries.append(Dated(value=rates, during=read_interval(keys)))
        keys.finish()
    if not entries:
        node.fail("is empty", "write at least one set of thresholds")
    try:
        return History(tuple(entries))
    except DomainError:
        node.fail("two sets of thresholds are in force on the same day", "end one with 'to' before the next 'from'")


def _directions(node: Node) -> tuple[Direction, ...]:
    found = tuple(item.choice(Direction) for item in node.items())
    if not found:
        node.fail("is empty", "write down, up or both")
    return found


def _working_hours(keys: Keys) -> WorkingHours:
    school_days_only = keys.take("school_days_only").boolean()
    days = keys.take("days").mapping()
    hours: dict[int, tuple[time, time]] = {}
    for number, name in enumerate(_WEEKDAYS):
        node = days.optional(name)
        if node is not None:
            hours[number] = node.parsed(_parse_hours, "write them as 08:00-18:00, the end after the start")
    days.finish()
    keys.finish()
    return WorkingHours(hours=hours, school_days_only=school_days_only)


def _parse_hours(text: str) -> tuple[time, time]:
    if not _HOURS.match(text):
        raise ValueError(text)
    start, _, end = text.partition("-")
    opens, closes = time.fromisoformat(start), time() if end == "24:00" else time.fromisoformat(end)
    if (closes != time() and opens >= closes) or end == "00:00":
        raise ValueError(text)
    return opens, closes


def _enough(keys: Keys) -> Mapping[PeriodKind, EnoughData]:
    found: dict[PeriodKind, EnoughData] = {}
    for kind in PeriodKind:
        entry = keys.take(kind.value).mapping()
        found[kind] = EnoughData(
            decided=entry.take("decided").integer(1, 100_000), days=entry.take("days").integer(1, 31)
        )
        entry.finish()
    keys.finish()
    return found


def _enough_estimates(keys: Keys, rule: Node) -> Mapping[PeriodKind, int] | None:
    node = keys.optional("enough_estimates")
    if node is None:
        if rule.identifier() == "median":
            rule.fail("median needs 'enough_estimates'", "write enough_estimates: {day: 1, week: 4, month: 10}")
        return None
    counts = node.mapping()
    found = {kind: counts.take(kind.value).integer(1, 10_000) for kind in PeriodKind}
    counts.finish()
    return found


def _availability(node: Node | None) -> AvailabilityRule | None:
    if node is None:
        return None
    keys = node.mapping()
    rule = AvailabilityRule(
        min_up_bp=_hundredths(keys.take("min_percent")), min_known_bp=_hundredths(keys.take("min_known_percent"))
    )
    keys.finish()
    return rule


def _hundredths(node: Node) -> int:
    """A percentage of at most two decimals, in hundredths of a percent."""
    found = node.decimal(1, 100) * 100
    if found != int(found):
        node.fail(f"{node.decimal()} has more than two decimals", "write at most two, as in 99.95")
    return int(found)


def _sustained(node: Node | None) -> SustainedRule | None:
    if node is None:
        return None
    keys = node.mapping()
    rule = SustainedRule(min_passed=keys.take("min_passed").integer(1, 5))
    keys.finish()
    return rule


def _throttling(node: Node | None) -> ThrottlingRule | None:
    if node is None:
        return None
    keys = node.mapping()
    rule = ThrottlingRule(
        fall_percent=keys.take("fall_percent").integer(1, 99), school_days=keys.take("school_days").integer(1, 15)
    )
    keys.finish()
    return rule


def _organic(node: Node | None) -> OrganicRule | None:
    if node is None:
        return None
    keys = node.mapping()
    rule = OrganicRule(seconds=keys.take("seconds").integer(5, 60), max_percent=keys.take("max_percent").integer(1, 50))
    keys.finish()
    return rule


def _coverage(keys: Keys) -> CoverageRule:
    rule = CoverageRule(
        period=keys.take("period").choice(PeriodKind),
        open_period=keys.take("open_period").boolean(),
        min_school_days=keys.take("min_school_days").integer(0, 31),
        carry_periods=keys.take("carry_periods").integer(0, 12),
    )
    keys.finish()
    return rule


def _timetable(keys: Keys) -> TimetableRule:
    cycle = keys.take("cycle_minutes")
    uploads = keys.optional("upload_every_cycles")
    ahead_cycles = keys.optional("ahead_cycles")
    rule = TimetableRule(
        cycle=timedelta(minutes=cycle.number(0.25, 24 * 60)),
        decisions=keys.take("decisions").boolean(),
        upload_every_cycles=None if uploads is None else uploads.integer(1, 100),
        estimate=keys.take("estimate").choice(EstimateFrequency),
        sustained_weekly=keys.take("sustained_weekly").boolean(),
        grace=timedelta(minutes=keys.take("grace_minutes").number(0.1, 60)),
        ahead_school_days=keys.take("ahead_school_days").integer(0, 30),
        ahead_days=keys.take("ahead_days").integer(0, 30),
        ahead_cycles=None if ahead_cycles is None else ahead_cycles.integer(1, 1000),
        server_fill_percent=keys.take("server_fill_percent").integer(1, 100),
    )
    if timedelta(days=1) % rule.cycle:
        cycle.fail(f"{cycle.number()} does not divide a day", "write 60, 30, 15 or another divisor of 1440")
    if rule.grace > rule.cycle:
        keys.fail("grace_minutes is longer than a cycle", "write at most cycle_minutes")
    keys.finish()
    return rule
