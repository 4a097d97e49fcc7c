"""The prober: rounds, windows and outages, around measurements, set clocks and absences."""

import itertools
import socket
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from netmon.wire.agent_bodies import AbsenceBody
from netmon.wire.bodies import LatencyBody, OutageBody
from netmon.wire.canonical import parse_time
from netmon.wire.records import RecordKind
from netmon.wire.timetable import ProbePlan, ProbeTarget, Timetable
from netmon_agent.address import Address
from netmon_agent.latency.outage import OutageDetector
from netmon_agent.latency.prober import IDLE_S, Prober
from netmon_agent.latency.resolve import SocketAddress, numeric
from netmon_agent.latency.targets import targets_of
from tests.support.agent import NOON, FakeClock, FixedTimetable, Log, MemoryJournal, a_slot, a_timetable

SERVER = ProbeTarget(name="server-1", host="192.0.2.1", port=8700)
OTHER = ProbeTarget(name="neighbour", host="10.0.0.1", port=80)
PLAN = ProbePlan(interval_s=10.0, window_s=300.0, targets=(SERVER,))
ROUTER: SocketAddress = (socket.AF_INET, ("10.0.0.1", 0))
BOTH = {"server-1", "neighbour"}


class Book:
    """An address book in which names may be pending."""

    def __init__(self) -> None:
        self.pending: set[Address] = set()
        self.unknown: set[Address] = set()

    def wanted(self, addresses: list[Address], /) -> None:
        pass

    def get(self, address: Address, /) -> SocketAddress | None:
        return None if address in self.pending | self.unknown else numeric(address)

    def is_pending(self, address: Address, /) -> bool:
        return address in self.pending


class Bench:
    def __init__(
        self, timetable: Timetable | None = None, clock: FakeClock | None = None, *, router: bool = False
    ) -> None:
        self.clock, self.log, self.journal, self.book = clock or FakeClock(), Log(), MemoryJournal(), Book()
        self.source = FixedTimetable(timetable or a_timetable(a_slot(), probes=PLAN))
        self.answering, self.link = set(BOTH), True
        self.rounds: list[float] = []
        self.lasts_s, self.slept_s = 0.0, 0.0
        self.recoveries: list[float] = []
        self.prober = Prober(
            source=self.source,
            targets=lambda timetable: targets_of(timetable, (OTHER,), {}),
            addresses=self.book,
            probe=self.probe,
            has_link=lambda _: self.link,
            detector=OutageDetector(after_probes=3, stretch_s=900.0),
            journal=self.journal,
            clock=self.clock,
            say=self.log,
            router=self if router else None,
            collector_at=lambda reading: NOON + timedelta(hours=1, seconds=reading - 1000.0),
            asleep_s=lambda: self.slept_s,
            recovered=lambda: self.recoveries.append(self.clock.monotonic() - 1000.0),
        )

    def probe(self, targets: Mapping[str, SocketAddress], _: Timetable, /) -> Mapping[str, float | None]:
        self.rounds.append(self.clock.monotonic() - 1000.0)
        self.clock.advance(self.lasts_s)
        return {name: 0.02 if name in self.answering else None for name in targets}

    def place(self, _: Timetable, /) -> SocketAddress:
        return ROUTER

    def is_there(self, place: SocketAddress, rtt_s: float | None, /) -> bool:
        assert place == ROUTER
        return rtt_s is not None

    def until(self, seconds: float) -> None:
        while (left := 1000.0 + seconds - self.clock.monotonic()) > 0:
            self.clock.advance(min(self.prober.step(), left))

    def absences(self) -> list[tuple[datetime | None, datetime, str]]:
        found = [AbsenceBody.read(body) for body in self.journal.bodies(RecordKind.ABSENCE)]
        return [(one.since, one.ended_at, one.cause.value) for one in found]

    def windows(self) -> list[LatencyBody]:
        return [LatencyBody.read(body) for body in self.journal.bodies(RecordKind.LATENCY)]

    def outages(self) -> list[tuple[float, float, str]]:
        """Start and end in seconds from noon."""
        return [
            (
                (parse_time(body["started_at"]) - NOON).total_seconds(),
                (parse_time(body["ended_at"]) - NOON).total_seconds(),
                str(body["cause"]),
            )
            for body in self.journal.bodies(RecordKind.OUTAGE)
        ]


def test_rounds_keep_their_interval_however_long_they_last() -> None:
    bench = Bench()
    bench.lasts_s = 2.0
    bench.until(35)
    assert bench.rounds == [0.0, 10.0, 20.0, 30.0]


def test_a_window_is_written_for_every_target_and_the_next_follows_without_a_gap() -> None:
    bench = Bench()
    bench.until(601)
    first, second = bench.windows()[:2], bench.windows()[2:]
    assert {one.target for one in first} == {one.target for one in second} == BOTH
    assert {(one.started_at, one.ended_at) for one in first} == {(NOON, NOON + timedelta(minutes=5))}
    assert {(one.started_at, one.ended_at) for one in second} == {
        (NOON + timedelta(minutes=5), NOON + timedelta(minutes=10))
    }
    assert {(one.sent, one.lost, one.rtt_median_s) for one in first + second} == {(30, 0, 0.02)}


def test_a_lost_line_is_the_providers_outage() -> None:
    bench = Bench()
    bench.until(95)
    bench.answering = set()
    bench.until(195)
    bench.answering = set(BOTH)
    bench.until(205)
    assert bench.outages() == [(100, 200, "provider")]
    assert bench.recoveries == [200.0]
    assert "outage: provider" in bench.log
    assert "the outage is over" in bench.log


def test_a_pulled_cable_is_the_interfaces_outage() -> None:
    bench = Bench()
    bench.answering, bench.link = set(), False
    bench.until(35)
    bench.prober.finish()
    assert bench.outages() == [(0, 35, "nic")]


def test_a_dead_server_lies_beyond_the_line() -> None:
    bench = Bench()
    bench.answering = {"neighbour"}
    bench.until(35)
    bench.prober.finish()
    assert bench.outages() == [(0, 35, "beyond")]


def test_the_first_router_has_its_window_and_is_nobody_beyond_the_line() -> None:
    bench = Bench(router=True)
    bench.answering = {"gateway"}
    bench.until(35)
    bench.answering = set()
    bench.until(65)
    bench.prober.finish()
    assert bench.outages() == [(0, 40, "provider"), (40, 65, "gateway")]
    assert {(one.target, one.lost) for one in bench.windows()} == {("server-1", 7), ("neighbour", 7), ("gateway", 3)}


def test_no_probe_disturbs_a_measurement_and_none_is_counted_as_lost() -> None:
    bench = Bench()
    bench.until(15)
    with bench.prober.measuring():
        bench.answering = set()  # the measurement fills the line
        bench.until(60)
        assert bench.rounds == [0.0, 10.0, 15.0], "one right before it"
    bench.answering = set(BOTH)
    bench.prober.step()
    assert bench.rounds[-1] == 60.0, "and one right after"
    bench.prober.finish()
    assert {one.lost for one in bench.windows()} == {0}
    assert bench.outages() == []


def test_an_outage_covers_the_measurement_that_it_explains_and_is_reported_with_it() -> None:
    bench = Bench()
    bench.until(15)
    bench.answering = set()
    with bench.prober.measuring():
        attempt = bench.clock.now()
        bench.clock.advance(5)  # the server cannot be reached
    bench.until(45)
    ((started, ended, cause),) = bench.outages()
    assert cause == "provider"
    assert started <= (attempt - NOON).total_seconds() < ended


def test_an_outage_that_goes_on_through_a_measurement_has_no_gap() -> None:
    bench = Bench()
    bench.answering = set()
    bench.until(35)
    with bench.prober.measuring():
        bench.clock.advance(20)
    bench.until(100)
    bench.answering = set(BOTH)
    bench.until(110)
    found = bench.outages()
    assert found[0][0] == 0
    assert found[-1][1] == 105, "the rounds go on from the end of the measurement"
    assert all(one[1] == following[0] for one, following in itertools.pairwise(found))


def test_a_clock_that_is_set_neither_stretches_nor_shrinks_an_outage() -> None:
    clock = FakeClock(datetime(1970, 1, 1, tzinfo=UTC))
    bench = Bench(clock=clock)
    bench.answering = set()
    bench.until(50)
    clock.set(NOON + timedelta(seconds=50))
    bench.answering = set(BOTH)
    bench.until(61)
    (body,) = bench.journal.bodies(RecordKind.OUTAGE)
    outage = OutageBody.read(body)
    assert outage.ended_at - outage.started_at == timedelta(seconds=50)
    assert outage.started_at == NOON


def test_while_the_process_stood_still_nothing_was_watched() -> None:
    bench = Bench()
    bench.answering = set()
    bench.until(100)
    bench.clock.advance(7200)
    bench.until(7340)
    bench.prober.finish()
    assert bench.outages()[0][:2] == (0, 90), "until it was last seen"
    assert bench.outages()[1][:2] == (7300, 7340)
    assert "nothing was watched for 7210 s: paused" in bench.log
    assert bench.absences() == [(NOON + timedelta(hours=1, seconds=90), NOON + timedelta(seconds=7300), "paused")]
    assert all(one.ended_at - one.started_at <= timedelta(minutes=5) for one in bench.windows())


def test_a_machine_that_slept_says_so() -> None:
    bench = Bench()
    bench.until(95)
    bench.clock.advance(3600)
    bench.slept_s = 3590.0
    bench.until(3720)
    assert [cause for _, _, cause in bench.absences()] == ["sleep"]
    assert bench.outages() == []


def test_a_name_that_is_still_looked_up_is_not_counted_as_lost() -> None:
    bench = Bench()
    bench.book.pending = {Address("192.0.2.1", 8700)}
    bench.until(50)
    bench.prober.finish()
    assert {one.target for one in bench.windows()} == {"neighbour"}
    assert bench.outages() == []


def test_a_name_that_cannot_be_found_is_lost() -> None:
    bench = Bench()
    bench.book.unknown = {Address("192.0.2.1", 8700)}
    bench.until(50)
    bench.prober.finish()
    assert bench.outages() == [(0, 50, "beyond")]


def test_without_a_line_nothing_is_probed_and_what_was_seen_is_written() -> None:
    bench = Bench()
    bench.until(50)
    bench.source.timetable = a_timetable(line=None, probes=PLAN)
    assert bench.prober.step() == IDLE_S
    assert {one.sent for one in bench.windows()} == {5}
    with bench.prober.measuring():
        pass
    bench.source.timetable = None
    assert bench.prober.step() == IDLE_S
    assert len(bench.rounds) == 5


def test_what_the_disk_does_not_take_waits() -> None:
    bench = Bench()
    bench.journal.broken = True
    bench.until(305)
    assert "probes wait" in bench.log
    bench.journal.broken = False
    bench.until(315)
    assert {one.target for one in bench.windows()} == BOTH


@pytest.mark.parametrize("interval_s", [0.5, 60.0, 3600.0])
def test_any_interval_is_watched_without_gaps(interval_s: float) -> None:
    plan = ProbePlan(interval_s=interval_s, window_s=3600.0, targets=(SERVER,))
    bench = Bench(a_timetable(a_slot(), probes=plan))
    bench.until(interval_s * 5)
    assert len(bench.rounds) == 5
    assert bench.log.lines == []
