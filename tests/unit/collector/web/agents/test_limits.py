"""Rate limits: a minute's worth at once, refilled evenly, each client on its own."""

import pytest

from netmon_collector.errors import TooManyError
from netmon_collector.web.agents.limits import RateLimit
from tests.support.store import FakeClock


def _taken(limit: RateLimit, client: str, attempts: int) -> int:
    taken = 0
    for _ in range(attempts):
        try:
            limit.take(client)
            taken += 1
        except TooManyError:
            pass
    return taken


def test_a_minutes_worth_may_come_at_once() -> None:
    assert _taken(RateLimit(5, FakeClock()), "a", 9) == 5


def test_the_bucket_refills_evenly_and_never_overflows() -> None:
    clock = FakeClock()
    limit = RateLimit(6, clock)
    _taken(limit, "a", 6)
    clock.go_on(20)
    assert _taken(limit, "a", 9) == 2
    clock.go_on(3600)
    assert _taken(limit, "a", 9) == 6


def test_one_client_takes_nothing_from_another() -> None:
    limit = RateLimit(3, FakeClock())
    assert (_taken(limit, "a", 9), _taken(limit, "b", 9)) == (3, 3)


def test_a_refusal_says_when_to_come_again_and_then_it_works() -> None:
    clock = FakeClock()
    limit = RateLimit(2, clock)
    _taken(limit, "a", 2)
    with pytest.raises(TooManyError) as refused:
        limit.take("a")
    clock.go_on(refused.value.retry_after_s)
    limit.take("a")


def test_bytes_are_counted_by_how_many_come_and_refill_over_the_day() -> None:
    clock = FakeClock()
    limit = RateLimit(1000, clock, in_s=86_400)
    limit.take("a", 900)
    with pytest.raises(TooManyError) as refused:
        limit.take("a", 200)
    assert refused.value.retry_after_s == pytest.approx(8640)
    limit.take("a", 100)
    clock.go_on(86_400)
    limit.take("a", 1000)


def test_a_flood_of_clients_does_not_grow_without_end() -> None:
    limit = RateLimit(1, FakeClock())
    for number in range(10_050):
        limit.take(str(number))
    assert _taken(limit, "0", 1) == 1
    assert _taken(limit, "10049", 1) == 0
