"""Closing of periods (D8): what is due when, whether a new judgement differs, and the chain that shows every change."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from hashlib import sha256

from netmon.domain.identifiers import TerritoryId
from netmon.domain.period import Period, PeriodKind

CLOSING_KINDS = (PeriodKind.WEEK, PeriodKind.MONTH)
_CLOSES_AT = time(6)
_DAYS_AFTER = {PeriodKind.WEEK: 1, PeriodKind.MONTH: 3}  # after the last day: the Monday, the 3rd
REVISED_FOR = timedelta(days=92)  # how long after its end late data can still revise a closed period


def closes_at(period: Period, zone: tzinfo) -> datetime:
    """The instant at which a period closes: a week on Monday, a month on the 3rd, at 06:00 local time."""
    day = period.last + timedelta(days=_DAYS_AFTER[period.kind])
    return datetime.combine(day, _CLOSES_AT, tzinfo=zone).astimezone(UTC)


def due_periods(
    at: datetime, zone: tzinfo, *, kind: PeriodKind, since: date, closed: Collection[Period]
) -> Iterator[Period]:
    """The periods of a kind that should be closed at an instant and are not, earliest first.

    `since` is the local day on which measuring began: periods before it have nothing to close.
    """
    period = Period.containing(since, kind)
    while closes_at(period, zone) <= at:
        if period not in closed:
            yield period
        period = Period.containing(period.last + timedelta(days=1), kind)


def working_date(at: datetime, zone: tzinfo) -> date:
    """The local date that begins at 06:00: closed periods are looked at again once in each."""
    hours = timedelta(hours=_CLOSES_AT.hour)
    return (at.astimezone(zone).replace(tzinfo=None) - hours).date()


def may_be_revised(period: Period, at: datetime, zone: tzinfo) -> bool:
    """Whether late data can still give a closed period a new revision."""
    return at < closes_at(period, zone) + REVISED_FOR


Content = Mapping[str, object]
_NOT_FIGURES = frozenset({"explanation", "input_hash", "last_seen"})
# Their keys are data, not names that a later release may add to.
_COUNTED_BY_NAME = frozenset({"excluded", "parts"})


def differs(before: Content, now: Content) -> bool:
    """Whether a verdict or a figure of it is another one; both are what was stored of one subject, read from JSON.

    Sentences are made of the figures, and a later release may word them anew or print more: only what both have counts.
    An input that changed no figure changes nothing.
    """
    return any(
        before[key] != now[key] if key in _COUNTED_BY_NAME else _is_other(before[key], now[key])
        for key in (before.keys() & now.keys()) - _NOT_FIGURES
    )


def _is_other(before: object, now: object) -> bool:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        return differs(before, now)
    if isinstance(before, list) and isinstance(now, list):
        return len(before) != len(now) or any(map(_is_other, before, now))
    return before != now


def root_hash(verdict_hashes: Iterable[str]) -> str:
    """One hash for all verdicts of a period, whatever order they come in."""
    return _hash(sorted(verdict_hashes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One revision of one closed period in the chain of its territory and kind.

    `number` counts from 1; `previous` is the `hash` of the link before it, None for the first.
    """

    territory: TerritoryId
    period: Period
    number: int
    revision: int
    closed_at: datetime
    policy_hash: str
    summary_hash: str
    root: str
    previous: str | None

    @property
    def hash(self) -> str:
        """SHA-256 over every member, one a line."""
        return _hash(
            (
                self.previous or "",
                self.territory,
                self.period.name,
                str(self.number),
                str(self.revision),
                self.closed_at.astimezone(UTC).isoformat(timespec="microseconds"),
                self.policy_hash,
                self.summary_hash,
                self.root,
            )
        )


def first_broken(links: Sequence[tuple[Link, str]]) -> Link | None:
    """The first link of a chain, in its order, that is not what its stored hash says or does not follow the one before.

    A link that was taken out shows in the number of the one after it; the last ones can be missed only by who kept
    their hashes, which is why they are printed.
    """
    previous: str | None = None
    for number, (link, stored) in enumerate(links, start=1):
        if link.number != number or link.previous != previous or link.hash != stored:
            return link
        previous = stored
    return None


def _hash(lines: Iterable[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()
