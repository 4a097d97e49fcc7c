"""Doing together what many ask for at once: while one group is at work, the next one gathers."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from netmon.clock import Clock
from netmon_collector.errors import StoreError, TooManyError

Q = TypeVar("Q")
A = TypeVar("A")

_FIRST_GUESS_S = 5.0
_LONGEST_WAIT_S = 60.0
_WEIGHT_OF_NEWEST = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLimits:
    """How much goes together; sizes are whatever callers of `ask` count in.

    A question above `bulk` waits in a lane of its own, of which each group takes one, so that few who bring a lot do
    not hold up the many. Half of `most_waiting` is theirs.
    """

    most_together: int
    bulk: int
    most_waiting: int
    at_once: int = 1


@dataclass(slots=True)
class _Waiting(Generic[Q, A]):
    asked: Q
    size: int
    answer: asyncio.Future[A]


class Together(Generic[Q, A]):
    """Answers questions in groups, in threads of its own; lives in one event loop, whose thread alone may touch it."""

    def __init__(
        self, answer_all: Callable[[Sequence[Q]], Sequence[A]], *, name: str, limits: GroupLimits, clock: Clock
    ) -> None:
        self._answer_all = answer_all
        self._limits = limits
        self._clock = clock
        self._threads = ThreadPoolExecutor(max_workers=limits.at_once, thread_name_prefix=name)
        self._small: deque[_Waiting[Q, A]] = deque()
        self._bulk: deque[_Waiting[Q, A]] = deque()
        self._size = {True: 0, False: 0}  # of what waits or is at work, by whether it is bulk
        self._groups: set[asyncio.Task[None]] = set()
        self._size_per_s: float | None = None

    def refuse_when_full(self, size: int) -> None:
        """Raises TooManyError, with the time after which there should be room."""
        is_bulk = size > self._limits.bulk
        most = self._limits.most_waiting // 2 if is_bulk else self._limits.most_waiting
        waiting = self._size[True] if is_bulk else self._size[True] + self._size[False]
        if waiting and waiting + size > most:
            wait = _FIRST_GUESS_S if self._size_per_s is None else sum(self._size.values()) / self._size_per_s
            raise TooManyError(min(_LONGEST_WAIT_S, max(1.0, wait)))

    async def ask(self, asked: Q, *, size: int = 1) -> A:
        """The answer, once the group is done. Raises TooManyError, and what answering it raised."""
        self.refuse_when_full(size)
        is_bulk = size > self._limits.bulk
        one: _Waiting[Q, A] = _Waiting(asked, size, asyncio.get_running_loop().create_future())
        (self._bulk if is_bulk else self._small).append(one)
        self._size[is_bulk] += size
        self._start()
        return await one.answer

    async def close(self) -> None:
        """Answer what was asked, then let the threads go."""
        while self._groups:
            await asyncio.gather(*self._groups, return_exceptions=True)
        self._threads.shutdown()

    def _start(self) -> None:
        while (self._small or self._bulk) and len(self._groups) < self._limits.at_once:
            task = asyncio.get_running_loop().create_task(self._work(self._next_group()))
            self._groups.add(task)

    def _next_group(self) -> list[_Waiting[Q, A]]:
        group = [self._bulk.popleft()] if self._bulk else []
        size = 0
        while self._small and (not group or size + self._small[0].size <= self._limits.most_together):
            size += self._small[0].size
            group.append(self._small.popleft())
        return group

    async def _work(self, group: list[_Waiting[Q, A]]) -> None:
        started = self._clock.monotonic()
        try:
            await self._answer(group)
        finally:
            size = sum(one.size for one in group)
            for one in group:
                self._size[one.size > self._limits.bulk] -= one.size
            self._learn(size / max(1e-6, self._clock.monotonic() - started))
            task = asyncio.current_task()
            if task is not None:
                self._groups.discard(task)
            self._start()

    async def _answer(self, group: list[_Waiting[Q, A]]) -> None:
        """A mistake in one question must not cost the others their answer: then each is asked by itself."""
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(self._threads, self._answer_all, [one.asked for one in group])
        except StoreError as error:
            for one in group:
                _fail(one, error)
        except Exception as error:  # noqa: BLE001 - handed to whoever asked
            if len(group) == 1:
                _fail(group[0], error)
                return
            for one in group:
                await self._answer([one])
        else:
            for one, answer in zip(group, answers, strict=True):
                if not one.answer.done():
                    one.answer.set_result(answer)

    def _learn(self, size_per_s: float) -> None:
        known = self._size_per_s
        newest = _WEIGHT_OF_NEWEST
        self._size_per_s = size_per_s if known is None else known * (1 - newest) + size_per_s * newest


def _fail(one: _Waiting[Q, A], error: Exception) -> None:
    if not one.answer.done():
        one.answer.set_exception(error)
