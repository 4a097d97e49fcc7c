"""Values that take long to compute, kept for a while: who asks meanwhile is answered at once or waits for the first."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock, Thread
from typing import TypeVar

from netmon.clock import Clock

_FRESH_S = 5.0
_COSTS = 20  # kept this many times as long as it took, so that asking often cannot keep the machine busy
_SLOW_S = 0.5  # nobody waits so long for a newer value of what took it before
_STALE = 3  # times as long as it was fresh: an older value is not shown any more
_MOST_KEPT = 200
_FOR_EVER = float("inf")
_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A value and how long it may be answered: by itself, and while a newer one is computed."""

    value: object
    fresh_until: float
    stale_until: float


class Memory:
    """Blocks its caller while it computes; others are held up only by the same value.

    What took long is computed anew in a thread of its own, and whoever asks meanwhile gets the value before it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._computing: dict[Hashable, Lock] = {}
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    def fresh(self, key: Hashable, compute: Callable[[], T]) -> T:
        """A value that changes with time: some seconds old at most, more when it takes long to compute."""
        return self._value(key, compute, lambda took: max(_FRESH_S, _COSTS * took))

    def fixed(self, key: Hashable, compute: Callable[[], T]) -> T:
        """A value that its key determines for good; the one longest not asked for is forgotten first."""
        return self._value(key, compute, lambda _took: _FOR_EVER)

    def _value(self, key: Hashable, compute: Callable[[], T], keep_s: Callable[[float], float]) -> T:
        with self._lock:
            computing = self._computing.setdefault(key, Lock())
        stale = self._known(key, stale=True)
        if stale is not None:
            if self._known(key) is None and computing.acquire(blocking=False):
                self._renew(key, compute, keep_s, computing)
            return stale.value  # type: ignore[return-value]
        with computing:
            known = self._known(key)
            if known is not None:
                return known.value  # type: ignore[return-value]
            return self._compute(key, compute, keep_s)

    def _known(self, key: Hashable, *, stale: bool = False) -> _Kept | None:
        """What is kept and may still be answered."""
        with self._lock:
            known = self._kept.get(key)
            if known is None or self._clock.monotonic() >= (known.stale_until if stale else known.fresh_until):
                return None
            self._kept.move_to_end(key)
            return known

    def _compute(self, key: Hashable, compute: Callable[[], T], keep_s: Callable[[float], float]) -> T:
        began = self._clock.monotonic()
        value = compute()
        ended = self._clock.monotonic()
        fresh_s, is_slow = keep_s(ended - began), ended - began >= _SLOW_S
        kept = _Kept(
            value=value, fresh_until=ended + fresh_s, stale_until=ended + (_STALE * fresh_s if is_slow else fresh_s)
        )
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST_KEPT:
                self._computing.pop(self._kept.popitem(last=False)[0], None)
        return value

    def _renew(
        self, key: Hashable, compute: Callable[[], object], keep_s: Callable[[float], float], computing: Lock
    ) -> None:
        """Compute in a thread of its own; `computing` is held and given back there."""

        def run() -> None:
            try:
                self._compute(key, compute, keep_s)
            except Exception as error:  # noqa: BLE001 - who asks when it is no longer shown gets the error itself
                _log.warning("%s could not be computed anew: %s", key, error)
            finally:
                computing.release()

        Thread(target=run, name="renewing", daemon=True).start()
