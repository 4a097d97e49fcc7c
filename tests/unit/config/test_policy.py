"""policy.yaml: what is refused, and that the shipped default says what the design says."""

from datetime import date, time, timedelta

import pytest

from netmon.config.policy import read_policy
from netmon.domain.measurement import Direction
from netmon.domain.period import PeriodKind
from netmon.domain.policy import CoverageRule, EnoughData
from netmon.domain.registry import LocalityType
from netmon.errors import ConfigError
from tests.support.domain import NoSchoolIn
from tests.support.invalid_files import FOLDER, expected_message, invalid_files

CONFIG = FOLDER.parents[2] / "config"
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("name", invalid_files("policy"))
def test_a_mistake_is_one_line_with_its_place_and_mend(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_policy(FOLDER / name)
    assert str(caught.value) == expected_message(name)


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
