"""The demo as its user runs it: the installed command, lines shaped by the kernel, an agent killed by hand."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

COMMAND = str(Path(sys.executable).with_name("netmon-collector"))
SEED = 7


def _agents(state: Path) -> list[tuple[int, str]]:
    """Process ids and line ids of the agents whose state lies in a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            paths = [word.decode() for word in words if word.startswith(str(state).encode()) and b"agent.yaml" in word]
            if paths and b"run" in words:
                found.append((int(entry.name), Path(paths[0]).parent.name))
    return found


def _wait_for_agents(state: Path, process: subprocess.Popen[str]) -> list[tuple[int, str]]:
    deadline, waiting = time.monotonic() + 60, threading.Event()
    while not (agents := _agents(state)):
        assert time.monotonic() < deadline, "no agent was started"
        assert process.poll() is None, "the demo ended early"
        waiting.wait(0.2)
    return agents


@pytest.mark.needs("netns")
def test_the_demo_proves_itself_and_survives_an_agent_killed_by_hand(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    command = [COMMAND, "demo", "--once", "--json", "--seed", str(SEED), "--port", "0"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        pid, killed = sorted(_wait_for_agents(tmp_path, process), key=lambda one: one[1])[0]
        os.kill(pid, signal.SIGKILL)
        output, messages = process.communicate(timeout=240)
    assert process.returncode == 0, messages
    found = json.loads(output)
    assert found["policy"] == "policy-demo"
    lines = {line["line"]: line for line in found["lines"]}
    assert {line["shaping"] for line in lines.values()} == {"kernel"}
    for line in lines.values():
        if line["line"] != killed and line["part"] not in ("dead", "silent"):
            assert line["rate_bps"] == pytest.approx(line["line_bps"], rel=0.03)
    assert lines[killed]["outcome"] == "INSUFFICIENT_DATA"
    assert "the agent has been silent since" in lines[killed]["explanation"]["en"]
    indicator = found["indicator"]
    assert (indicator["denominator"], indicator["target_percent"]) == (17, 100)
    assert indicator["numerator"] == sum(
        len(line["organisations"]) for line in lines.values() if line["outcome"] == "COMPLIANT"
    )
    assert {one["id"] for one in indicator["organisations"]} == {
        organisation for line in lines.values() for organisation in line["organisations"]
    }
    _the_store_still_answers(environment)


def _the_store_still_answers(environment: dict[str, str]) -> None:
    """The indicator over the demo's store, at the ends of the roadmap's years and today."""
    targets = []
    for at in [f"{year}-12-31" for year in range(2019, 2025)] + [None]:
        day = [] if at is None else ["--at", at]
        command = [COMMAND, "indicator", "--json", *day]
        answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
        targets.append(json.loads(answer.stdout)["target_percent"])
    assert targets == [17, 35, 52, 70, 88, 100, 100]
