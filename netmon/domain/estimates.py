"""Full estimates of a line's rate: their median, and what it is held against (the limit, the contract)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from netmon.domain.identifiers import ProviderId
from netmon.domain.interval import in_force
from netmon.domain.measurement import Direction, Mode
from netmon.domain.registry import Contract
from netmon.domain.slot import JudgedSlot, Outcome
from netmon.domain.statistics import quantile

_MEGABIT = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """The decided full estimates of a period: `below` of them are under their limit.

    `hidden` counts the planned ones whose records may have been withheld.
    """

    count: int = 0
    below: int = 0
    hidden: int = 0
    median_bps: int | None = None

    @property
    def median_reaches_limit(self) -> bool:
        """Whether the nearest-rank median is at least the limit, each estimate held against its own."""
        return _median_reaches(self.count, self.below)

    @property
    def survives_hidden(self) -> bool:
        """Whether it still were if every estimate that may have been withheld was below."""
        return _median_reaches(self.count + self.hidden, self.below + self.hidden)


def _median_reaches(count: int, below: int) -> bool:
    return below < -(-count // 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFigures:
    """What was bought beside what was measured while the contract was in force: full estimates of downloads only."""

    provider: ProviderId
    number: str
    rate_bps: int
    price_rub_month: int | None
    estimates: int
    median_bps: int | None

    @property
    def measured_percent(self) -> int | None:
        """The measured rate as a share of the contracted one, rounded down."""
        return None if self.median_bps is None else self.median_bps * 100 // self.rate_bps

    @property
    def contracted_rub_per_mbps(self) -> float | None:
        """The monthly price of one Mb/s as bought, to the kopeck."""
        return self._rub_per_mbps(self.rate_bps)

    @property
    def measured_rub_per_mbps(self) -> float | None:
        """The monthly price of one Mb/s as measured, to the kopeck."""
        return None if not self.median_bps else self._rub_per_mbps(self.median_bps)

    def _rub_per_mbps(self, rate_bps: int) -> float | None:
        if self.price_rub_month is None:
            return None
        return float(round(Fraction(self.price_rub_month * _MEGABIT, rate_bps), 2))


def estimates(slots: Iterable[JudgedSlot]) -> Estimates:
    """The estimates that the median is of; a line that was down when one was planned counts as a rate of 0."""
    planned = [one for one in slots if one.slot.mode is Mode.ESTIMATE]
    counted = [one for one in planned if one.outcome is not Outcome.EXCLUDED and not one.censored]
    rates = sorted(one.rate_bps or 0 for one in counted)
    return Estimates(
        count=len(rates),
        below=sum(one.outcome is Outcome.FAIL for one in counted),
        hidden=sum(one.exclusion is not None and one.exclusion.could_hide_a_fail for one in planned),
        median_bps=quantile(rates, 50) if rates else None,
    )


def contract_figures(slots: Iterable[JudgedSlot], contracts: Sequence[Contract]) -> tuple[ContractFigures, ...]:
    """Each contract that was in force on a day of these slots, with the estimates of its days."""
    if not contracts:
        return ()
    rates: dict[Contract, list[int]] = {}
    for one in slots:
        for contract in in_force(contracts, one.day):
            of_contract = rates.setdefault(contract, [])
            if one.rate_bps is not None and _tells_the_rate(one):
                of_contract.append(one.rate_bps)
    return tuple(_figures(contract, sorted(found)) for contract, found in rates.items())


def _tells_the_rate(one: JudgedSlot) -> bool:
    """Whether nothing but the line was the limit of a full download."""
    is_estimate = one.slot.mode is Mode.ESTIMATE and one.slot.direction is Direction.DOWN
    return is_estimate and one.outcome is not Outcome.EXCLUDED and not one.censored


def _figures(contract: Contract, rates: Sequence[int]) -> ContractFigures:
    return ContractFigures(
        provider=contract.provider,
        number=contract.number,
        rate_bps=contract.rate_bps,
        price_rub_month=contract.price_rub_month,
        estimates=len(rates),
        median_bps=quantile(rates, 50) if rates else None,
    )
