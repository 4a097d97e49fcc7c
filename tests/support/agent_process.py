"""A real `netmon-agent run` process for tests."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from netmon.wire.timetable import PlannedSlot, ProbePlan, ProbeTarget, Timetable
from tests.support.agent import a_timetable, an_identity

LOG = "agent.log"


def write_settings(folder: Path, url: str, extra: str = "") -> Path:
    """agent.yaml in a folder, with the state of an enrolled device beside it."""
    path = folder / "agent.yaml"
    path.write_text(f"state_dir: state\ncollector: {url}\nallow_plain_http: true\n{extra}")
    (folder / "state").mkdir(exist_ok=True)
    an_identity(url).save(folder / "state")
    return path


@dataclass(frozen=True, slots=True)
class RunningAgent:
    """The process and what it said."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def stop(self) -> int:
        """Ask it to end, and its exit code."""
        self.process.terminate()
        return self.process.wait(15)


@contextmanager
def running_agent(settings: Path, *wrapper: str) -> Iterator[RunningAgent]:
    """The agent, killed at the end if it still runs. `wrapper` comes before its command."""
    command = [*wrapper, sys.executable, "-m", "netmon_agent", "run", "--config", str(settings)]
    path = settings.parent / LOG
    with path.open("ab") as log:
        process = subprocess.Popen(command, stderr=log)
    try:
        yield RunningAgent(process, path)
    finally:
        process.kill()
        process.wait()
        sys.stdout.write(path.read_text(encoding="utf-8"))  # pytest shows it where a test fails


def quick_timetable(*slots: PlannedSlot, targets: tuple[ProbeTarget, ...] = (), **changes: object) -> Timetable:
    """A timetable whose probes are quick."""
    probes = ProbePlan(interval_s=0.5, window_s=1.0, targets=targets)
    return a_timetable(*slots, probes=probes, **{"poll_s": 1.0, "issued_at": datetime.now(UTC), **changes})
