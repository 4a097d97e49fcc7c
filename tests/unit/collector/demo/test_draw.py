"""Drawing the demo's lines: every part is played, and no right verdict hangs on a percent."""

from collections import Counter
from datetime import date

import pytest

from netmon.config.policy import read_policy
from netmon.config.registry import read_registry
from netmon.domain.registry import LineRole, LocalityType
from netmon_collector.demo.draw import DrawnLine, Part, draw
from tests.support.invalid_files import FOLDER

CONFIG = FOLDER.parents[2] / "config"
DAY = date(2026, 11, 23)
REGISTRY, POLICY = read_registry(CONFIG / "registry.yaml"), read_policy(CONFIG / "policy-demo.yaml")


def drawn(seed: int) -> list[DrawnLine]:
    return list(draw(REGISTRY, POLICY, DAY, seed=seed))


def limit_of(line: DrawnLine) -> int:
    locality = REGISTRY.locality_type(line.line, DAY)
    assert locality is not None
    threshold = POLICY.threshold_bps(locality, DAY)
    assert threshold is not None
    return POLICY.limit_bps(threshold)


@pytest.mark.parametrize("seed", range(50))
def test_every_part_is_played_on_every_main_line(seed: int) -> None:
    lines = drawn(seed)
    parts = Counter(line.part for line in lines)
    assert [line.line for line in lines] == [line.id for line in REGISTRY.lines if line.role is LineRole.MAIN]
    assert (parts[Part.DEAD], parts[Part.SILENT], parts[Part.BUSY]) == (1, 1, 1)
    assert parts[Part.BELOW] >= 2
    assert parts[Part.ABOVE] >= 2


@pytest.mark.parametrize("seed", range(50))
def test_rates_keep_away_from_the_limit_and_below_what_an_estimate_can_see(seed: int) -> None:
    for line in drawn(seed):
        limit = limit_of(line)
        if line.part is Part.DEAD:
            assert line.line_bps == 0
        elif line.part is Part.BELOW:
            assert 0.4 * limit < line.line_bps < 0.9 * limit
        else:
            assert 1.05 * limit < line.line_bps < 1.65 * limit


@pytest.mark.parametrize("seed", range(50))
def test_two_city_lines_prove_what_the_server_delivers(seed: int) -> None:
    proving = [
        line
        for line in drawn(seed)
        if line.part in (Part.ABOVE, Part.BUSY) and REGISTRY.locality_type(line.line, DAY) is LocalityType.CITY
    ]
    assert len(proving) >= 2


def test_a_line_that_organisations_share_is_always_measured() -> None:
    shared = [line.id for line in REGISTRY.lines if len(REGISTRY.organisations_of(line.id, DAY)) > 1]
    assert shared
    for seed in range(50):
        parts = {line.line: line.part for line in drawn(seed)}
        assert all(parts[line] not in (Part.DEAD, Part.SILENT) for line in shared)


def test_a_seed_draws_the_same_lines_again_and_another_one_others() -> None:
    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)
