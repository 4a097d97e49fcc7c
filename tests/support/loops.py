"""Coroutines in tests that are none: a browser that other tests left open has a loop in the tests' own thread."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def in_a_loop_of_its_own(work: Coroutine[object, object, T]) -> T:
    """What a coroutine answers, run in another thread."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()
