"""Judging has few threads of its own: however many readers ask, agents are answered by others."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from aiohttp import web

from netmon_collector.web.keys import JUDGING

_THREADS = 2
T = TypeVar("T")


async def judging_threads(app: web.Application) -> AsyncIterator[None]:
    """The threads, for as long as the application runs."""
    with ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="judging") as threads:
        app[JUDGING] = threads
        yield


async def judged(request: web.Request, compute: Callable[[], T]) -> T:
    """What a computation over the evidence answers, once a thread is free."""
    return await asyncio.get_running_loop().run_in_executor(request.app[JUDGING], compute)
