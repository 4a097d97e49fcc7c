"""Full estimates: the median against the limit and the contract."""

from datetime import date, timedelta

import pytest

from netmon.domain.estimates import ContractFigures, Estimates, contract_figures, estimates
from netmon.domain.identifiers import ProviderId
from netmon.domain.interval import Interval
from netmon.domain.measurement import Direction, Mode
from netmon.domain.slot import ExclusionReason, FailCause, JudgedSlot, Outcome
from tests.support.domain import MEGABIT, MONDAY, a_contract, a_slot, local


def an_estimate(
    outcome: Outcome,
    mbps: float | None = None,
    *,
    mode: Mode = Mode.ESTIMATE,
    direction: Direction = Direction.DOWN,
    censored: bool = False,
    exclusion: ExclusionReason | None = None,
    cause: FailCause | None = None,
    day: date = MONDAY,
) -> JudgedSlot:
    return JudgedSlot(
        slot=a_slot(local(day, 10), mode=mode, direction=direction),
        day=day,
        hour=10,
        outcome=outcome,
        exclusion=exclusion,
        cause=cause,
        rate_bps=None if mbps is None else round(mbps * MEGABIT),
        censored=censored,
    )


GOOD, BAD = an_estimate(Outcome.PASS, 60), an_estimate(Outcome.FAIL, 40)
DEAD = an_estimate(Outcome.FAIL, cause=FailCause.LINE_DOWN)


def test_only_decided_full_estimates_make_the_median() -> None:
    found = estimates(
        [
            GOOD,
            BAD,
            an_estimate(Outcome.PASS, 90, mode=Mode.DECISION),
            an_estimate(Outcome.PASS, 90, mode=Mode.SUSTAINED),
            an_estimate(Outcome.PASS, 90, censored=True),
            an_estimate(Outcome.EXCLUDED, 90, exclusion=ExclusionReason.UNPROVEN),
        ]
    )
    assert found == Estimates(count=2, below=1, hidden=0, median_bps=40 * MEGABIT)


def test_a_line_that_was_down_counts_as_nothing() -> None:
    assert estimates([GOOD, DEAD, DEAD]) == Estimates(count=3, below=2, median_bps=0)


def test_estimates_that_may_have_been_withheld_are_counted() -> None:
    off = an_estimate(Outcome.EXCLUDED, exclusion=ExclusionReason.AGENT_OFF)
    elsewhere = an_estimate(Outcome.EXCLUDED, exclusion=ExclusionReason.AGENT_OFF, mode=Mode.DECISION)
    assert estimates([GOOD, off, elsewhere]) == Estimates(count=1, hidden=1, median_bps=60 * MEGABIT)
    assert estimates([]) == Estimates()


@pytest.mark.parametrize(
    ("count", "below", "hidden", "reaches", "survives"),
    [
        (3, 1, 0, True, True),  # the second of three
        (3, 2, 0, False, False),
        (4, 1, 0, True, True),  # nearest rank: the second of four
        (4, 2, 0, False, False),
        (5, 2, 0, True, True),
        (5, 2, 1, True, False),
        (20, 0, 19, True, True),
        (20, 0, 20, True, False),
        (0, 0, 0, False, False),
    ],
)
def test_the_median_reaches_the_limit_by_nearest_rank(
    count: int, below: int, hidden: int, *, reaches: bool, survives: bool
) -> None:
    found = Estimates(count=count, below=below, hidden=hidden)
    assert (found.median_reaches_limit, found.survives_hidden) == (reaches, survives)


def test_each_contract_is_held_against_the_estimates_of_its_days() -> None:
    old = a_contract(rate_mbps=50, during=Interval(None, MONDAY), number="1")
    new = a_contract(rate_mbps=100, during=Interval(MONDAY, None), number="2")
    later = a_contract(rate_mbps=200, during=Interval(MONDAY + timedelta(days=9), None), number="3")
    slots = [
        an_estimate(Outcome.PASS, 49, day=MONDAY - timedelta(days=1)),
        GOOD,
        BAD,
        DEAD,
        an_estimate(Outcome.PASS, 95, censored=True),
        an_estimate(Outcome.PASS, 95, mode=Mode.SUSTAINED),
        an_estimate(Outcome.PASS, 95, direction=Direction.UP),
        an_estimate(Outcome.EXCLUDED, 95, exclusion=ExclusionReason.RECEIPT),
    ]
    found = contract_figures(slots, (old, new, later))
    assert [(one.number, one.estimates, one.median_bps, one.measured_percent) for one in found] == [
        ("1", 1, 49 * MEGABIT, 98),
        ("2", 2, 40 * MEGABIT, 40),
    ]
    assert contract_figures(slots, ()) == ()


def a_comparison(*, price: int | None = 4500, median_bps: int | None = 60 * MEGABIT) -> ContractFigures:
    return ContractFigures(
        provider=ProviderId("provider-a"),
        number="1",
        rate_bps=70 * MEGABIT,
        price_rub_month=price,
        estimates=3,
        median_bps=median_bps,
    )


def test_the_cost_of_a_megabit_is_exact_to_the_kopeck() -> None:
    assert a_comparison().contracted_rub_per_mbps == 64.29
    assert a_comparison().measured_rub_per_mbps == 75.0
    assert a_comparison().measured_percent == 85
    assert a_comparison(price=7_000_000).contracted_rub_per_mbps == 100_000.0  # where a bit more or less would show


def test_what_is_not_known_has_no_cost() -> None:
    assert a_comparison(price=None).contracted_rub_per_mbps is None
    assert a_comparison(price=None).measured_rub_per_mbps is None
    assert a_comparison(median_bps=None).measured_rub_per_mbps is None
    assert a_comparison(median_bps=None).measured_percent is None
    assert a_comparison(median_bps=0).measured_rub_per_mbps is None
