"""A line that the kernel shapes is read as what it is."""

from pathlib import Path

import pytest

from tests.lab.network import Lab, LineShape
from tests.lab.programs import LabServer, measure


@pytest.mark.needs("netns", "ethtool")
def test_a_shaped_line_is_read_within_one_percent_in_both_directions(tmp_path: Path) -> None:
    shape = LineShape(down_mbps=50, up_mbps=20)
    with Lab(shape) as lab, LabServer(lab.server, tmp_path) as server:
        answer = measure(lab.agent, server.key_file)
    assert answer["down"]["kind"] == answer["up"]["kind"] == "rate"
    assert answer["down"]["rate_bps"] == pytest.approx(shape.truth_down_bps, rel=0.01)
    assert answer["up"]["rate_bps"] == pytest.approx(shape.truth_up_bps, rel=0.01)
    assert answer["down"]["path"] == "direct"


@pytest.mark.needs("netns", "ethtool")
def test_a_line_under_its_threshold_is_below_and_one_above_is_at_least(tmp_path: Path) -> None:
    with Lab(LineShape(down_mbps=45, up_mbps=60)) as lab, LabServer(lab.server, tmp_path) as server:
        answer = measure(lab.agent, server.key_file, "--threshold-mbps", "50")
    assert answer["down"]["decision"] == "below"
    assert answer["up"]["decision"] == "at_least"


@pytest.mark.needs("netns", "ethtool")
def test_a_line_right_at_the_limit_is_borderline_and_stops_spending(tmp_path: Path) -> None:
    shape = LineShape(down_mbps=20)
    threshold = f"{shape.truth_down_bps / 1e6:.4f}"
    with Lab(shape) as lab, LabServer(lab.server, tmp_path) as server:
        words = ("--threshold-mbps", threshold, "--tolerance", "0", "--direction", "down")
        answer = measure(lab.agent, server.key_file, *words)["down"]
    assert (answer["decision"], answer["reason"]) == ("undecided", "borderline")
    assert answer["duration_s"] < 5
