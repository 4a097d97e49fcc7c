"""The timetable: each line planned once, each slot signed for, nothing issued changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from netmon.domain.identifiers import LineId, ServerId, SlotId
from netmon.domain.interval import Dated, History, Interval
from netmon.domain.policy import TimetableRule
from netmon.domain.registry import LocalityType, Registry
from netmon.domain.slot import Slot
from netmon.domain.timetable import Position
from netmon.wire.ticket import open_ticket
from netmon.wire.timetable import ProbePlan
from netmon_collector.use_cases.tickets import ticket_id
from netmon_collector.use_cases.timetable import PlanningInputs, plan, timetable_of
from tests.support.domain import LINE, MOSCOW, OTHER_LINE, OTHER_SERVER, SERVER, a_policy, a_registry
from tests.support.store import NOW, a_server

DAY = timedelta(days=1)
NO_PROBES = ProbePlan(interval_s=10, window_s=300, targets=())


@dataclass
class PlansInMemory:
    """Keeps positions and slots the way the store promises."""

    kept_positions: dict[LineId, Position] = field(default_factory=dict)
    kept_slots: dict[SlotId, Slot] = field(default_factory=dict)

    def positions(self) -> Mapping[LineId, Position]:
        return dict(self.kept_positions)

    def add_positions(self, positions: Collection[Position]) -> None:
        for one in positions:
            self.kept_positions.setdefault(one.line, one)

    def add_slots(self, slots: Collection[Slot]) -> None:
        for one in slots:
            self.kept_slots.setdefault(one.id, one)

    def issued_until(self, lines: Collection[LineId]) -> Mapping[LineId, datetime]:
        known = {line: [slot.starts_at for slot in self.kept_slots.values() if slot.line == line] for line in lines}
        return {line: max(times) for line, times in known.items() if times}

    def open_slots(self, line: LineId, *, at: datetime) -> Sequence[Slot]:
        found = [slot for slot in self.kept_slots.values() if slot.line == line and slot.ends_at > at]
        return sorted(found, key=lambda slot: (slot.starts_at, slot.id))


def _inputs(registry: Registry | None = None, **changes: object) -> PlanningInputs:
    inputs = PlanningInputs(
        registry=registry or a_registry(),
        policy=a_policy(),
        calendars={},
        servers={server: a_server(server) for server in (SERVER, OTHER_SERVER)},
    )
    return replace(inputs, **changes)  # type: ignore[arg-type]


def _closed(registry: Registry, line: LineId, during: Interval) -> Registry:
    lines = tuple(replace(one, during=during) if one.id == line else one for one in registry.lines)
    return replace(registry, lines=lines)


def test_every_line_gets_a_position_and_a_week_of_slots() -> None:
    store = PlansInMemory()
    done = plan(store=store, inputs=_inputs(), at=NOW)
    assert (done.positions, done.unplaced) == (2, ())
    assert done.slots == len(store.kept_slots) > 0
    for line in (LINE, OTHER_LINE):
        days = {slot.starts_at.astimezone(MOSCOW).date() for slot in store.open_slots(line, at=NOW)}
        assert len(days) == 8  # the rest of today and seven school days


def test_planning_goes_on_where_it_ended_and_changes_nothing_before() -> None:
    store, at_once = PlansInMemory(), PlansInMemory()
    plan(store=store, inputs=_inputs(), at=NOW)
    before = dict(store.kept_slots)
    for day in range(1, 8):
        plan(store=store, inputs=_inputs(), at=NOW + day * DAY)
    assert before.items() <= store.kept_slots.items()
    far = _inputs(policy=a_policy(timetable=TimetableRule(ahead_school_days=12)))
    at_once.add_positions(store.kept_positions.values())
    plan(store=at_once, inputs=far, at=NOW)
    assert store.kept_slots == at_once.kept_slots


def test_planning_twice_at_once_plans_once() -> None:
    store = PlansInMemory()
    plan(store=store, inputs=_inputs(), at=NOW)
    assert plan(store=store, inputs=_inputs(), at=NOW).slots == 0


def test_a_new_line_moves_no_other() -> None:
    store = PlansInMemory()
    plan(store=store, inputs=_inputs(a_registry(organisations=2)), at=NOW)
    before = dict(store.kept_positions)
    plan(store=store, inputs=_inputs(a_registry(organisations=5)), at=NOW)
    assert before.items() <= store.kept_positions.items()
    assert len(store.kept_positions) == 5


def test_a_closed_line_is_planned_to_its_last_day() -> None:
    store = PlansInMemory()
    registry = _closed(a_registry(), LINE, Interval(None, date(2026, 11, 26)))
    plan(store=store, inputs=_inputs(registry), at=NOW)
    last = store.open_slots(LINE, at=NOW)[-1]
    assert last.starts_at.astimezone(MOSCOW).date() == date(2026, 11, 25)


def test_a_line_of_the_past_gets_nothing_and_one_of_the_future_its_first_day() -> None:
    store = PlansInMemory()
    registry = _closed(a_registry(), LINE, Interval(None, date(2026, 11, 23)))
    registry = _closed(registry, OTHER_LINE, Interval(date(2026, 11, 30), None))
    plan(store=store, inputs=_inputs(registry), at=NOW)
    assert store.open_slots(LINE, at=NOW) == []
    assert store.open_slots(OTHER_LINE, at=NOW)[0].starts_at.astimezone(MOSCOW).date() == date(2026, 11, 30)


def test_a_line_without_a_server_that_has_room_is_named() -> None:
    store = PlansInMemory()
    done = plan(store=store, inputs=_inputs(servers={SERVER: a_server(budget_mbps=10)}), at=NOW)
    assert done.unplaced == (LINE, OTHER_LINE)
    assert store.kept_slots == {}


def test_a_line_of_a_locality_without_a_known_type_is_not_planned() -> None:
    later = History((Dated(value=LocalityType.RURAL, during=Interval(date(2030, 1, 1), None)),))
    done = plan(store=PlansInMemory(), inputs=_inputs(a_registry(history=later)), at=NOW)
    assert (done.positions, done.slots, done.unplaced) == (0, 0, ())


def test_each_slot_carries_a_ticket_for_every_server_of_its() -> None:
    store, inputs = PlansInMemory(), _inputs()
    plan(store=store, inputs=inputs, at=NOW)
    found = timetable_of(LINE, store=store, inputs=inputs, probes=NO_PROBES, poll_s=60, at=NOW)
    assert found.interface == "wan0"
    for planned in found.slots:
        slot = store.kept_slots[planned.id]
        assert {offer.server for offer in planned.offers} == {SERVER, OTHER_SERVER}
        assert planned.offers[0].server == slot.server
        for offer in planned.offers:
            ticket = open_ticket(offer.ticket, inputs.servers[offer.server].keys)
            assert ticket.id == ticket_id(slot.id, offer.server)
            assert ticket.not_before <= slot.starts_at < ticket.not_after == slot.ends_at
            assert ticket.max_bytes * 8 >= slot.rate_bps * slot.duration_s


def test_tickets_are_the_same_whoever_asks_and_whenever() -> None:
    store, inputs = PlansInMemory(), _inputs()
    plan(store=store, inputs=inputs, at=NOW)
    first, second = (
        timetable_of(LINE, store=store, inputs=inputs, probes=NO_PROBES, poll_s=60, at=NOW) for _ in range(2)
    )
    assert first == second


def test_a_server_that_is_gone_leaves_its_slots_with_the_other_one() -> None:
    store = PlansInMemory()
    plan(store=store, inputs=_inputs(), at=NOW)
    gone = store.open_slots(LINE, at=NOW)[0].server
    left: ServerId = OTHER_SERVER if gone == SERVER else SERVER
    found = timetable_of(
        LINE,
        store=store,
        inputs=_inputs(servers={left: a_server(left)}),
        probes=NO_PROBES,
        poll_s=60,
        at=NOW,
    )
    assert {tuple(offer.server for offer in slot.offers) for slot in found.slots} == {(left,)}


def test_an_agent_bound_to_nothing_gets_an_empty_timetable() -> None:
    found = timetable_of(None, store=PlansInMemory(), inputs=_inputs(), probes=NO_PROBES, poll_s=60, at=NOW)
    assert (found.line, found.interface, found.slots) == (None, None, ())
