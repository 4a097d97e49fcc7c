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

from benchmarks.agent.device import Device, a_device, a_gigabit_slot, settled, written_back
from benchmarks.agent.process import Memory, bare_interpreter, processor_s, written_bytes
from benchmarks.agent.sockets import watched
from netmon.wire.records import RecordKind
from netmon.wire.timetable import ProbePlan
from tests.support.measurement import running_server, some_settings

_COPY = Path(__file__).parents[2] / "agent" / "zipapp" / "copy-program"
_POLLS = 4
_SPAN_S = 30.0
_UNTIL_STEADY_S = 90.0  # then the log of the outbox has its full length
# What a day of the default timetable has: requests every 15 minutes, windows of five, decisions and an estimate.
_POLLS_A_DAY, _WINDOWS_A_DAY, _SLOTS_A_DAY = 96, 288, 15
_QUICK = ProbePlan(interval_s=0.5, window_s=1.0, targets=())


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
            ("flash", flash([options.python], program)),
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


def flash(python: Sequence[str], program: Path) -> Mapping[str, float]:
    """Bytes that reach the disk a request, a window of three targets and a slot, and so in a day.

    By /proc/PID/io, on the disk of the temporary folder: in a memory file system nothing is counted. What a process
    left dirty is written back twice a second: between two windows of five minutes the kernel does so by itself.
    """
    with a_device(python, program) as device:
        device.await_requests(_POLLS)
        polls, _, written = _in_a_span(device)
        poll = written / max(1, polls)
    with a_device(python, program, probes=_QUICK) as device:
        written_back(_UNTIL_STEADY_S)
        polls, windows, written = _in_a_span(device)
        window = max(0.0, written - poll * polls) / windows
    # A slot is written in two transactions of one record each; a window in one of three.
    slot = 2 * window
    day = poll * _POLLS_A_DAY + window * _WINDOWS_A_DAY + slot * _SLOTS_A_DAY
    return {"bytes_a_poll": poll, "bytes_a_window": window, "bytes_a_slot": slot, "mb_a_day": day / 1e6}


def _in_a_span(device: Device) -> tuple[int, float, int]:
    """Requests, windows that arrived and bytes written."""

    def so_far() -> tuple[int, float, int]:
        windows = len(device.collector.of_kind(RecordKind.LATENCY)) / 3
        return len(device.collector.asked), windows, written_bytes(device.pid)

    polls, windows, written = so_far()
    written_back(_SPAN_S)
    polls_then, windows_then, written_then = so_far()
    return polls_then - polls, windows_then - windows, written_then - written


def peak(python: Sequence[str], program: Path, bare: Memory) -> Mapping[str, float]:
    """The highest while 1 Gb/s is measured, what stays afterwards, and the rate that was read.

    The kernel's memory for sockets is of both ends: the server runs on the same machine.
    """
    with (
        watched() as sockets,
        running_server(some_settings(budget_bps=2_000_000_000)) as server,
        a_device(python, program, [a_gigabit_slot(server.address[1])]) as device,
    ):
        device.collector.wait_for(lambda: bool(device.collector.of_kind(RecordKind.MEASUREMENT)), within_s=60.0)
        device.await_requests(2)
        found = Memory.of(device.pid).above(bare)
        (record,) = device.collector.of_kind(RecordKind.MEASUREMENT)
    rate = record.body["rate_bps"]
    of_sockets = {"both_ends_socket_mb": sockets.most_bytes / 1e6}
    return {**found, **of_sockets, "rate_mbps": rate / 1e6 if isinstance(rate, int) else 0.0}


if __name__ == "__main__":
    main()
