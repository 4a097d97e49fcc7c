"""Who may start a session."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from netmon.domain.identifiers import ServerId, TicketId
from netmon.domain.measurement import Reason
from netmon.wire.ticket import Ticket, sign_ticket
from netmon_collector.measurement_server.admission import Budget
from netmon_collector.measurement_server.gate import Gate, RefusedError
from netmon_collector.measurement_server.session import plain_address
from netmon_collector.measurement_server.used_tickets import UsedTickets
from tests.support.measurement import KEY, SERVER, a_ticket

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class StoppedClock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


class House:
    """A gate with everything behind it."""

    def __init__(self, folder: Path | None = None) -> None:
        self.clock = StoppedClock()
        self.budget = Budget(100_000_000)
        used = UsedTickets(folder, now=NOON)
        self.gate = Gate(
            server=SERVER, keys={"default": KEY}, used=used, budget=self.budget, clock=self.clock, grace_s=5.0
        )
        self.ticket = a_ticket(self.clock, rate_bps=60_000_000)

    def ask(self, ticket: Ticket, key: bytes = KEY) -> str:
        return self.gate.admit(sign_ticket(ticket, {"default": key})).session

    def refusal(self, ticket: Ticket, key: bytes = KEY) -> tuple[Reason, datetime | None]:
        with pytest.raises(RefusedError) as caught:
            self.ask(ticket, key)
        return caught.value.reason, caught.value.retry_at


def test_a_good_ticket_is_admitted_once() -> None:
    house = House()
    assert house.ask(house.ticket)
    assert house.budget.in_use_bps == 60_000_000


def test_a_used_ticket_takes_nothing_of_the_budget() -> None:
    house = House()
    house.budget.release(house.ask(house.ticket))
    assert house.refusal(house.ticket) == (Reason.TICKET_REUSED, None)
    assert house.budget.in_use_bps == 0


def test_a_full_server_names_a_time_and_leaves_the_ticket_unused() -> None:
    house = House()
    first = house.ask(house.ticket)
    second = replace(house.ticket, id=TicketId("ticket-2"))
    assert house.refusal(second) == (Reason.SERVER_BUSY, NOON + timedelta(seconds=15))
    house.budget.release(first)
    assert house.ask(second)


def test_every_flaw_of_a_ticket_has_its_reason() -> None:
    house = House()
    late = NOON + timedelta(hours=1)
    assert house.refusal(house.ticket, key=b"x" * 32) == (Reason.TICKET_FORGED, None)
    assert house.refusal(replace(house.ticket, server=ServerId("other")))[0] is Reason.TICKET_WRONG_SERVER
    not_yet = replace(house.ticket, not_before=late, not_after=late + timedelta(minutes=5))
    assert house.refusal(not_yet) == (Reason.TICKET_NOT_YET_VALID, late)
    house.clock.at = late
    assert house.refusal(house.ticket)[0] is Reason.TICKET_EXPIRED
    with pytest.raises(RefusedError) as caught:
        house.gate.admit("rubbish")
    assert caught.value.reason is Reason.TICKET_MALFORMED


def test_a_ticket_older_than_the_memory_is_refused_until_it_expires() -> None:
    house = House()
    older = replace(house.ticket, not_before=NOON - timedelta(seconds=1))
    assert house.refusal(older) == (Reason.SERVER_RESTARTED, older.not_after)


def test_a_draining_server_takes_nothing_new() -> None:
    house = House()
    house.gate.drain(NOON + timedelta(minutes=1))
    assert house.refusal(house.ticket) == (Reason.SERVER_BUSY, NOON + timedelta(minutes=1))


def test_a_memory_that_cannot_be_written_admits_nobody_and_holds_nothing(tmp_path: Path) -> None:
    house = House(tmp_path / "state")
    (tmp_path / "state" / "used-tickets").unlink()
    (tmp_path / "state").rmdir()
    with pytest.raises(OSError, match="used-tickets"):
        house.ask(house.ticket)
    assert house.budget.in_use_bps == 0


def test_mapped_addresses_are_shown_as_what_they_are() -> None:
    assert plain_address("::ffff:192.0.2.1") == "192.0.2.1"
    assert plain_address("2001:db8::1") == "2001:db8::1"
