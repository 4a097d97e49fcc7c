"""policy.yaml: what is refused, and that the shipped default says what the design says."""

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from netmon.config.calendar import read_calendars
from netmon.config.policy import check_feeding, read_policy
from netmon.domain.calendar import SchoolCalendar
from netmon.domain.identifiers import TerritoryId
from netmon.domain.measurement import Direction
from netmon.domain.period import PeriodKind
from netmon.domain.policy import AvailabilityRule, CoverageRule, EnoughData, SustainedRule, ThrottlingRule
from netmon.domain.registry import LocalityType
from netmon.errors import ConfigError
from tests.support.domain import NoSchoolIn
from tests.support.invalid_files import FOLDER, expected_message, invalid_files

CONFIG = FOLDER.parents[2] / "config"
TODAY = date(2026, 11, 23)


def shipped_calendars() -> list[SchoolCalendar]:
    return list(
        read_calendars(CONFIG / "calendar.yaml", territories={TerritoryId("region"), TerritoryId("district")}).values()
    )


@pytest.mark.parametrize("name", invalid_files("policy"))
def test_a_mistake_is_one_line_with_its_place_and_mend(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_policy(FOLDER / name)
    assert str(caught.value) == expected_message(name)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("unfed-policy-*.yaml")), ids=lambda path: path.stem)
def test_a_policy_that_the_timetable_cannot_feed_is_refused_at_its_key(path: Path) -> None:
    policy = read_policy(path)
    with pytest.raises(ConfigError) as caught:
        check_feeding(path, policy, shipped_calendars())
    assert str(caught.value) == expected_message(path.name)


@pytest.mark.parametrize("name", ["policy.yaml", "policy-demo.yaml"])
def test_the_shipped_timetables_feed_their_policies(name: str) -> None:
    check_feeding(CONFIG / name, read_policy(CONFIG / name), shipped_calendars())


def test_the_shipped_policy_asks_for_guaranteed_traffic_as_the_design_says() -> None:
    policy = read_policy(CONFIG / "policy.yaml")
    assert policy.availability == AvailabilityRule(min_up_bp=9900, min_known_bp=8000)
    assert policy.sustained == SustainedRule(min_passed=1)
    assert policy.throttling == ThrottlingRule(fall_percent=20, school_days=3)
    demo = read_policy(CONFIG / "policy-demo.yaml")
    assert (demo.availability, demo.sustained, demo.throttling) == (None, None, None)


def test_a_median_comes_with_the_estimates_it_needs(tmp_path: Path) -> None:
    text = (CONFIG / "policy.yaml").read_text(encoding="utf-8")
    path = tmp_path / "policy.yaml"
    path.write_text(text.replace("rule: share", "rule: median\nenough_estimates: {day: 1, week: 4, month: 10}"))
    policy = read_policy(path)
    assert policy.rule == "median"
    assert policy.enough_estimates == {PeriodKind.DAY: 1, PeriodKind.WEEK: 4, PeriodKind.MONTH: 10}


def test_the_shipped_policy_is_the_normative_one() -> None:
    policy = read_policy(CONFIG / "policy.yaml")
    assert {kind: policy.threshold_bps(kind, TODAY) for kind in LocalityType} == {
        LocalityType.CITY: 100_000_000,
        LocalityType.URBAN_SETTLEMENT: 50_000_000,
        LocalityType.RURAL: 50_000_000,
    }
    assert policy.limit_bps(100_000_000) == 95_000_000
    assert policy.deciding_directions == (Direction.DOWN,)
    assert policy.min_share_percent == 80
    assert policy.enough[PeriodKind.WEEK] == EnoughData(decided=20, days=5)
    assert policy.enough[PeriodKind.MONTH] == EnoughData(decided=60, days=10)
    assert policy.max_excluded_percent == 25
    assert policy.proof_within == timedelta(hours=2)
    assert policy.coverage == CoverageRule(
        period=PeriodKind.MONTH, open_period=False, min_school_days=10, carry_periods=4
    )
    assert (policy.receipt_required, policy.accept_emulated) == (True, False)


def test_working_hours_are_those_of_school_days() -> None:
    hours = read_policy(CONFIG / "policy.yaml").working_hours
    assert hours.on(TODAY, NoSchoolIn()) == (time(8), time(18))
    assert hours.on(TODAY, NoSchoolIn(11)) is None


def test_the_demonstration_policy_judges_by_the_same_thresholds_and_share() -> None:
    real, demo = read_policy(CONFIG / "policy.yaml"), read_policy(CONFIG / "policy-demo.yaml")
    assert demo.thresholds == real.thresholds
    assert (demo.tolerance_bp, demo.min_share_percent, demo.rule) == (
        real.tolerance_bp,
        real.min_share_percent,
        real.rule,
    )
    assert demo.id != real.id
