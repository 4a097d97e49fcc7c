"""Retention (D8): evidence is kept, probes of long ago become hours."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from netmon.domain.identifiers import LineId
from netmon.domain.registry import Registry

WINDOWS_KEPT = timedelta(days=90)
_DAY = timedelta(days=1)


class RetentionStore(Protocol):
    """What retention needs."""

    def first_latency_at(self) -> datetime | None:
        """When the oldest latency window that is kept as it came is of."""
        ...

    def roll_up_latency(self, lines: Collection[LineId], start: datetime, end: datetime) -> int:
        """Put the windows that began in the time together into hours; answers how many rows fewer that are."""
        ...


def rolled_up_until(now: datetime) -> date:
    """The UTC day up to which windows are rolled up, not included."""
    return (now - WINDOWS_KEPT).astimezone(UTC).date()


def roll_up(*, store: RetentionStore, registry: Registry, since: date | None, now: datetime) -> int:
    """Roll up what got too old since it was last done up to a day; answers how many rows fewer that are."""
    if since is None:
        first = store.first_latency_at()
        since = rolled_up_until(now) if first is None else first.astimezone(UTC).date()
    lines = [line.id for line in registry.lines]
    day = _midnight(since) - _DAY  # a window begins before its record's time
    fewer = 0
    while day < _midnight(rolled_up_until(now)):
        fewer += store.roll_up_latency(lines, day, day + _DAY)
        day += _DAY
    return fewer


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
