"""Rate limits: a bucket of tokens for each client, refilled all the time."""

from collections import OrderedDict
from dataclasses import dataclass

from netmon.clock import Clock
from netmon_collector.errors import TooManyError
from netmon_collector.settings import Limits

_MOST_CLIENTS = 10_000  # the ones longest not seen are forgotten first: their buckets are full by then


class RateLimit:
    """So many requests a minute from each client; up to that many at once."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._capacity = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> None:
        """Count a request. Raises TooManyError with the time to wait."""
        now = self._clock.monotonic()
        tokens, since = self._buckets.pop(client, (self._capacity, now))
        tokens = min(self._capacity, tokens + (now - since) * self._per_second)
        allowed = tokens >= 1
        self._buckets[client] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > _MOST_CLIENTS:
            self._buckets.popitem(last=False)
        if not allowed:
            raise TooManyError(max(1.0, (1 - tokens) / self._per_second))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limiters:
    """The rate limits of one collector process."""

    enrolments: RateLimit
    enrolments_per_address: RateLimit
    batches: RateLimit

    @classmethod
    def of(cls, limits: Limits, clock: Clock) -> "Limiters":
        return cls(
            enrolments=RateLimit(limits.enrolments, clock),
            enrolments_per_address=RateLimit(limits.enrolments_per_address, clock),
            batches=RateLimit(limits.batches_per_agent, clock),
        )
