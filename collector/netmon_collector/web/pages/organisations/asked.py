"""What the address of the list asks for: a period, filters, an order, a page. What it does not know it leaves out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from netmon.domain.period import Period
from netmon.domain.registry import LocalityType
from netmon.domain.verdict import VerdictOutcome
from netmon_collector.web.pages.organisations.rows import OrganisationRow

PAGE_SIZE = 50
_LONGEST_TEXT = 100
_LARGEST_PAGE = 10_000
E = TypeVar("E", bound=StrEnum)

# What needs doing first stands first.
VERDICT_ORDER = (
    VerdictOutcome.NON_COMPLIANT,
    VerdictOutcome.INSUFFICIENT_DATA,
    VerdictOutcome.UNMEASURABLE,
    VerdictOutcome.EXEMPT,
    VerdictOutcome.COMPLIANT,
)


class Order(StrEnum):
    """The columns that the list can be ordered by."""

    VERDICT = "verdict"
    NAME = "name"
    PROVIDER = "provider"
    LOCALITY = "locality"
    RATE = "rate"
    SHARE = "share"
    AVAILABILITY = "availability"
    SEEN = "seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Without a period the newest closed one; `page` counts from 1."""

    period: Period | None = None
    text: str = ""
    verdict: VerdictOutcome | None = None
    provider: str = ""
    locality: LocalityType | None = None
    order: Order = Order.VERDICT
    descending: bool = False
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Asked":
        order = query.get("sort", "")
        return cls(
            period=_period(query.get("period", "")),
            text=query.get("q", "").strip()[:_LONGEST_TEXT],
            verdict=_member(VerdictOutcome, query.get("verdict", "").upper()),
            provider=query.get("provider", ""),
            locality=_member(LocalityType, query.get("locality", "")),
            order=_member(Order, order.removeprefix("-")) or Order.VERDICT,
            descending=order.startswith("-"),
            page=_page(query.get("page", "")),
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.text or self.verdict or self.provider or self.locality)

    def query(self, **changes: Any) -> dict[str, object]:
        """The same as an address says it; another filter or order begins on the first page."""
        one = replace(self, **{"page": 1, **changes})
        is_usual = one.order is Order.VERDICT and not one.descending
        return {
            "period": None if one.period is None else one.period.name,
            "q": one.text,
            "verdict": None if one.verdict is None else one.verdict.value.lower(),
            "provider": one.provider,
            "locality": None if one.locality is None else one.locality.value,
            "sort": None if is_usual else f"{'-' if one.descending else ''}{one.order.value}",
            "page": None if one.page == 1 else one.page,
        }


def _period(text: str) -> Period | None:
    try:
        return Period.parse(text)
    except ValueError:
        return None


def _member(kind: type[E], text: str) -> E | None:
    return next((one for one in kind if one.value == text), None)


def _page(text: str) -> int:
    return min(_LARGEST_PAGE, max(1, int(text[:6]))) if text.isascii() and text.isdigit() else 1


def chosen_rows(rows: Sequence[OrganisationRow], asked: Asked) -> Sequence[OrganisationRow]:
    """The rows that the filters leave, in the order asked for; among equals by name, unknown figures last."""
    found = [one for one in rows if _matches(one, asked)]
    found.sort(key=lambda one: (natural(one.name), one.id))
    key = _KEYS[asked.order]
    known = [one for one in found if key(one) is not None]
    known.sort(key=key, reverse=asked.descending)
    return [*known, *(one for one in found if key(one) is None)]


def _matches(row: OrganisationRow, asked: Asked) -> bool:
    return (
        (asked.verdict is None or row.outcome is asked.verdict)
        and (not asked.provider or any(provider == asked.provider for provider, _ in row.providers))
        and (asked.locality is None or asked.locality in row.kinds)
        and _has_text(row, asked.text.casefold())
    )


def _has_text(row: OrganisationRow, text: str) -> bool:
    texts = (row.name, row.id, *row.localities, *(name for _, name in row.providers))
    return all(any(part in one.casefold() for one in texts) for part in text.split())


def natural(name: str) -> tuple[tuple[bool, int, str], ...]:
    """A key by which No. 2 comes before No. 10."""
    return tuple((part.isdecimal(), int(part) if part.isdecimal() else 0, part.casefold()) for part in _parts(name))


def _parts(name: str) -> list[str]:
    parts: list[str] = []
    for letter in name:
        if parts and parts[-1][-1].isdecimal() == letter.isdecimal():
            parts[-1] += letter
        else:
            parts.append(letter)
    return parts


def _rate(row: OrganisationRow) -> float | None:
    """Against what is required: 60 of 100 is less than 40 of 50."""
    return None if row.rate_bps is None or not row.threshold_bps else row.rate_bps / row.threshold_bps


def _availability(row: OrganisationRow) -> float | None:
    found = row.availability
    return None if found is None or not found.known else found.up / found.known


_KEYS: Mapping[Order, Callable[[OrganisationRow], Any]] = {
    Order.VERDICT: lambda row: VERDICT_ORDER.index(row.outcome),
    Order.NAME: lambda row: natural(row.name),
    Order.PROVIDER: lambda row: row.providers[0][1].casefold() if row.providers else None,
    Order.LOCALITY: lambda row: row.localities[0].casefold() if row.localities else None,
    Order.RATE: _rate,
    Order.SHARE: lambda row: row.passed / row.decided if row.decided else None,
    Order.AVAILABILITY: _availability,
    Order.SEEN: lambda row: None if row.last_seen is None else row.last_seen.timestamp(),
}
