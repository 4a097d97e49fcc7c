"""The districts of a region, each against its own target."""

from collections.abc import Sequence
from dataclasses import dataclass

from netmon.domain.coverage import Coverage
from netmon.domain.registry import Registry
from netmon.domain.verdict import VerdictOutcome
from netmon_collector.wording.figures import percent_text, share_percent
from netmon_collector.wording.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictRow:
    id: str
    name: str
    numerator: int
    denominator: int
    percent: str
    upper: str
    target: str | None
    met: bool | None
    missing: int | None
    failing: int
    unknown: int


def district_rows(found: Sequence[Coverage], registry: Registry, language: Language) -> tuple[DistrictRow, ...]:
    """The weakest first."""
    ordered = sorted(found, key=lambda one: (one.percent, one.territory))
    return tuple(_row(one, registry, language) for one in ordered)


def _row(one: Coverage, registry: Registry, language: Language) -> DistrictRow:
    return DistrictRow(
        id=one.territory,
        name=registry.territory_by_id[one.territory].name.in_language(language),
        numerator=one.numerator,
        denominator=one.denominator,
        percent=percent_text(one.percent, language),
        upper=percent_text(share_percent(one.upper_numerator, one.denominator), language),
        target=None if one.target_percent is None else percent_text(one.target_percent, language),
        met=one.met,
        missing=one.missing,
        failing=sum(each.outcome is VerdictOutcome.NON_COMPLIANT for each in one.organisations),
        unknown=one.upper_numerator - one.numerator,
    )
