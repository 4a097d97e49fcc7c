"""The runner: each planned slot once, in its time, with exactly one account."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.identifiers import LineId, ServerId, SlotId
from netmon.domain.measurement import Direction, Mode, Reason
from netmon.domain.slot import SlotReason
from netmon.wire.bodies import MeasurementBody, SlotBody
from netmon.wire.records import RecordKind
from netmon.wire.timetable import PlannedSlot, TicketOffer, Timetable
from netmon_agent.address import Address
from netmon_agent.collector_time import CollectorTime
from netmon_agent.ports import Attempt, SlotMark
from netmon_agent.runner import ANOTHER_SERVER_MAY_HELP, LONGEST_WAIT_S, MOST_ATTEMPTS, Place, SlotRunner, fits
from tests.support.agent import (
    LINE,
    NOON,
    FakeClock,
    FixedTimetable,
    Log,
    MemoryJournal,
    ScriptedMeter,
    a_result,
    a_slot,
    a_timetable,
    an_offer,
    an_outbox,
)

BOTH = (an_offer("server-1"), an_offer("server-2", host="192.0.2.2"))


class Bench:
    """A runner with everything around it; the clock stands at the beginning of the first slot."""

    def __init__(
        self,
        *slots: PlannedSlot,
        meter: ScriptedMeter | None = None,
        journal: MemoryJournal | None = None,
        clock: FakeClock | None = None,
        since: datetime = NOON - timedelta(days=1),
        place: Place | None = None,
        knows_time: bool = True,
        allowance: int = 10**9,
        **changes: object,
    ) -> None:
        self.clock, self.log = clock or FakeClock(), Log()
        self.meter, self.journal = meter or ScriptedMeter(), journal or MemoryJournal()
        self.source = FixedTimetable(a_timetable(*slots, **changes))  # type: ignore[arg-type]
        self.time = CollectorTime(self.clock)
        if knows_time:
            self.time.learn(self.clock.now(), monotonic=self.clock.monotonic())
        self.quiet = 0
        self.allowance = allowance
        self.proofs: dict[str, Mapping[str, object]] = {}
        self.watched: list[tuple[str, str | None]] = []
        self.learnt: list[tuple[str, str | None, object]] = []
        self.runner = SlotRunner(
            source=self.source,
            journal=self.journal,
            meter=self.meter,
            measuring=self._measuring,
            place=place or Place(interface=None, server_addresses={}),
            purse=self,
            organic=self,
            time=self.time,
            clock=self.clock,
            since=since,
            say=self.log,
        )

    @contextlib.contextmanager
    def _measuring(self) -> Iterator[None]:
        self.quiet += 1
        yield

    def is_empty(self) -> bool:
        return self.allowance <= 0

    def pay(self, found: Mapping[str, object], /) -> None:
        self.allowance -= int(str(found["bytes"]))

    def proof(self, slot: PlannedSlot, interface: str | None, /) -> Mapping[str, object] | None:
        self.watched.append((slot.id, interface))
        return self.proofs.get(slot.id)

    def learn(self, slot: PlannedSlot, interface: str | None, found: Mapping[str, object], /) -> None:
        self.learnt.append((slot.id, interface, found["reason"]))

    def rest(self, most: int = 100) -> float:
        """Step until there is something to wait for."""
        for _ in range(most):
            wait_s = self.runner.step()
            if wait_s > 0:
                return wait_s
        raise AssertionError("the runner does not come to rest")

    def until(self, seconds: float) -> None:
        """Let the time pass as the runner wants it."""
        while self.clock.monotonic() < 1000.0 + seconds:
            self.clock.advance(min(self.rest(), 1000.0 + seconds - self.clock.monotonic()))
        self.rest()

    @property
    def accounts(self) -> list[tuple[object, object]]:
        return [(body["slot"], body["reason"]) for body in self.journal.bodies(RecordKind.SLOT)]

    @property
    def measured(self) -> list[tuple[object, object, object]]:
        return [(body["slot"], body["server"], body["reason"]) for body in self.journal.bodies(RecordKind.MEASUREMENT)]


def test_a_slot_is_measured_once_and_accounted_for_once() -> None:
    bench = Bench(a_slot(), interface="wan0")
    bench.until(3600)
    assert bench.measured == [("slot-1", "server-1", None)]
    assert bench.accounts == [("slot-1", None)]
    (attempt,) = bench.meter.attempts
    assert (attempt.address, attempt.interface) == (Address("192.0.2.1", 8700), "wan0")
    assert (attempt.slot.threshold_bps, attempt.slot.limit_bps) == (50_000_000, 47_500_000)
    assert bench.quiet == 1


def test_the_records_are_what_the_wire_wants() -> None:
    bench = Bench(a_slot())
    bench.rest()
    assert MeasurementBody.read(bench.journal.bodies(RecordKind.MEASUREMENT)[0]).slot == "slot-1"
    assert SlotBody.read(bench.journal.bodies(RecordKind.SLOT)[0]).at == NOON


def test_nothing_is_done_before_its_time() -> None:
    bench = Bench(a_slot(start_s=30), a_slot("slot-2", start_s=3600))
    assert bench.rest() == 30.0
    bench.clock.advance(29.5)
    assert (bench.rest(), bench.meter.attempts) == (0.5, [])
    bench.clock.advance(0.5)
    assert bench.rest() == LONGEST_WAIT_S, "the clock may be set meanwhile"
    assert bench.accounts == [("slot-1", None)]


def test_slots_run_in_the_order_of_their_beginning() -> None:
    bench = Bench(a_slot("b", 10), a_slot("c", 20), a_slot("a", 0))
    bench.until(60)
    assert [slot for slot, _ in bench.accounts] == ["a", "b", "c"]


def test_the_devices_own_address_of_a_server_replaces_the_timetables() -> None:
    place = Place(interface="lan1", server_addresses={ServerId("server-1"): Address("127.0.0.1", 9000)})
    bench = Bench(a_slot(), place=place, interface="wan0")
    bench.rest()
    (attempt,) = bench.meter.attempts
    assert (attempt.address, attempt.interface) == (Address("127.0.0.1", 9000), "lan1")


def test_a_clock_that_is_wrong_does_not_move_the_slots() -> None:
    clock = FakeClock(datetime(1970, 1, 1, tzinfo=UTC))
    bench = Bench(a_slot(start_s=10), clock=clock)
    bench.time.learn(NOON, monotonic=clock.monotonic())
    assert bench.rest() == 10.0
    clock.advance(10)
    bench.rest()
    assert bench.accounts == [("slot-1", None)]
    assert bench.journal.bodies(RecordKind.SLOT)[0]["at"] == "1970-01-01T00:00:10.000000Z", "records carry device time"


@pytest.mark.parametrize("reason", sorted(ANOTHER_SERVER_MAY_HELP))
def test_the_second_server_is_asked_when_the_first_does_not_serve(reason: Reason) -> None:
    bench = Bench(a_slot(offers=BOTH), meter=ScriptedMeter(a_result(reason.value)))
    bench.until(3600)
    assert bench.measured == [("slot-1", "server-1", reason.value), ("slot-1", "server-2", None)]
    assert bench.accounts == [("slot-1", None)]


@pytest.mark.parametrize("reason", sorted(set(Reason) - ANOTHER_SERVER_MAY_HELP))
def test_what_was_found_out_about_the_line_is_not_asked_again(reason: Reason) -> None:
    bench = Bench(a_slot(offers=BOTH), meter=ScriptedMeter(a_result(reason.value)))
    bench.until(3600)
    assert bench.measured == [("slot-1", "server-1", reason.value)]


def test_a_bound_is_an_answer_though_the_sender_was_the_limit() -> None:
    bound = a_result("sender_limited", kind="lower_bound", rate_bps=90_000_000)
    bench = Bench(a_slot(offers=BOTH), meter=ScriptedMeter(bound))
    bench.until(3600)
    assert bench.measured == [("slot-1", "server-1", "sender_limited")]


def test_when_no_server_serves_the_slot_was_measured_without_a_figure() -> None:
    bench = Bench(a_slot(offers=BOTH), meter=ScriptedMeter(*[a_result("server_unreachable")] * 2))
    bench.until(3600)
    assert [server for _, server, _ in bench.measured] == ["server-1", "server-2"]
    assert bench.accounts == [("slot-1", None)]


def test_a_busy_server_is_asked_again_at_its_time_if_nobody_else_serves() -> None:
    busy = a_result("server_busy", NOON + timedelta(seconds=40))
    bench = Bench(a_slot(offers=BOTH), meter=ScriptedMeter(busy, a_result("server_unreachable")))
    assert bench.rest() == 40.0
    assert bench.accounts == []
    bench.until(3600)
    assert [server for _, server, _ in bench.measured] == ["server-1", "server-2", "server-1"]
    assert bench.accounts == [("slot-1", None)]


def test_a_busy_server_that_names_a_time_after_the_slot_is_not_waited_for() -> None:
    bench = Bench(a_slot(length_s=30), meter=ScriptedMeter(a_result("server_busy", NOON + timedelta(seconds=30))))
    bench.rest()
    assert bench.accounts == [("slot-1", None)]


def test_while_a_busy_server_is_waited_for_other_slots_are_measured() -> None:
    busy = a_result("server_busy", NOON + timedelta(seconds=100))
    bench = Bench(a_slot("a"), a_slot("b", 50), meter=ScriptedMeter(busy))
    bench.until(600)
    assert [slot for slot, _, _ in bench.measured] == ["a", "b", "a"]
    assert [slot for slot, _ in bench.accounts] == ["b", "a"]


def test_a_server_that_is_always_busy_is_not_asked_for_ever() -> None:
    def busy(attempt: Attempt) -> Mapping[str, object]:
        return a_result("server_busy", NOON)

    bench = Bench(a_slot(), meter=ScriptedMeter(*[busy] * 100))
    bench.until(3600)
    assert len(bench.measured) == MOST_ATTEMPTS
    assert bench.accounts == [("slot-1", None)]


def test_a_slot_that_ends_while_its_server_is_waited_for_was_measured() -> None:
    clock = FakeClock()
    bench = Bench(
        a_slot(length_s=60), meter=ScriptedMeter(a_result("server_busy", NOON + timedelta(seconds=50))), clock=clock
    )
    bench.rest()
    clock.advance(3600)  # the machine slept
    bench.rest()
    assert bench.accounts == [("slot-1", None)]
    assert len(bench.measured) == 1


def test_slots_that_passed_while_the_agent_was_off_are_said() -> None:
    bench = Bench(a_slot("a", -3600), a_slot("b", -1200), a_slot("c", 0))
    bench.rest()
    assert bench.accounts == [("a", "agent_off"), ("b", "agent_off"), ("c", None)]
    assert len(bench.meter.attempts) == 1


def test_slots_from_before_this_device_are_not_its_to_account_for() -> None:
    bench = Bench(a_slot("a", -3600), a_slot("b", -1200), since=NOON - timedelta(minutes=15))
    bench.until(100)
    assert bench.accounts == [("b", "agent_off")]


def test_a_clock_that_runs_ahead_writes_nothing_off_and_measures_what_is_due() -> None:
    clock = FakeClock(NOON + timedelta(days=1))
    bench = Bench(a_slot("a", 0), a_slot("b", 86_400), clock=clock, since=clock.now(), knows_time=False)
    bench.rest()
    assert bench.accounts == [("b", None)], "by the only time there is"
    clock = FakeClock(NOON + timedelta(days=1))
    bench = Bench(a_slot("a", 0), clock=clock, since=clock.now(), knows_time=False)
    bench.rest()
    bench.time.learn(NOON + timedelta(seconds=60), monotonic=clock.monotonic())
    bench.rest()
    assert bench.accounts == [("a", None)], "it was never too late"


def test_slots_missed_without_contact_are_accounted_for_with_the_first_contact() -> None:
    bench = Bench(a_slot("a", -3600), knows_time=False)
    assert bench.rest() == LONGEST_WAIT_S
    assert bench.accounts == []
    bench.time.learn(NOON, monotonic=bench.clock.monotonic())
    bench.rest()
    assert bench.accounts == [("a", "agent_off")]


def test_a_slot_whose_time_an_earlier_one_took_is_an_overrun() -> None:
    clock = FakeClock()

    def slow(attempt: Attempt) -> Mapping[str, object]:
        clock.advance(45)
        return a_result()

    bench = Bench(
        a_slot("long", 0), a_slot("within", 10, 20), a_slot("later", 30, 60), meter=ScriptedMeter(slow), clock=clock
    )
    bench.rest()
    assert bench.accounts == [("long", None), ("within", "overrun"), ("later", None)]


@pytest.mark.parametrize(
    "offers",
    [
        (),
        (an_offer(line=LineId("line-2")),),
        (an_offer(direction=Direction.UP),),
        (an_offer(mode=Mode.ESTIMATE),),
        (replace(an_offer("server-1"), server=ServerId("server-2")),),
        (TicketOffer(server=ServerId("server-1"), host="192.0.2.1", port=1, ticket="no ticket"),),
    ],
)
def test_a_slot_without_a_ticket_that_fits_is_not_measured(offers: tuple[TicketOffer, ...]) -> None:
    bench = Bench(a_slot(offers=offers))
    bench.until(3600)
    assert bench.accounts == [("slot-1", "no_ticket")]
    assert bench.meter.attempts == []


def test_a_ticket_that_does_not_fit_leaves_the_others() -> None:
    bench = Bench(a_slot(offers=(an_offer(line=LineId("line-2")), BOTH[1])))
    bench.rest()
    assert bench.measured == [("slot-1", "server-2", None)]


def test_a_signature_is_for_the_server_to_check() -> None:
    offer = an_offer()
    forged = replace(offer, ticket=offer.ticket[:-4] + "AAAA")
    assert fits(forged, a_slot(), LINE)


def test_an_agent_that_is_bound_to_no_line_rests() -> None:
    bench = Bench(a_slot(), line=None)
    assert bench.runner.step() == LONGEST_WAIT_S
    bench.source.timetable = None
    assert bench.runner.step() == LONGEST_WAIT_S
    assert bench.journal.drafts == []


class Killed(BaseException):
    """The process ends in the middle of a measurement."""


def killed(attempt: Attempt) -> Mapping[str, object]:
    raise Killed


def test_a_ticket_that_may_be_spent_is_not_shown_again_after_a_restart() -> None:
    journal, slot = MemoryJournal(), a_slot(offers=BOTH)
    with pytest.raises(Killed):
        Bench(slot, meter=ScriptedMeter(killed), journal=journal).rest()
    again = Bench(slot, journal=journal)
    again.until(3600)
    assert again.measured == [("slot-1", "server-2", None)]
    assert again.accounts == [("slot-1", None)]


def test_a_slot_whose_only_measurement_was_cut_off_by_a_restart_says_that_the_agent_was_off() -> None:
    journal = MemoryJournal()
    with pytest.raises(Killed):
        Bench(a_slot(), meter=ScriptedMeter(killed), journal=journal).rest()
    again = Bench(a_slot(), journal=journal)
    again.until(3600)
    assert (again.measured, again.accounts) == ([], [("slot-1", "agent_off")])


def test_what_has_its_account_is_not_touched_after_a_restart() -> None:
    journal = MemoryJournal({SlotId("slot-1"): SlotMark(id=SlotId("slot-1"), tried=1, attempts=1, done=True)})
    bench = Bench(a_slot(), journal=journal)
    bench.until(3600)
    assert (bench.journal.drafts, bench.runner.done()) == ([], {"slot-1"})


def test_a_slot_with_a_record_from_before_the_restart_was_measured() -> None:
    journal = MemoryJournal({SlotId("slot-1"): SlotMark(id=SlotId("slot-1"), tried=1, attempts=1)})
    bench = Bench(a_slot(), journal=journal)
    bench.rest()
    assert (bench.measured, bench.accounts) == ([], [("slot-1", None)])


def test_what_was_measured_waits_for_the_disk() -> None:
    journal = MemoryJournal()

    def disk_full(attempt: Attempt) -> Mapping[str, object]:
        journal.broken = True
        return a_result()

    bench = Bench(a_slot(), meter=ScriptedMeter(disk_full), journal=journal)
    assert bench.rest() > 0
    assert journal.drafts == []
    assert "slots wait: the outbox cannot be written: disk full" in bench.log
    journal.broken = False
    bench.rest()
    assert (bench.measured, bench.accounts) == ([("slot-1", "server-1", None)], [("slot-1", None)])
    assert len(bench.meter.attempts) == 1


def test_nothing_is_measured_that_could_not_be_remembered() -> None:
    journal = MemoryJournal()
    journal.broken = True
    bench = Bench(a_slot(), journal=journal)
    bench.rest()
    assert bench.meter.attempts == []
    journal.broken = False
    bench.rest()
    assert bench.accounts == [("slot-1", None)]


def test_a_record_that_is_too_large_goes_without_its_details(tmp_path: Path) -> None:
    clock = FakeClock()
    outbox = an_outbox(tmp_path, clock=clock)
    runner = SlotRunner(
        source=FixedTimetable(a_timetable(a_slot())),
        journal=outbox,
        meter=ScriptedMeter(a_result(detail={"ticks": "x" * 40_000})),
        measuring=contextlib.nullcontext,
        place=Place(interface=None, server_addresses={}),
        purse=Bench(),
        organic=Bench(),
        time=CollectorTime(clock),
        clock=clock,
        since=outbox.since,
        say=Log(),
    )
    runner.step()
    measurement, account = outbox.batch()
    assert "detail" not in measurement.body
    assert MeasurementBody.read(measurement.body).rate_bps == 52_000_000
    assert account.kind is RecordKind.SLOT


PROOF = {"slot": "slot-1", "server": "server-1", "rate_bps": 48_000_000, "reason": "organic"}


def test_users_own_traffic_stands_in_for_a_test() -> None:
    bench = Bench(a_slot(organic_s=10), interface="wan0")
    bench.proofs["slot-1"] = PROOF
    bench.until(3600)
    assert (bench.measured, bench.meter.attempts) == ([("slot-1", "server-1", "organic")], [])
    assert bench.accounts == [("slot-1", None)]
    assert bench.watched == [("slot-1", "wan0")]


def test_users_are_watched_once_and_only_where_the_timetable_says_so() -> None:
    bench = Bench(a_slot("a", organic_s=10), a_slot("b", 30), a_slot("c", 60, length_s=9, organic_s=10))
    bench.until(3600)
    assert [slot for slot, _ in bench.watched] == ["a"]  # the last one is over before a watch would be
    assert bench.learnt == [("a", None, None), ("b", None, None), ("c", None, None)]


def test_what_users_proved_takes_no_ticket_and_none_of_the_months_traffic() -> None:
    bench = Bench(a_slot(organic_s=10, offers=(an_offer(server="server-2", line=LineId("other")),)), allowance=0)
    bench.proofs["slot-1"] = PROOF
    bench.rest()
    assert bench.accounts == [("slot-1", None)]


ends = st.sampled_from([None, *Reason])


@given(
    starts=st.lists(st.integers(-1200, 3000), min_size=1, max_size=8, unique=True),
    lengths=st.lists(st.integers(5, 900), min_size=8, max_size=8),
    reasons=st.lists(ends, max_size=40),
    durations=st.lists(st.integers(0, 120), min_size=1, max_size=10),
    kills=st.sets(st.integers(0, 20), max_size=4),
)
def test_every_slot_has_exactly_one_account_whatever_happens(
    starts: list[int], lengths: list[int], reasons: list[Reason | None], durations: list[int], kills: set[int]
) -> None:
    clock, journal = FakeClock(), MemoryJournal()
    slots = [a_slot(f"slot-{at}", at, length, offers=BOTH) for at, length in zip(starts, lengths, strict=False)]
    taken = 0

    def measure(attempt: Attempt) -> Mapping[str, object]:
        nonlocal taken
        taken += 1
        clock.advance(durations[taken % len(durations)])
        if taken in kills:
            raise Killed
        reason = reasons[taken % len(reasons)] if reasons else None
        return a_result(None if reason is None else reason.value, clock.now() + timedelta(seconds=20))

    while clock.monotonic() < 6000.0:
        bench = Bench(*slots, meter=ScriptedMeter(*[measure] * 500), journal=journal, clock=clock)
        with contextlib.suppress(Killed):
            bench.until(clock.monotonic() - 1000.0 + 5000.0)
    accounts = [body["slot"] for body in journal.bodies(RecordKind.SLOT)]
    assert sorted(map(str, accounts)) == sorted(slot.id for slot in slots)
    with_records = {body["slot"] for body in journal.bodies(RecordKind.MEASUREMENT)}
    for body in journal.bodies(RecordKind.SLOT):
        assert (body["end"] == "measured") == (body["slot"] in with_records)
        SlotBody.read(body)
        if body["reason"] is not None:
            SlotReason(str(body["reason"]))


def test_a_timetable_may_change_while_a_slot_waits() -> None:
    busy = a_result("server_busy", NOON + timedelta(seconds=40))
    bench = Bench(a_slot(), meter=ScriptedMeter(busy))
    bench.rest()
    current: Timetable | None = bench.source.current()
    assert current is not None
    bench.source.timetable = a_timetable(*current.slots, a_slot("slot-2", 20))
    bench.until(600)
    assert [slot for slot, _ in bench.accounts] == ["slot-2", "slot-1"]


def test_when_the_months_traffic_is_spent_slots_are_not_measured_for_budget() -> None:
    slots = [a_slot(f"slot-{number}", start_s=1000.0 * number) for number in range(3)]
    meter = ScriptedMeter(a_result(bytes=6_000_000), a_result(bytes=6_000_000))
    bench = Bench(*slots, meter=meter, allowance=10_000_000)
    bench.until(3600)
    assert [slot for slot, _, _ in bench.measured] == ["slot-0", "slot-1"]
    assert bench.accounts == [("slot-0", None), ("slot-1", None), ("slot-2", "budget")]


def test_a_slot_whose_first_attempt_took_the_last_of_the_traffic_was_measured() -> None:
    failing = a_result("server_stalled", bytes=10_000_000)
    bench = Bench(a_slot(offers=BOTH), meter=ScriptedMeter(failing), allowance=1)
    bench.until(3600)
    assert bench.measured == [("slot-1", "server-1", "server_stalled")]
    assert bench.accounts == [("slot-1", None)]
