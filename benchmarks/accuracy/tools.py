"""The tools that are compared: how each is run in the lab, and against which layer of the line it is judged."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.lab.namespaces import Namespace
from tests.lab.network import PORT, SERVER_ADDRESS, Lab

# TCP payload, Ethernet frame and IP packet of a full segment: MTU 1500, IPv4, timestamps.
_PAYLOAD, _FRAME, _IP = 1448, 1514, 1500
_TIMEOUT_S = 90.0
_IPERF3_PORT = 5201


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of one tool. `error` is against the tool's own layer; the rest is what it cost."""

    rate_bps: float | None
    error: float | None
    wire_bytes: int
    cpu_s: float
    rss_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """`share` is what the tool reports of each byte of IP: 1 at the IP layer, less for TCP payload."""

    name: str
    share: float
    directions: tuple[str, ...]
    command: Callable[[str, Path], list[str]]
    rate_of: Callable[[dict[str, object], str], float]
    own_cpu: bool = False


def _netmon(direction: str, key: Path) -> list[str]:
    words = ["measure", "--server", f"{SERVER_ADDRESS}:{PORT}", "--ticket-key-file", str(key), "--json"]
    return [sys.executable, "-m", "netmon_agent", *words, "--interface", "wan0", "--direction", direction]


def _iperf3(*words: str) -> Callable[[str, Path], list[str]]:
    def command(direction: str, _key: Path) -> list[str]:
        reverse = ["--reverse"] if direction == "down" else []
        return [
            "iperf3",
            "-c",
            SERVER_ADDRESS,
            "-p",
            str(_IPERF3_PORT),
            "-J",
            "-t",
            "10",
            "-C",
            "cubic",
            *words,
            *reverse,
        ]

    return command


def _speedtest(direction: str, _key: Path) -> list[str]:
    hosts = f"{SERVER_ADDRESS} www.speedtest.net c.speedtest.net"
    way = "--no-upload" if direction == "down" else "--no-download"
    script = (
        'file=$(mktemp); printf "127.0.0.1 localhost\\n%s\\n" "$1" > "$file"; '
        'mount --bind "$file" /etc/hosts; rm "$file"; shift; exec "$@"'
    )
    return ["unshare", "-m", "sh", "-c", script, "sh", hosts, sys.executable, "-m", "speedtest", "--json", way]


def _client(name: str) -> Callable[[str, Path], list[str]]:
    return lambda _direction, _key: [sys.executable, "-m", "benchmarks.accuracy.clients", name, SERVER_ADDRESS]


def _number(document: object, *path: str) -> float:
    for key in path:
        document = document[key] if isinstance(document, dict) else None
    if not isinstance(document, int | float):
        raise ValueError(f"no {'.'.join(path)}")
    return float(document)


def _of_netmon(document: dict[str, object], direction: str) -> float:
    return _number(document, direction, "rate_bps")


def _of_iperf3(document: dict[str, object], _direction: str) -> float:
    return _number(document, "end", "sum_received", "bits_per_second")


def _of_speedtest(document: dict[str, object], direction: str) -> float:
    return _number(document, "download" if direction == "down" else "upload")


def _of_client(document: dict[str, object], _direction: str) -> float:
    return _number(document, "rate_bps")


BOTH, DOWN = ("down", "up"), ("down",)
TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(name="netmon", share=1.0, directions=BOTH, command=_netmon, rate_of=_of_netmon, own_cpu=True),
        Tool(name="iperf3", share=_PAYLOAD / _IP, directions=BOTH, command=_iperf3(), rate_of=_of_iperf3),
        Tool(name="iperf3 -P4", share=_PAYLOAD / _IP, directions=BOTH, command=_iperf3("-P", "4"), rate_of=_of_iperf3),
        Tool(name="speedtest-cli", share=_PAYLOAD / _IP, directions=BOTH, command=_speedtest, rate_of=_of_speedtest),
        Tool(name="ndt7", share=_PAYLOAD / _IP, directions=DOWN, command=_client("ndt7"), rate_of=_of_client),
        Tool(name="librespeed", share=_FRAME / _IP, directions=DOWN, command=_client("librespeed"), rate_of=_of_client),
    )
}


def _counted(namespace: Namespace) -> int:
    rows = namespace.run("cat", "/proc/net/dev").splitlines()
    fields = next(row.split(":")[1].split() for row in rows if row.strip().startswith("wan0:"))
    return int(fields[0]) + int(fields[8])


def run(tool: Tool, lab: Lab, direction: str, key: Path, *, start_up_s: float) -> Run:
    """Run a tool once on a freshly shaped line. A tool that fails has no rate."""
    lab.shape_line()
    truth = (lab.shape.truth_down_bps if direction == "down" else lab.shape.truth_up_bps) * tool.share
    before = _counted(lab.agent)
    process = lab.agent.start(tool.command(direction, key), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    out = process.stdout.read()
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    process.stdout.close()
    cpu_s = max(usage.ru_utime + usage.ru_stime - start_up_s, 0.0)
    try:
        document = json.loads(out)
        rate: float | None = tool.rate_of(document, direction)
        cpu_s = _number(document, "cpu_s") if tool.own_cpu else cpu_s
    except (ValueError, KeyError, TypeError):
        rate = None
    return Run(
        rate_bps=rate,
        error=None if rate is None else rate / truth - 1,
        wire_bytes=_counted(lab.agent) - before,
        cpu_s=cpu_s,
        rss_bytes=usage.ru_maxrss * 1024,
    )


def start_up_s(tool: Tool) -> float:
    """The processor time of starting the tool's interpreter, which is no part of a test."""
    if tool.command("down", Path())[0] == "iperf3":
        return 0.0
    module = {"speedtest-cli": "speedtest"}.get(tool.name, "json")
    process = subprocess.Popen([sys.executable, "-c", f"import {module}"])
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return usage.ru_utime + usage.ru_stime
