"""When the path is looked at, how often, and what is said where it cannot be."""

from collections.abc import Mapping

import pytest

from netmon.domain.measurement import Mode, Reason
from netmon.domain.path_diagnosis import PathReadiness
from netmon.wire.path_body import PathBody
from netmon.wire.records import RecordKind
from netmon_agent.address import Address
from netmon_agent.path.diagnosis import EVERY_S, TRAFFIC_BYTES, PathDiagnosis
from netmon_agent.ports import Attempt
from tests.support.agent import FakeClock, Log, MemoryJournal, a_result, a_slot

HOP = {"ttl": 1, "address": "192.0.2.1", "sent": 5, "answered": 5, "rtt_s": 0.001}
SEEN = {"mtu_bytes": 1400, "traces": [{"method": "udp", "reached": True, "hops": [HOP]}]}


class Bench:
    def __init__(self, answer: object = SEEN, readiness: PathReadiness = PathReadiness.READY) -> None:
        self.answer, self.asked, self.woken = answer, 0, 0
        self.clock, self.log, self.journal = FakeClock(), Log(), MemoryJournal()
        self.spent: list[tuple[str, int]] = []
        self.interfaces: list[str | None] = []
        self.diagnosis = PathDiagnosis(
            readiness=readiness,
            journal=self.journal,
            clock=self.clock,
            say=self.log,
            spend=lambda what, count: self.spent.append((what, count)),
            asked=self.wake,
            child=self.child,
        )

    def wake(self) -> None:
        self.woken += 1

    def child(self, address: str, port: int, interface: str | None, timeout_s: float) -> Mapping[str, object] | None:
        self.asked += 1
        self.interfaces.append(interface)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer  # type: ignore[return-value]

    def after(self, mode: Mode = Mode.DECISION, **found: object) -> list[PathBody]:
        slot = a_slot(mode=mode)
        attempt = Attempt(slot=slot, ticket=slot.offers[0].ticket, address=Address("192.0.2.9", 8377), interface="wan")
        before = self.asked
        self.diagnosis.after(attempt, a_result(**found))  # type: ignore[arg-type]
        assert self.asked == before, "a slot's other tickets would wait for the look"
        assert self.diagnosis.step() == EVERY_S
        assert self.woken == self.asked, "who is not woken does not look"
        return [PathBody.read(body) for body in self.journal.bodies(RecordKind.PATH)]


def test_a_line_below_its_limit_is_looked_at_once_an_hour() -> None:
    bench = Bench()
    (found,) = bench.after(decision="below")
    assert (found.trigger.value, found.outcome.value, found.mtu_bytes) == ("below", "traced", 1400)
    assert (found.host, found.server, found.traces[0].hops[0].answered) == ("192.0.2.9", "server-1", 5)
    assert bench.spent == [("path", TRAFFIC_BYTES)]
    assert bench.interfaces == ["wan"], "the way of what was measured, not another line's"
    bench.clock.advance(EVERY_S - 1)
    bench.after(decision="below")
    assert bench.asked == 1
    bench.clock.advance(1)
    bench.after(decision="below")
    assert bench.asked == 2


@pytest.mark.parametrize("reason", [Reason.SERVER_UNREACHABLE, Reason.CONNECTION_LOST, Reason.SERVER_STALLED])
def test_a_measurement_that_came_to_nothing_on_the_way_is_looked_at(reason: Reason) -> None:
    (found,) = Bench().after(kind="none", reason=reason.value, decision=None)
    assert found.trigger.value == "no_result"


def test_what_says_nothing_about_the_way_is_not() -> None:
    bench = Bench()
    bench.after(decision="at_least")
    bench.after(kind="none", reason=Reason.SERVER_BUSY.value, decision=None)
    bench.after(kind="none", reason=Reason.METER_CPU.value, decision=None)
    bench.after(Mode.ESTIMATE, decision="below")
    assert bench.asked == 0


@pytest.mark.parametrize(("answer", "outcome"), [(None, "timed_out"), (OSError("no\nroute"), "failed")])
def test_what_cannot_be_traced_is_a_record_too(answer: object, outcome: str) -> None:
    (found,) = Bench(answer).after(decision="below")
    assert (found.outcome.value, found.traces, found.mtu_bytes) == (outcome, (), None)


@pytest.mark.parametrize("readiness", [PathReadiness.LIBRARY_MISSING, PathReadiness.NOT_PERMITTED])
def test_where_it_cannot_be_done_it_is_said_once(readiness: PathReadiness) -> None:
    bench = Bench(readiness=readiness)
    bench.after(decision="below")
    bench.after(decision="below")
    assert (bench.asked, bench.log.lines) == (0, [f"the path is not looked at: {readiness.value}"])


def test_a_full_disk_is_no_reason_to_stop() -> None:
    bench = Bench()
    bench.journal.broken = True
    bench.after(decision="below")
    assert "a path diagnosis is lost" in bench.log
