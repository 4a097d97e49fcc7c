"""Values that take long to compute, kept for a while: who asks meanwhile is answered at once or waits for the first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

from netmon.clock import Clock

_FRESH_S = 5.0
_COSTS = 20  # kept this many times as long as it took, so that asking often cannot keep the machine busy
_MOST_KEPT = 200
_FOR_EVER = float("inf")
T = TypeVar("T")


class Memory:
    """Blocks its caller while it computes; others are held up only by the same value."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._computing: dict[Hashable, Lock] = {}
        self._kept: OrderedDict[Hashable, tuple[float, object]] = OrderedDict()

    def fresh(self, key: Hashable, compute: Callable[[], T]) -> T:
        """A value that changes with time: some seconds old at most, more when it takes long to compute."""
        return self._value(key, compute, lambda took: max(_FRESH_S, _COSTS * took))

    def fixed(self, key: Hashable, compute: Callable[[], T]) -> T:
        """A value that its key determines for good; the one longest not asked for is forgotten first."""
        return self._value(key, compute, lambda _took: _FOR_EVER)

    def _value(self, key: Hashable, compute: Callable[[], T], keep_s: Callable[[float], float]) -> T:
        with self._lock:
            computing = self._computing.setdefault(key, Lock())
        with computing:
            began = self._clock.monotonic()
            with self._lock:
                known = self._kept.get(key)
                if known is not None and began < known[0]:
                    self._kept.move_to_end(key)
                    return known[1]  # type: ignore[return-value]
            value = compute()
            ended = self._clock.monotonic()
            with self._lock:
                self._kept[key] = (ended + keep_s(ended - began), value)
                self._kept.move_to_end(key)
                while len(self._kept) > _MOST_KEPT:
                    self._computing.pop(self._kept.popitem(last=False)[0], None)
            return value
