"""Work done in a process of its own, whose memory goes with it."""

import contextlib
import os
import pickle
from collections.abc import Callable
from typing import TypeVar

from netmon.errors import ConfigError

T = TypeVar("T")


def in_a_child(work: Callable[[], T]) -> T:
    """The answer of a forked child; its ConfigError is ours. Before any thread runs."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):  # the parent sees that nothing came
            os.close(reading)
            _answer(work, writing)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    if not answer:
        return work()
    found, trouble = pickle.loads(answer)  # noqa: S301 - our own child wrote it
    if trouble is not None:
        raise ConfigError(trouble)
    return found  # type: ignore[no-any-return]


def _answer(work: Callable[[], object], writing: int) -> None:
    try:
        answer: tuple[object, str | None] = (work(), None)
    except ConfigError as error:
        answer = (None, str(error))
    with os.fdopen(writing, "wb") as pipe:
        pickle.dump(answer, pipe)
