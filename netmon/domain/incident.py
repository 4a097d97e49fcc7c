"""Incidents: outages of several lines of one provider at the same time, folded into one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from netmon.domain.identifiers import LineId, ProviderId
from netmon.domain.latency import Outage
from netmon.domain.registry import Registry
from netmon.domain.spans import Span, union


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOutage:
    """One time in which a line was down, however many records told it."""

    line: LineId
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Outages that overlap, of lines of one provider; a line without a contract is alone, its provider None."""

    provider: ProviderId | None
    started_at: datetime
    ended_at: datetime
    outages: tuple[LineOutage, ...]

    @property
    def lines(self) -> tuple[LineId, ...]:
        return tuple(sorted({one.line for one in self.outages}))


def incidents(outages: Iterable[Outage], registry: Registry) -> tuple[Incident, ...]:
    """Every outage that a provider answers for, in exactly one incident; in order of time.

    Outages belong together when they overlap, directly or through others of the same provider: [10:00, 10:05) and
    [10:05, 10:10) of two lines do not.
    """
    by_provider: dict[tuple[ProviderId | None, LineId | None], list[LineOutage]] = defaultdict(list)
    for one in _line_outages(outages):
        day = one.started_at.astimezone(registry.time_zone(one.line)).date()
        contract = registry.line_by_id[one.line].contract_at(day)
        provider = None if contract is None else contract.provider
        by_provider[provider, one.line if provider is None else None].append(one)
    found = [_incident(provider, group) for (provider, _), of in by_provider.items() for group in _overlapping(of)]
    return tuple(sorted(found, key=lambda one: (one.started_at, one.provider or "", one.lines)))


def _line_outages(outages: Iterable[Outage]) -> Sequence[LineOutage]:
    """The stretches of each line that follow each other, as one."""
    spans: dict[LineId, list[Span]] = defaultdict(list)
    for one in outages:
        if one.cause.is_line_down:
            spans[one.line].append((one.started_at, one.ended_at))
    return [
        LineOutage(line=line, started_at=start, ended_at=end) for line in spans for start, end in union(spans[line])
    ]


def _overlapping(outages: Iterable[LineOutage]) -> Sequence[Sequence[LineOutage]]:
    groups: list[list[LineOutage]] = []
    ends: datetime | None = None
    for one in sorted(outages, key=lambda one: (one.started_at, one.line)):
        if ends is None or one.started_at >= ends:
            groups.append([])
            ends = one.ended_at
        groups[-1].append(one)
        ends = max(ends, one.ended_at)
    return groups


def _incident(provider: ProviderId | None, outages: Sequence[LineOutage]) -> Incident:
    return Incident(
        provider=provider,
        started_at=outages[0].started_at,
        ended_at=max(one.ended_at for one in outages),
        outages=tuple(outages),
    )
