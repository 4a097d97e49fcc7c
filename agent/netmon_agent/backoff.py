"""How long to wait before asking a troubled collector again."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BackoffRule:
    """Waits are drawn between zero and a ceiling that doubles from `first_s` to `most_s` (full jitter)."""

    first_s: float = 2.0
    most_s: float = 300.0


class Backoff:
    """The waits of one thing that is tried again and again.

    Full jitter spreads the agents of a region that lost their collector at the same moment; `random` gives [0, 1).
    """

    def __init__(self, random: Callable[[], float], rule: BackoffRule | None = None) -> None:
        self._random = random
        self._rule = rule or BackoffRule()
        self._failures = 0

    def succeeded(self) -> None:
        self._failures = 0

    def soon(self, within_s: float) -> float:
        """Seconds to wait when there is reason to believe that the trouble is over; spread likewise."""
        self._failures = 0
        return self._random() * within_s

    def failed(self, retry_after_s: float | None = None) -> float:
        """Seconds to wait after one more failure; never less than the collector asked for."""
        ceiling = min(self._rule.most_s, self._rule.first_s * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return (retry_after_s or 0.0) + self._random() * ceiling
