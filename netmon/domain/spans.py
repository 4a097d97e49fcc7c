"""Spans of time [start, end): union, intersection, difference and length."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]


def union(spans: Iterable[Span]) -> list[Span]:
    """The instants of any span, as spans in order that do not touch."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            if end > found[-1][1]:
                found[-1] = (found[-1][0], end)
        elif start < end:
            found.append((start, end))
    return found


def intersection(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    """The instants that both have; each must be a union."""
    found: list[Span] = []
    one = two = 0
    while one < len(first) and two < len(second):
        start, end = max(first[one][0], second[two][0]), min(first[one][1], second[two][1])
        if start < end:
            found.append((start, end))
        if first[one][1] < second[two][1]:
            one += 1
        else:
            two += 1
    return found


def difference(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    """The instants of the first that the second has not; each must be a union."""
    found: list[Span] = []
    for start, end in first:
        left = start
        for hole_start, hole_end in intersection([(start, end)], second):
            if left < hole_start:
                found.append((left, hole_start))
            left = hole_end
        if left < end:
            found.append((left, end))
    return found


def length(spans: Iterable[Span]) -> timedelta:
    return sum((end - start for start, end in spans), timedelta())
