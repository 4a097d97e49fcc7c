"""The simulated district in a folder of a test, ending on a known Friday evening."""

from datetime import UTC, datetime
from pathlib import Path

from netmon_collector.demo.simulation.files import prepare_simulation
from netmon_collector.demo.simulation.run import simulate
from netmon_collector.demo.stage import Stage

UNTIL = datetime(2026, 11, 20, 18, tzinfo=UTC)


def a_simulated_district(folder: Path, *, weeks: int, until: datetime = UNTIL) -> Path:
    """The collector.yaml of a district with so many weeks of history; a week takes about two seconds to make."""
    stage = Stage(folder / "simulated")
    key = prepare_simulation(
        stage, until=until.date(), page="http://127.0.0.1:8080/", listen="127.0.0.1:0", language="ru"
    )
    simulate(stage.config, key, weeks=weeks, until=until, seed=1, on_day=lambda _day: None)
    return stage.config
