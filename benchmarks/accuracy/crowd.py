"""Many agents at once against one server's budget: nobody's result wrong for another's sake, never above the budget.

``python -m benchmarks.accuracy.crowd --agents 50 --budget-mbps 500``: every agent decides about 50 Mb/s on an unshaped
line and comes back at the time it is given; the server's interface is read every 50 ms.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from netmon.wire.canonical import parse_time
from tests.lab.namespaces import Namespace
from tests.lab.network import PORT, SERVER_ADDRESS, Lab, LineShape
from tests.lab.programs import LabServer

_THRESHOLD_MBPS = 50
_UNSHAPED_MBPS = 10_000
_SAMPLE_S = 0.05
_SMOOTHED_SAMPLES = 4
_MOST_ROUNDS = 200


class Outcomes:
    """What came of every agent."""

    def __init__(self) -> None:
        self.decisions: list[str] = []
        self.refusals = 0


def agent(lab: Lab, key: Path, outcomes: Outcomes) -> None:
    """Ask until admitted, each time no sooner than the server said."""
    command = [sys.executable, "-m", "netmon_agent", "measure", "--server", f"{SERVER_ADDRESS}:{PORT}", "--json"]
    command += ["--ticket-key-file", str(key), "--threshold-mbps", str(_THRESHOLD_MBPS), "--direction", "down"]
    for _ in range(_MOST_ROUNDS):
        process = lab.agent.start(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        found = json.loads(process.communicate()[0])["down"]
        if found["reason"] != "server_busy":
            outcomes.decisions.append(str(found["decision"] or found["reason"]))
            return
        outcomes.refusals += 1
        wait_s = (parse_time(found["retry_at"]) - datetime.now(UTC)).total_seconds()
        time.sleep(max(wait_s, 0.1))


def watch(namespace: Namespace, done: threading.Event) -> list[float]:
    """The rate of the server's interface, smoothed over a fifth of a second, in Mb/s."""
    script = (
        "import sys, time\n"
        "while True:\n"
        "    row = next(r for r in open('/proc/net/dev') if r.strip().startswith('srv0:'))\n"
        "    print(time.monotonic(), row.split(':')[1].split()[8], flush=True); time.sleep(float(sys.argv[1]))\n"
    )
    process = namespace.start([sys.executable, "-c", script, str(_SAMPLE_S)], stdout=subprocess.PIPE)
    done.wait()
    process.kill()
    lines = process.communicate()[0].splitlines()[:-1]  # it may have been killed in the middle of the last
    samples = [tuple(map(float, line.split())) for line in lines]
    return [
        (later[1] - earlier[1]) * 8e-6 / (later[0] - earlier[0])
        for earlier, later in zip(samples, samples[_SMOOTHED_SAMPLES:], strict=False)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--budget-mbps", type=int, default=500)
    options = parser.parse_args()
    outcomes, done, rates = Outcomes(), threading.Event(), []
    with (
        tempfile.TemporaryDirectory() as folder,
        Lab(LineShape(down_mbps=_UNSHAPED_MBPS)) as lab,
        LabServer(lab.server, Path(folder), budget_mbps=options.budget_mbps) as server,
    ):
        watching = threading.Thread(target=lambda: rates.extend(watch(lab.server, done)))
        watching.start()
        threads = [threading.Thread(target=agent, args=(lab, server.key_file, outcomes)) for _ in range(options.agents)]
        start = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took_s = time.monotonic() - start
        done.set()
        watching.join()
    right = outcomes.decisions.count("at_least")
    print(f"{options.agents} agents: {right} right, {len(outcomes.decisions) - right} not, in {took_s:.0f} s")
    print(f"refused with a time: {outcomes.refusals}; busiest fifth of a second: {max(rates):.0f} Mb/s")
    print(f"budget: {options.budget_mbps} Mb/s")


if __name__ == "__main__":
    main()
