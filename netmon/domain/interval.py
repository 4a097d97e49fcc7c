"""Effective intervals: when a fact was in force, as local dates [from, to)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

from netmon.errors import DomainError

V = TypeVar("V")


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Local dates from `start` to the day before `end`; None means without a bound."""

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise DomainError(f"an interval ends on {self.end}, not after its start {self.start}")

    def contains(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    def overlaps(self, other: "Interval") -> bool:
        return _before(self.start, other.end) and _before(other.start, self.end)


ALWAYS = Interval()


def _before(start: date | None, end: date | None) -> bool:
    return start is None or end is None or start < end


class Effective(Protocol):
    """Anything that is in force during an interval."""

    @property
    def during(self) -> Interval: ...


F = TypeVar("F", bound=Effective)


def in_force(facts: Iterable[F], day: date) -> tuple[F, ...]:
    """The facts in force on a local day, in their order."""
    return tuple(fact for fact in facts if fact.during.contains(day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(Generic[V]):
    """One value of a fact that changes over time."""

    value: V
    during: Interval


@dataclass(frozen=True, slots=True)
class History(Generic[V]):
    """The values of one fact over time: at most one on any day.

    Raises DomainError when two of the intervals overlap.
    """

    entries: tuple[Dated[V], ...]

    def __post_init__(self) -> None:
        first = first_overlap(self.entries)
        if first is not None:
            raise DomainError(f"two values overlap: {first[0].value} and {first[1].value}")

    def at(self, day: date) -> V | None:
        """The value in force on a local day, None where nothing is known."""
        for entry in self.entries:
            if entry.during.contains(day):
                return entry.value
        return None


def first_overlap(facts: Sequence[F]) -> tuple[F, F] | None:
    """The first two facts whose intervals share a day, or None."""
    ordered = sorted(facts, key=lambda fact: fact.during.start or date.min)
    for earlier, later in pairwise(ordered):
        if earlier.during.overlaps(later.during):
            return earlier, later
    return None
