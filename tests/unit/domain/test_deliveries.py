"""Deliveries as proof: exactly how near in time, to whom, and how much."""

from datetime import timedelta

import pytest

from netmon.domain.latency import OutageCause
from netmon.domain.measurement import Direction
from netmon.domain.slot import Delivery
from netmon.domain.slot_outcome import Deliveries, proven_outages
from tests.support.domain import (
    LINE,
    MONDAY,
    OTHER_LINE,
    OTHER_SERVER,
    SERVER,
    a_delivery,
    a_measurement,
    a_slot,
    an_outage,
    local,
)

WITHIN = timedelta(hours=2)
SECOND = timedelta(seconds=1)
BELOW = a_measurement(a_slot(local(MONDAY, 10)), mbps=30)
OUTAGE = an_outage(local(MONDAY, 10), local(MONDAY, 11))


def proof(*deliveries: Delivery, limit_mbps: float = 47.5) -> Delivery | None:
    return Deliveries(deliveries).prove(BELOW, limit_bps=round(limit_mbps * 1_000_000), within=WITHIN)


@pytest.mark.parametrize("late", [-WITHIN, timedelta(), WITHIN])
def test_a_delivery_within_the_time_is_a_proof_ends_included(late: timedelta) -> None:
    delivery = a_delivery(BELOW.started_at + late)
    assert proof(delivery) is delivery


@pytest.mark.parametrize("late", [-WITHIN - SECOND, WITHIN + SECOND])
def test_a_delivery_outside_of_it_is_none(late: timedelta) -> None:
    assert proof(a_delivery(BELOW.started_at + late)) is None


def test_the_limit_itself_is_enough_and_less_is_not() -> None:
    assert proof(a_delivery(mbps=47.5)) is not None
    assert proof(a_delivery(mbps=47.499999)) is None


def test_own_deliveries_are_passed_over() -> None:
    own, other = a_delivery(BELOW.started_at, line=LINE), a_delivery(BELOW.started_at + SECOND, line=OTHER_LINE)
    assert proof(own) is None
    assert proof(own, other) is other


def test_each_limit_has_its_own_proofs() -> None:
    deliveries = Deliveries([a_delivery(BELOW.started_at, mbps=60)])
    assert deliveries.prove(BELOW, limit_bps=95_000_000, within=WITHIN) is None
    assert deliveries.prove(BELOW, limit_bps=47_500_000, within=WITHIN) is not None


def test_another_server_or_direction_proves_nothing() -> None:
    delivery = a_delivery(BELOW.started_at)
    for changes in ({"server": OTHER_SERVER}, {"direction": Direction.UP}):
        members = {"server": SERVER, "direction": Direction.DOWN} | changes
        other = Delivery(at=delivery.at, line=delivery.line, rate_bps=delivery.rate_bps, **members)  # type: ignore[arg-type]
        assert proof(other) is None


def served(*deliveries: Delivery) -> bool:
    return Deliveries(deliveries).serve_others(OUTAGE, within=WITHIN)


def test_others_are_served_within_the_time_of_an_outage_ends_included() -> None:
    assert served(a_delivery(OUTAGE.started_at - WITHIN)) is True
    assert served(a_delivery(OUTAGE.ended_at + WITHIN)) is True
    assert served(a_delivery(OUTAGE.started_at - WITHIN - SECOND)) is False
    assert served(a_delivery(OUTAGE.ended_at + WITHIN + SECOND)) is False
    assert served(a_delivery(OUTAGE.started_at, line=LINE)) is False
    assert served() is False
    assert served(a_delivery(OUTAGE.started_at, line=LINE), a_delivery(OUTAGE.ended_at)) is True


def test_an_outage_in_which_nobody_was_served_is_not_the_lines() -> None:
    def causes(*deliveries: Delivery) -> list[OutageCause]:
        nic = an_outage(local(MONDAY, 14), local(MONDAY, 15), cause=OutageCause.NIC)
        return [one.cause for one in proven_outages([OUTAGE, nic], Deliveries(deliveries), within=WITHIN)]

    assert causes() == [OutageCause.BEYOND, OutageCause.NIC]
    assert causes(a_delivery(OUTAGE.started_at)) == [OutageCause.PROVIDER, OutageCause.NIC]
