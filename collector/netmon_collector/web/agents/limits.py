"""Rate limits: a bucket for each client, of requests or bytes, refilled all the time."""

from collections import OrderedDict
from dataclasses import dataclass

from netmon.clock import Clock
from netmon_collector.errors import TooManyError
from netmon_collector.settings import Limits

_MINUTE_S = 60.0
_DAY_S = 86_400.0
_MOST_CLIENTS = 10_000  # the ones longest not seen are forgotten first: their buckets are full by then


class RateLimit:
    """So much from each client in so many seconds; up to that much at once."""

    def __init__(self, most: int, clock: Clock, *, in_s: float = _MINUTE_S) -> None:
        self._capacity = float(most)
        self._per_second = most / in_s
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, amount: int = 1) -> None:
        """Count a request, or what it brings. Raises TooManyError with the time to wait."""
        now = self._clock.monotonic()
        tokens, since = self._buckets.pop(client, (self._capacity, now))
        tokens = min(self._capacity, tokens + (now - since) * self._per_second)
        allowed = tokens >= amount
        self._buckets[client] = (tokens - amount if allowed else tokens, now)
        if len(self._buckets) > _MOST_CLIENTS:
            self._buckets.popitem(last=False)
        if not allowed:
            raise TooManyError(max(1.0, (amount - tokens) / self._per_second))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limiters:
    """The rate limits of one collector process."""

    enrolments: RateLimit
    enrolments_per_address: RateLimit
    batches: RateLimit
    bytes: RateLimit

    @classmethod
    def of(cls, limits: Limits, clock: Clock) -> "Limiters":
        return cls(
            enrolments=RateLimit(limits.enrolments, clock),
            enrolments_per_address=RateLimit(limits.enrolments_per_address, clock),
            batches=RateLimit(limits.batches_per_agent, clock),
            bytes=RateLimit(limits.megabytes_per_agent_day * 1_000_000, clock, in_s=_DAY_S),
        )
