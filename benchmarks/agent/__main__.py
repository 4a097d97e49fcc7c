"""`make bench-agent`: memory of an agent beside a bare interpreter of the same run, processor, flash, installed size.

One JSON object a line; megabytes are 10^6 bytes. The program is installed into a folder of its own and compiled, as the
packages do.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.agent.device import a_device, a_gigabit_slot, settled
from benchmarks.agent.process import Memory, bare_interpreter, processor_s, written_bytes
from netmon.wire.records import RecordKind
from tests.support.measurement import running_server, some_settings

_COPY = Path(__file__).parents[2] / "agent" / "zipapp" / "copy-program"
_POLLS = 4


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-agent", description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the interpreter that agent and baseline run in")
    options = parser.parse_args()
    machine = {"python": options.python, "system": platform.platform(), "load": os.getloadavg()[0]}
    print(json.dumps({"machine": machine}), flush=True)
    with tempfile.TemporaryDirectory() as folder, bare_interpreter([options.python]) as pid:
        program, bare = Path(folder), Memory.of(pid)
        size = install(program, options.python)
        print(json.dumps({"part": "installed", "mb": round(size / 1e6, 2)}), flush=True)
        for part, figures in (
            ("idle", idle([options.python], program, bare)),
            ("peak", peak([options.python], program, bare)),
        ):
            rounded = {key: round(value, 2) for key, value in figures.items()}
            print(json.dumps({"part": part, **rounded, "load": os.getloadavg()[0]}), flush=True)


def install(program: Path, python: str) -> int:
    """The agent as the .deb installs it, compiled; answers its bytes."""
    subprocess.run([str(_COPY), str(program)], check=True)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([python, "-m", "compileall", "-q", str(program)], check=True, env=environment)
    return sum(path.stat().st_size for path in program.rglob("*") if path.is_file())


def idle(python: Sequence[str], program: Path, bare: Memory) -> Mapping[str, float]:
    """After some requests for the timetable, and what a minute of waiting costs."""
    with a_device(python, program) as device:
        device.await_requests(_POLLS)
        before, at_s = written_bytes(device.pid), processor_s(device.pid)
        settled(30.0)
        used_s, written = processor_s(device.pid) - at_s, written_bytes(device.pid) - before
        found = Memory.of(device.pid).above(bare)
    return {**found, "processor_percent": used_s / 30.0 * 100, "written_bytes_in_30_s": written}


def peak(python: Sequence[str], program: Path, bare: Memory) -> Mapping[str, float]:
    """The highest while 1 Gb/s is measured, what stays afterwards, and the rate that was read."""
    with (
        running_server(some_settings(budget_bps=2_000_000_000)) as server,
        a_device(python, program, [a_gigabit_slot(server.address[1])]) as device,
    ):
        device.collector.wait_for(lambda: bool(device.collector.of_kind(RecordKind.MEASUREMENT)), within_s=60.0)
        device.await_requests(2)
        found = Memory.of(device.pid).above(bare)
        (record,) = device.collector.of_kind(RecordKind.MEASUREMENT)
    rate = record.body["rate_bps"]
    return {**found, "rate_mbps": rate / 1e6 if isinstance(rate, int) else 0.0}


if __name__ == "__main__":
    main()
