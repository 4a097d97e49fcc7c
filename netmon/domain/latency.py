"""Probes of a line between measurements: latency windows and outages."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from netmon.domain.identifiers import LineId
from netmon.domain.kinds import GATEWAY_TARGET, OutageCause

__all__ = ["GATEWAY_TARGET", "LatencyWindow", "Outage", "OutageCause", "joined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time [started_at, ended_at) in which every probe was lost; a long one comes in several records."""

    line: LineId
    started_at: datetime
    ended_at: datetime
    cause: OutageCause

    def covers(self, at: datetime) -> bool:
        return self.started_at <= at < self.ended_at


_SEAM = timedelta(seconds=1)  # between the records of one outage


def joined(outages: Iterable[Outage]) -> tuple[Outage, ...]:
    """The outages of one line with the records of each put together again, in time order."""
    found: list[Outage] = []
    for one in sorted(outages, key=lambda outage: (outage.started_at, outage.ended_at)):
        last = found[-1] if found else None
        if last is not None and last.cause is one.cause and one.started_at <= last.ended_at + _SEAM:
            found[-1] = replace(last, ended_at=max(last.ended_at, one.ended_at))
        else:
            found.append(one)
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyWindow:
    """The probes of one target in one window; round-trip times in seconds, None when none came back."""

    line: LineId
    started_at: datetime
    ended_at: datetime
    target: str
    sent: int
    lost: int
    rtt_min_s: float | None
    rtt_median_s: float | None
    rtt_p95_s: float | None
    rtt_max_s: float | None
    jitter_s: float | None
