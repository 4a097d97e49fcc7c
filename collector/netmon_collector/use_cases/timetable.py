"""The timetable: planning every line ahead and handing each agent its slots with tickets (D1)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from netmon.domain.identifiers import LineId, ServerId
from netmon.domain.interval import in_force
from netmon.domain.measurement import Mode
from netmon.domain.planner import Demand, Planner, ServerOffer
from netmon.domain.policy import Policy
from netmon.domain.registry import Line, Registry
from netmon.domain.slot import Slot
from netmon.domain.timetable import Position, horizon, slots_between
from netmon.wire.timetable import PlannedSlot, ProbePlan, Timetable
from netmon_collector.ports import PlanStore
from netmon_collector.use_cases.calendars import Calendars, calendar_of
from netmon_collector.use_cases.tickets import MeasurementServer, ticket_offer

_INSTANT = timedelta(microseconds=1)
Servers = Mapping[ServerId, MeasurementServer]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningInputs:
    """What is planned, and by which rules."""

    registry: Registry
    policy: Policy
    calendars: Calendars
    servers: Servers


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one run of the planner did; `unplaced` lines found no room on any server."""

    positions: int
    slots: int
    unplaced: tuple[LineId, ...]


def plan(*, store: PlanStore, inputs: PlanningInputs, at: datetime) -> Plan:
    """Give every line a position and issue its slots up to the horizon; what was issued before stays as it is."""
    lines = [line for line in inputs.registry.lines if _is_open(line, at, inputs.registry)]
    positions, new, unplaced = _positions(lines, store=store, inputs=inputs, at=at)
    store.add_positions(new)
    issued = store.issued_until([line.id for line in lines])
    slots = [
        slot
        for line in lines
        if line.id in positions
        for slot in _slots(line, positions[line.id], issued.get(line.id), inputs=inputs, at=at)
    ]
    store.add_slots(slots)
    return Plan(positions=len(new), slots=len(slots), unplaced=tuple(unplaced))


def _is_open(line: Line, at: datetime, registry: Registry) -> bool:
    """Whether the line is in force today or later."""
    today = at.astimezone(registry.time_zone(line.id)).date()
    return line.during.end is None or line.during.end > today


def _positions(
    lines: Sequence[Line], *, store: PlanStore, inputs: PlanningInputs, at: datetime
) -> tuple[Mapping[LineId, Position], Sequence[Position], Sequence[LineId]]:
    """The positions by line, which of them are new, and the lines for which there is no room."""
    known = store.positions()
    offers = [ServerOffer(server=server.id, budget_bps=server.budget_bps) for server in inputs.servers.values()]
    planner = Planner(offers, policy=inputs.policy)
    demands = {line.id: demand for line in lines if (demand := _demand(line, inputs, at)) is not None}
    for line, position in known.items():
        if line in demands:
            planner.restore(position, demands[line])
    wanted = [demands[line] for line in sorted(demands) if line not in known]
    assigned = {demand.line: planner.assign(demand) for demand in wanted}
    new = [position for position in assigned.values() if position is not None]
    unplaced = [line for line, position in assigned.items() if position is None]
    return {**known, **{position.line: position for position in new}}, new, unplaced


def _demand(line: Line, inputs: PlanningInputs, at: datetime) -> Demand | None:
    """What the line takes of a server; None where no threshold is known for it."""
    zone = inputs.registry.time_zone(line.id)
    day = max(at.astimezone(zone).date(), line.during.start or date.min)
    threshold = _threshold_on(line.id, inputs)(day)
    if threshold is None:
        return None
    contract = line.contract_at(day)
    return Demand(
        line=line.id,
        threshold_bps=threshold,
        contract_bps=None if contract is None else contract.rate_bps,
        zone=zone,
    )


def _threshold_on(line: LineId, inputs: PlanningInputs) -> Callable[[date], int | None]:
    registry, policy = inputs.registry, inputs.policy

    def threshold_on(day: date) -> int | None:
        """None also on a day on which the line is not in force: then nothing is planned."""
        locality = registry.locality_type(line, day)
        is_in_force = bool(in_force((registry.line_by_id[line],), day))
        return policy.threshold_bps(locality, day) if locality is not None and is_in_force else None

    return threshold_on


def _slots(
    line: Line, position: Position, issued_until: datetime | None, *, inputs: PlanningInputs, at: datetime
) -> Sequence[Slot]:
    """The slots after those that were issued: from now on, up to the horizon."""
    registry = inputs.registry
    zone: tzinfo = registry.time_zone(line.id)
    calendar = calendar_of(registry.locality_of(line.id).territory, inputs.calendars, registry)
    start = at if issued_until is None else max(at, issued_until + _INSTANT)
    end = horizon(at, zone=zone, policy=inputs.policy, calendar=calendar)
    return slots_between(
        position,
        start,
        end,
        zone=zone,
        threshold_on=_threshold_on(line.id, inputs),
        policy=inputs.policy,
        calendar=calendar,
    )


def timetable_of(
    line: LineId | None, *, store: PlanStore, inputs: PlanningInputs, probes: ProbePlan, poll_s: float, at: datetime
) -> Timetable:
    """What the agent of a line gets: its slots that are not over yet, each with a ticket for every server of its."""
    slots = () if line is None else store.open_slots(line, at=at)
    known = None if line is None else inputs.registry.line_by_id.get(line)
    return Timetable(
        line=line,
        interface=None if known is None else known.interface,
        issued_at=at,
        poll_s=poll_s,
        slots=tuple(_planned(slot, inputs) for slot in slots),
        probes=probes,
    )


def _planned(slot: Slot, inputs: PlanningInputs) -> PlannedSlot:
    threshold = None
    if slot.line in inputs.registry.line_by_id:
        day = slot.starts_at.astimezone(inputs.registry.time_zone(slot.line)).date()
        threshold = _threshold_on(slot.line, inputs)(day)
    organic = inputs.policy.organic
    servers = [
        inputs.servers[one] for one in (slot.server, slot.fallback_server) if one is not None and one in inputs.servers
    ]
    return PlannedSlot(
        id=slot.id,
        direction=slot.direction,
        mode=slot.mode,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        threshold_bps=threshold,
        limit_bps=None if threshold is None else inputs.policy.limit_bps(threshold),
        offers=tuple(ticket_offer(slot, server) for server in servers),
        organic_s=None if organic is None or threshold is None or slot.mode is not Mode.DECISION else organic.seconds,
    )
