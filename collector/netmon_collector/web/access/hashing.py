"""Passwords are checked in few threads of their own: who tries many cannot take the machine's memory or time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from aiohttp import web

from netmon_collector.errors import TooManyError

AT_ONCE = 2
MOST_WAITING = 16
_LATER_S = 5.0
T = TypeVar("T")


class Hashing:
    """Lives in one event loop, whose thread alone may touch it."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="passwords")
        self._begun = 0

    async def run(self, work: Callable[[], T]) -> T:
        """What a use case that hashes answers. Raises TooManyError while too many wait."""
        if self._begun >= AT_ONCE + MOST_WAITING:
            raise TooManyError(_LATER_S)
        self._begun += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._begun -= 1

    def close(self) -> None:
        self._threads.shutdown()


HASHING = web.AppKey("hashing", Hashing)


async def hashing(app: web.Application) -> AsyncIterator[None]:
    """The threads, for as long as the application runs."""
    app[HASHING] = Hashing()
    yield
    app[HASHING].close()
