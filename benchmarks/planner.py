"""The planner: many lines on one server, a simulated day at that server's gate, beside positions drawn at random.

Every line is planned as in production; its agent then comes to the gate of the measurement server, the one in use with
a clock of its own, a little off its slot's start, and asks again when the gate says. Times are simulated, nothing is
sent. Sessions last as long as planned, and once more as long as their tickets allow, which no working line needs.
"""

import argparse
import heapq
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random

from netmon.config.policy import read_policy
from netmon.domain.identifiers import LineId, ServerId
from netmon.domain.measurement import Mode
from netmon.domain.planner import Demand, Planner, ServerOffer
from netmon.domain.policy import Policy
from netmon.domain.slot import Slot
from netmon.domain.timetable import Position, slots_of_day
from netmon_collector.measurement_server.admission import Budget
from tests.support.domain import MEGABIT, MONDAY, MOSCOW, WeekdaysAreSchoolDays

_POLICY = Path(__file__).parents[1] / "config" / "policy.yaml"
_SERVER = ServerId("server-1")
_CLOCK_ERROR_S = 2.0  # of an agent that is in step by NTP or the collector's answers
_DEFERRED_PERCENT = 10  # of the sessions wait for a quiet line first, for as long as this
_DEFERRED_S = 120.0
_SESSION_GRACE_S = 5.0  # what the server adds to a ticket's duration
# Beside what planning counts (netmon.domain.timetable): opening the connection and closing it.
_PLANNED_S: Mapping[Mode, float] = {Mode.DECISION: 4.5, Mode.ESTIMATE: 6.5, Mode.SUSTAINED: 30.5}
_CITY_PERCENT = 30
_FASTER_CONTRACT_PERCENT = 20  # of the lines bought twice their threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a day at the gate came to; rates in bit/s, `by_minute` are the starts by minute of the hour."""

    slots: int
    at_once: int
    later: int
    refused: int
    longest_wait_s: float
    peak_bps: int
    by_minute: Sequence[int]

    @property
    def unevenness(self) -> float:
        """The busiest minute of the hour beside the mean one."""
        return max(self.by_minute) / (sum(self.by_minute) / len(self.by_minute))


@dataclass(order=True, slots=True)
class _Call:
    """An agent at the gate; ordered by time."""

    at_s: float
    number: int
    slot: Slot = field(compare=False)
    is_first: bool = field(compare=False)


def demands(lines: int) -> list[Demand]:
    """A district's mix: cities at 100 Mb/s, villages at 50, some with a faster contract."""
    chance, found = Random(1), []
    for number in range(lines):
        mbps = 100 if chance.random() * 100 < _CITY_PERCENT else 50
        contract = 2 * mbps if chance.random() * 100 < _FASTER_CONTRACT_PERCENT else mbps
        found.append(
            Demand(
                line=LineId(f"line-{number:04}"),
                threshold_bps=mbps * MEGABIT,
                contract_bps=contract * MEGABIT,
                zone=MOSCOW,
            )
        )
    return found


def at_random(positions: Iterable[Position], policy: Policy) -> list[Position]:
    """The baseline: the same lines at offsets and cycles drawn at random, as cron jobs with a random sleep would be."""
    chance, cycle_s = Random(2), int(policy.timetable.cycle.total_seconds())
    return [
        replace(
            one,
            offset_s=chance.randrange(cycle_s),
            full_offset_s=chance.randrange(cycle_s),
            estimate_cycle=chance.randrange(10_000),
            sustained_day=chance.randrange(10_000),
            sustained_cycle=chance.randrange(10_000),
        )
        for one in positions
    ]


def slots_of(positions: Iterable[Position], wanted: Sequence[Demand], policy: Policy) -> list[Slot]:
    """The slots of a school day."""
    thresholds = {one.line: one.threshold_bps for one in wanted}
    return [
        slot
        for position in positions
        for slot in slots_of_day(
            position,
            MONDAY,
            zone=MOSCOW,
            threshold_bps=thresholds[position.line],
            policy=policy,
            calendar=WeekdaysAreSchoolDays(),
        )
    ]


def through_the_gate(slots: Sequence[Slot], budget_bps: int, lasts_s: Callable[[Slot], float]) -> Day:
    """A day of sessions that end when they are over, or when the server ends them."""
    chance, budget = Random(3), Budget(budget_bps)
    calls = [_Call(_arrival_s(slot, chance), number, slot, True) for number, slot in enumerate(slots)]
    heapq.heapify(calls)
    ends: list[tuple[float, str]] = []
    tally: Counter[str] = Counter()
    by_minute, longest_wait_s, peak_bps = [0] * 60, 0.0, 0
    while calls:
        call = heapq.heappop(calls)
        while ends and ends[0][0] <= call.at_s:
            budget.release(heapq.heappop(ends)[1])
        slot, name = call.slot, str(call.number)
        longest_s = slot.duration_s + _SESSION_GRACE_S
        wait_s = budget.reserve(name, rate_bps=slot.rate_bps, now_s=call.at_s, duration_s=longest_s)
        if wait_s is None:
            heapq.heappush(ends, (call.at_s + min(lasts_s(slot), longest_s), name))
            tally["at once" if call.is_first else "later"] += 1
            by_minute[int(call.at_s // 60) % 60] += 1
            longest_wait_s = max(longest_wait_s, call.at_s - slot.starts_at.timestamp())
            peak_bps = max(peak_bps, budget.in_use_bps)
        elif call.at_s + wait_s + slot.duration_s > slot.ends_at.timestamp():
            tally["refused"] += 1
        else:
            heapq.heappush(calls, _Call(call.at_s + wait_s, call.number, slot, False))
    return Day(
        slots=len(slots),
        at_once=tally["at once"],
        later=tally["later"],
        refused=tally["refused"],
        longest_wait_s=longest_wait_s,
        peak_bps=peak_bps,
        by_minute=by_minute,
    )


def _arrival_s(slot: Slot, chance: Random) -> float:
    """When an agent calls: its clock's error after the start, and sometimes after waiting for a quiet line."""
    late_s = chance.uniform(0, _CLOCK_ERROR_S)
    if chance.random() * 100 < _DEFERRED_PERCENT:
        late_s += chance.uniform(0, _DEFERRED_S)
    return (slot.starts_at + timedelta(seconds=late_s)).timestamp()


def show(name: str, day: Day, budget_bps: int) -> None:
    print(
        f"{name}: {day.slots} slots, {day.at_once} admitted at once, {day.later} at the time they were told, "
        f"{day.refused} not within their slot; longest wait {day.longest_wait_s:.0f} s; "
        f"peak {day.peak_bps / budget_bps:.2f} of the budget; "
        f"starts by minute of the hour {min(day.by_minute)} to {max(day.by_minute)}, "
        f"busiest {day.unevenness:.2f} of the mean"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when the server gave more than its budget, or a slot was neither placed nor refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1000)
    parser.add_argument("--budget", type=int, default=1000, metavar="MBPS")
    options = parser.parse_args(arguments)
    policy, budget_bps = read_policy(_POLICY), options.budget * MEGABIT
    wanted = demands(options.lines)
    planner = Planner([ServerOffer(server=_SERVER, budget_bps=budget_bps)], policy=policy)
    started = time.process_time()
    positions = [position for one in wanted if (position := planner.assign(one)) is not None]
    spent_s = time.process_time() - started
    print(
        f"{options.lines} lines on one server of {options.budget} Mb/s: {len(positions)} placed, "
        f"{options.lines - len(positions)} refused for want of room, {1000 * spent_s / options.lines:.1f} ms a line"
    )
    days = {
        (name, length): through_the_gate(slots_of(some, wanted, policy), budget_bps, lasts_s)
        for name, some in (("planned", positions), ("drawn at random", at_random(positions, policy)))
        for length, lasts_s in (
            ("sessions as planned", lambda slot: _PLANNED_S[slot.mode]),
            ("sessions as long as their tickets", lambda slot: slot.duration_s + _SESSION_GRACE_S),
        )
    }
    for (name, length), day in days.items():
        show(f"{name}, {length}", day, budget_bps)
    complete = all(one.at_once + one.later + one.refused == one.slots for one in days.values())
    return 0 if complete and all(one.peak_bps <= budget_bps for one in days.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
