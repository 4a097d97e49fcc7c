"""The simulated district tells the story it is meant to tell, and says that it is none of the real ones."""

from collections.abc import Iterator
from datetime import date

import pytest

from netmon.domain.identifiers import LineId, OrganisationId, TerritoryId
from netmon.domain.measurement import Flag, Mode, ReceiptState
from netmon.domain.period import Period
from netmon.domain.verdict import Finding, VerdictOutcome
from netmon_collector.app import open_services
from netmon_collector.services import Services
from netmon_collector.use_cases.judging import Judgement, judge_period
from tests.support.simulated import UNTIL, a_simulated_district
from tests.support.store import FakeClock

DISTRICT = TerritoryId("district")
WEEK = Period.parse("2026-W47")
EXPECTED = {
    "line-01": VerdictOutcome.COMPLIANT,
    "line-03": VerdictOutcome.NON_COMPLIANT,
    "line-05": VerdictOutcome.NON_COMPLIANT,
    "line-06": VerdictOutcome.COMPLIANT,
    "line-07": VerdictOutcome.INSUFFICIENT_DATA,
    "line-09": VerdictOutcome.NON_COMPLIANT,
    "line-11": VerdictOutcome.COMPLIANT,
    "line-14": VerdictOutcome.NON_COMPLIANT,
    "line-16": VerdictOutcome.NON_COMPLIANT,
}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    config = a_simulated_district(tmp_path_factory.mktemp("simulation"), weeks=3)
    with open_services(config, FakeClock(UNTIL)) as found:
        yield found


@pytest.fixture(scope="module")
def judged(services: Services) -> Judgement:
    return judge_period(
        DISTRICT,
        WEEK,
        evidence=services.store,
        registry=services.registry,
        policy=services.policy,
        calendars=services.calendars,
        as_of=UNTIL,
    )


def test_every_line_gets_the_verdict_of_its_part(judged: Judgement) -> None:
    assert {line: judged.lines[LineId(line)].outcome for line in EXPECTED} == EXPECTED


def test_a_burst_is_found_by_the_sustained_test(judged: Judgement) -> None:
    assert Finding.BURST in judged.lines[LineId("line-09")].findings


def test_outages_of_one_provider_are_one_incident(services: Services) -> None:
    week = Period.parse("2026-W46")
    found = judge_period(
        DISTRICT,
        week,
        evidence=services.store,
        registry=services.registry,
        policy=services.policy,
        calendars=services.calendars,
        as_of=UNTIL,
    )

    assert [one.lines for one in found.incidents] == [(LineId("line-12"), LineId("line-13"))]


def test_an_exempt_organisation_is_exempt(judged: Judgement) -> None:
    assert judged.organisations[OrganisationId("kindergarten-06")].outcome is VerdictOutcome.EXEMPT


def test_past_weeks_are_closed_in_order(services: Services) -> None:
    closed = services.store.closed_periods(DISTRICT, WEEK.kind)

    assert max(closed) == Period.containing(date(2026, 11, 9), WEEK.kind)


def test_every_measurement_says_that_it_is_emulated_and_has_a_valid_receipt(services: Services) -> None:
    found = services.store.measurements([LineId("line-01")], *WEEK.bounds(UNTIL.tzinfo))  # type: ignore[arg-type]

    assert {one.mode for one in found} >= {Mode.DECISION, Mode.ESTIMATE}
    assert all(Flag.EMULATED_LINE in one.flags and one.receipt is ReceiptState.VALID for one in found)


def test_its_policy_says_in_its_name_that_it_is_none_to_judge_schools_by(services: Services) -> None:
    assert services.policy.name.ru.endswith("(имитация)")
    assert services.policy.id.endswith("-simulated")
