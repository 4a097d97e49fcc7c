"""A short soak: two simulated days of kills, power cuts, full disks, set clocks and a collector in trouble."""

from pathlib import Path

import pytest

from tests.soak.run import soak


@pytest.mark.needs("gcc")
def test_every_acknowledged_record_arrives_exactly_once_whatever_happens(tmp_path: Path) -> None:
    counts = soak(tmp_path, days=2, kills=5, seed=3)
    assert counts["kills"] == 5
    assert counts["power cuts"] == 2
    assert counts["records acknowledged"] > 100
    injected = sum(counts[name] for name in counts if name.startswith("answers "))
    assert injected > 3, f"the soak soaked nothing: {counts}"
    assert counts["writes refused by the disk"] > 0
    assert counts["requests while the collector is down"] > 0
