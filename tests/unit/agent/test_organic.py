"""Users' own traffic in place of a test: long enough, at the limit in every second, and never twice in a row."""

from collections.abc import Mapping

import pytest

from netmon.domain.measurement import Direction, Mode, Reason
from netmon.wire.bodies import MeasurementBody
from netmon.wire.timetable import PlannedSlot
from netmon_agent.line.forwarded import Sides
from netmon_agent.line.interface import InterfaceGoneError, Traffic
from netmon_agent.organic import FRESH_S, OrganicTraffic
from tests.support.agent import NOON, FakeClock, a_slot

PASSED: Mapping[str, object] = {"decision": "at_least", "flags": ["background_seen"], "reason": None}
BUSY = (48.0, 60.0, 47.5, 50.0, 48.0, 48.0, 48.0, 48.0, 48.0, 49.0)


class Gateway:
    """Counters that go on by what is forwarded each second."""

    def __init__(self, *mbps: float, forwards: bool = True, emulated: bool = False) -> None:
        self.clock = FakeClock()
        self._rates = list(mbps)
        self._bytes, self.slept = 0, 0
        self._forwards = forwards
        self.is_gone = False
        self.organic = OrganicTraffic(
            self.clock,
            emulated_line=emulated,
            sides=self._sides,
            forwards=lambda: self._forwards,
            sleep=self._sleep,
        )

    def _sides(self, _line: str) -> Sides:
        if self.is_gone:
            raise InterfaceGoneError("the interface wan0 is gone")
        return Sides(line=Traffic(self._bytes, 0), users=Traffic(0, self._bytes))

    def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self._bytes += int(self._rates[self.slept] * 125_000 * seconds)
        self.slept += 1

    def proof(self, slot: PlannedSlot | None = None, *, interface: str | None = "wan0") -> Mapping[str, object] | None:
        return self.organic.proof(slot or a_slot(organic_s=10), interface)

    def tested(self, found: Mapping[str, object] = PASSED, *, interface: str = "wan0") -> "Gateway":
        self.organic.learn(a_slot(), interface, found)
        return self


def test_ten_seconds_at_the_limit_are_a_lower_bound_without_a_receipt() -> None:
    gateway = Gateway(*BUSY).tested()
    found = gateway.proof()
    assert found is not None
    body = MeasurementBody.read(found)
    assert (body.slot, body.server, body.method, body.reason) == ("slot-1", "server-1", "organic", Reason.ORGANIC)
    assert (body.rate_bps, body.duration_s, body.started_at) == (47_500_000, 10.0, NOON)
    assert (body.bytes, body.receipt, body.limit_bps) == (0, None, 47_500_000)


def test_the_first_second_below_ends_the_watch() -> None:
    gateway = Gateway(48.0, 48.0, 47.4).tested()
    assert (gateway.proof(), gateway.slept) == (None, 3)


def test_every_proof_is_followed_by_a_test() -> None:
    gateway = Gateway(*BUSY, *BUSY).tested()
    assert gateway.proof() is not None
    assert (gateway.proof(), gateway.slept) == (None, 10)
    assert gateway.tested().proof() is not None


@pytest.mark.parametrize(
    "found",
    [
        {**PASSED, "flags": ["no_wan_counters"]},  # the counters do not show what goes over the line
        {**PASSED, "decision": "below"},
        {"decision": None, "flags": [], "reason": "server_busy"},
    ],
)
def test_only_a_test_that_passed_and_was_seen_in_the_counters_vouches(found: Mapping[str, object]) -> None:
    assert Gateway(*BUSY).tested(found).proof() is None
    assert Gateway(*BUSY).tested().tested(found).proof() is None


def test_the_test_was_on_the_same_line_not_long_ago() -> None:
    assert Gateway(*BUSY).tested(interface="lte0").proof() is None
    late = Gateway(*BUSY).tested()
    late.clock.advance(FRESH_S + 1)
    assert late.proof() is None


@pytest.mark.parametrize(
    "slot",
    [
        a_slot(),
        a_slot(organic_s=10, mode=Mode.ESTIMATE),
        a_slot(organic_s=10, limit_bps=None),
        a_slot(organic_s=10, direction=Direction.UP),
        a_slot(organic_s=10, offers=()),
    ],
)
def test_nothing_but_a_decision_of_the_tested_direction_is_proven(slot: PlannedSlot) -> None:
    assert Gateway(*BUSY).tested().proof(slot) is None


def test_a_device_beside_the_router_and_an_emulated_line_prove_nothing() -> None:
    assert Gateway(*BUSY, forwards=False).tested().proof() is None
    assert Gateway(*BUSY, emulated=True).tested().proof() is None
    assert Gateway(*BUSY).tested().proof(interface=None) is None


def test_a_line_that_goes_while_it_is_watched_proves_nothing() -> None:
    gateway = Gateway(*BUSY).tested()
    gateway.is_gone = True
    assert gateway.proof() is None
