"""Assigning positions: spread evenly over the cycle, never more than the servers' share of their budget (D1)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from netmon.domain.identifiers import LineId, ServerId
from netmon.domain.policy import Policy
from netmon.domain.timetable import Position, cycle_starts, full_rate_bps, sessions_of_cycle

_GOLDEN = 0.6180339887498949  # multiples of the golden ratio fill an interval evenly, however many lines come
_REFERENCE_MONDAY = date(2024, 1, 1)
_CANDIDATES = 720
_CELLS_PER_CYCLE = 360
_WEEK_S = 7 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A line that wants a position; `contract_bps` is None when nothing is known about what was bought."""

    line: LineId
    threshold_bps: int
    contract_bps: int | None
    zone: tzinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOffer:
    """A measurement server and the rate that tests may use of it together."""

    server: ServerId
    budget_bps: int


class _EveryDay:
    """Planning takes a week in which every day is a school day, so that holidays never matter to positions."""

    def is_school_day(self, day: date) -> bool:
        return day.weekday() < 6


class _Ledger:
    """What is promised of one server in each cell of a week, in bit."""

    def __init__(self, offer: ServerOffer, cell_s: int, fill_percent: int) -> None:
        self.offer = offer
        self.lines = 0
        self._cell_s = cell_s
        self._capacity = offer.budget_bps * cell_s * fill_percent // 100
        self._promised: dict[int, int] = {}

    @property
    def highest_rate_bps(self) -> int:
        """The rate that a single session may take."""
        return self._capacity // self._cell_s

    @property
    def promised_per_budget(self) -> float:
        return sum(self._promised.values()) / self.offer.budget_bps

    def cells(self, start_s: int, rate_bps: int, duration_s: int) -> Iterator[tuple[int, int]]:
        """The cells that a session touches, with the bits that it takes in each."""
        at, end = start_s, start_s + duration_s
        while at < end:
            cell = at // self._cell_s
            until = min(end, (cell + 1) * self._cell_s)
            yield cell % (_WEEK_S // self._cell_s), rate_bps * (until - at)
            at = until

    def fits(self, load: Iterable[tuple[int, int]]) -> bool:
        added: dict[int, int] = {}
        for cell, bits in load:
            added[cell] = added.get(cell, 0) + bits
            if self._promised.get(cell, 0) + added[cell] > self._capacity:
                return False
        return True

    def promise(self, load: Iterable[tuple[int, int]]) -> None:
        for cell, bits in load:
            self._promised[cell] = self._promised.get(cell, 0) + bits
        self.lines += 1


class Planner:
    """Assigns positions on a set of servers, beside those that were assigned before."""

    def __init__(self, offers: Iterable[ServerOffer], *, policy: Policy) -> None:
        self._policy = policy
        self._cycle_s = int(policy.timetable.cycle.total_seconds())
        self._cell_s = max(1, self._cycle_s // _CELLS_PER_CYCLE)
        fill = policy.timetable.server_fill_percent
        self._ledgers = {offer.server: _Ledger(offer, self._cell_s, fill) for offer in offers}
        self._cycles: dict[tzinfo, list[Sequence[datetime]]] = {}

    def restore(self, position: Position, demand: Demand) -> None:
        """Account for a position that was assigned before; on a server that is gone it takes nothing."""
        ledger = self._ledgers.get(position.server)
        if ledger is not None:
            ledger.promise(self._load(position, demand, ledger))

    def assign(self, demand: Demand) -> Position | None:
        """A position for a line on the least promised server that has room, None where no server has."""
        by_load = sorted(self._ledgers.values(), key=lambda one: (one.promised_per_budget, one.offer.server))
        for ledger in by_load:
            fallback = next((one.offer.server for one in by_load if one is not ledger), None)
            for position in self._candidates(demand, ledger, fallback):
                if ledger.fits(self._load(position, demand, ledger)):
                    ledger.promise(self._load(position, demand, ledger))
                    return position
        return None

    def _candidates(self, demand: Demand, ledger: _Ledger, fallback: ServerId | None) -> Iterator[Position]:
        rate = min(full_rate_bps(demand.threshold_bps, demand.contract_bps), ledger.highest_rate_bps)
        first = Position(
            line=demand.line,
            server=ledger.offer.server,
            fallback_server=fallback,
            offset_s=0,
            full_offset_s=0,
            upload_phase=ledger.lines,
            estimate_cycle=0,
            sustained_day=0,
            sustained_cycle=0,
            full_rate_bps=rate,
        )
        for number in range(ledger.lines, ledger.lines + _CANDIDATES):
            phase = number * _GOLDEN % 1
            offset = int(phase * self._cycle_s)
            yield replace(
                first,
                offset_s=offset,
                full_offset_s=(offset + self._cycle_s // 2) % self._cycle_s,
                estimate_cycle=number,
                sustained_day=number * 2,
                sustained_cycle=number * 3 + 1,
            )

    def _load(self, position: Position, demand: Demand, ledger: _Ledger) -> Iterator[tuple[int, int]]:
        open_days = [starts for starts in self._week(demand.zone) if starts]
        for index, starts in enumerate(open_days):
            for cycle, start in enumerate(starts):
                for session in sessions_of_cycle(
                    position,
                    cycle=cycle,
                    cycles=len(starts),
                    is_sustained_day=index == position.sustained_day % len(open_days),
                    threshold_bps=demand.threshold_bps,
                    rule=self._policy.timetable,
                ):
                    at = int(start.timestamp()) + session.offset_s
                    yield from ledger.cells(at, session.rate_bps, session.planned_s)

    def _week(self, zone: tzinfo) -> list[Sequence[datetime]]:
        """The cycles of each day of the reference week; of days that are alike only the first where that is enough."""
        if zone not in self._cycles:
            hours = self._policy.working_hours
            days = [_REFERENCE_MONDAY + timedelta(days=number) for number in range(7)]
            if not self._policy.timetable.sustained_weekly:
                days = list({hours.on(day, _EveryDay()): day for day in reversed(days)}.values())
            cycle = timedelta(seconds=self._cycle_s)
            self._cycles[zone] = [cycle_starts(day, hours, _EveryDay(), zone, cycle) for day in days]
        return self._cycles[zone]
