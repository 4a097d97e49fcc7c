"""Doing together what many ask for: groups form while one is at work, nobody waits behind few who bring a lot."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence

import pytest

from netmon_collector.errors import StoreError, TooManyError
from netmon_collector.web.agents.together import GroupLimits, Together
from tests.support.loops import in_a_loop_of_its_own
from tests.support.store import FakeClock

LIMITS = GroupLimits(most_together=10, bulk=5, most_waiting=100)


class Store:
    """Answers each number with its double, a group at a time, when the test lets it."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.go_on = threading.Semaphore(0)
        self.at_work = threading.Semaphore(0)
        self.error: Exception | None = None

    def answer(self, asked: Sequence[int]) -> Sequence[int]:
        self.groups.append(list(asked))
        self.at_work.release()
        assert self.go_on.acquire(timeout=10)
        if self.error is not None and -1 in asked:
            raise self.error
        return [2 * one for one in asked]


async def _ask(together: Together[int, int], *asked: tuple[int, int]) -> list[asyncio.Task[int]]:
    """Ask (question, size) one after another; the first is at work when this returns."""
    tasks = [asyncio.create_task(together.ask(question, size=size)) for question, size in asked]
    await asyncio.sleep(0)  # lets every task reach its place in the queue
    return tasks


def _run(
    scenario: Callable[[Together[int, int], Store, FakeClock], Awaitable[None]], limits: GroupLimits = LIMITS
) -> Store:
    store, clock = Store(), FakeClock()

    async def whole() -> None:
        together: Together[int, int] = Together(store.answer, name="test", limits=limits, clock=clock)
        await scenario(together, store, clock)
        await together.close()

    in_a_loop_of_its_own(whole())
    return store


def _let_go(store: Store, groups: int = 100) -> None:
    store.go_on.release(groups)


def test_what_is_asked_while_a_group_is_at_work_goes_together_next() -> None:
    async def scenario(together: Together[int, int], store: Store, _clock: FakeClock) -> None:
        tasks = await _ask(together, (1, 1), (2, 1), (3, 1))
        _let_go(store)
        assert await asyncio.gather(*tasks) == [2, 4, 6]

    assert _run(scenario).groups == [[1], [2, 3]]


def test_a_group_has_its_largest_size() -> None:
    async def scenario(together: Together[int, int], store: Store, _clock: FakeClock) -> None:
        tasks = await _ask(together, (0, 1), *((number, 4) for number in range(1, 6)))
        _let_go(store)
        await asyncio.gather(*tasks)

    assert _run(scenario).groups == [[0], [1, 2], [3, 4], [5]]


def test_few_who_bring_a_lot_take_turns_and_the_many_pass_them() -> None:
    async def scenario(together: Together[int, int], store: Store, _clock: FakeClock) -> None:
        tasks = await _ask(together, (0, 1), (100, 9), (101, 9), (102, 9), (1, 1), (2, 1))
        _let_go(store)
        await asyncio.gather(*tasks)

    assert _run(scenario).groups == [[0], [100, 1, 2], [101], [102]]


def test_who_finds_the_queue_full_is_told_when_there_is_room() -> None:
    async def scenario(together: Together[int, int], store: Store, clock: FakeClock) -> None:
        (first,) = await _ask(together, (0, 5))
        await asyncio.to_thread(store.at_work.acquire)
        clock.go_on(1)
        _let_go(store)
        await first  # 5 a second
        store.go_on = threading.Semaphore(0)
        tasks = await _ask(together, *((number, 5) for number in range(20)))
        with pytest.raises(TooManyError) as refused:
            await together.ask(99, size=1)
        assert refused.value.retry_after_s == pytest.approx(20)
        _let_go(store)
        assert len(await asyncio.gather(*tasks)) == 20
        assert await together.ask(99, size=1) == 198

    _run(scenario)


def test_bulk_never_fills_the_place_of_others() -> None:
    async def scenario(together: Together[int, int], store: Store, _clock: FakeClock) -> None:
        tasks = await _ask(together, *((number, 25) for number in range(2)))
        with pytest.raises(TooManyError):
            together.refuse_when_full(6)
        together.refuse_when_full(5)
        _let_go(store)
        await asyncio.gather(*tasks)

    _run(scenario)


def test_one_that_is_larger_than_everything_is_answered_when_nobody_waits() -> None:
    async def scenario(together: Together[int, int], store: Store, _clock: FakeClock) -> None:
        (task,) = await _ask(together, (1, 1000))
        _let_go(store)
        assert await task == 2

    _run(scenario)


def test_a_mistake_in_one_question_costs_the_others_nothing() -> None:
    async def scenario(together: Together[int, int], store: Store, _clock: FakeClock) -> None:
        store.error = ValueError("this one")
        tasks = await _ask(together, (1, 1), (2, 1), (-1, 1), (3, 1))
        _let_go(store)
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert answers == [2, 4, store.error, 6]

    _run(scenario)


def test_a_store_that_cannot_be_used_is_asked_once_a_group() -> None:
    async def scenario(together: Together[int, int], store: Store, _clock: FakeClock) -> None:
        store.error = StoreError("away")
        tasks = await _ask(together, (0, 1), (-1, 1), (1, 1))
        _let_go(store)
        assert await asyncio.gather(*tasks, return_exceptions=True) == [0, store.error, store.error]

    assert _run(scenario).groups == [[0], [-1, 1]]


def test_what_was_taken_is_answered_before_the_end() -> None:
    async def scenario(together: Together[int, int], store: Store, _clock: FakeClock) -> None:
        tasks = await _ask(together, (1, 1), (2, 1))
        _let_go(store)
        await together.close()
        assert [task.result() for task in tasks] == [2, 4]

    _run(scenario)
