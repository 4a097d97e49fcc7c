"""`make bench-accuracy`: random lines, every tool on each in turn, a CSV that can be resumed, and a table."""

import argparse
import contextlib
import csv
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.accuracy.tools import TOOLS, Run, Tool, run, start_up_s
from netmon_agent.line.host import ProcessorTimes, host_load
from tests.lab.network import Lab, LineShape, build_emulator
from tests.lab.programs import LabServer

_FIELDS: tuple[str, ...] = (
    "seed",
    "line",
    "tool",
    "direction",
    "mbps",
    "rtt_ms",
    "loss_percent",
    "rate_bps",
    "error",
    "wire_bytes",
)
_FIELDS += ("cpu_s", "rss_bytes", "repeats")
_MOST_STEAL = 0.1
_MOST_REPEATS = 5
Row = dict[str, str]


def draw(seed: int, number: int, *, fastest: float) -> LineShape:
    """The line of a number: every run with the same seed meets the same lines."""
    rng = random.Random(f"{seed}/{number}")
    return LineShape(
        down_mbps=round(rng.uniform(15, fastest), 1),
        rtt_ms=round(rng.uniform(2, 60), 1),
        loss_percent=rng.choice([0.0, 0.0, 0.1, 1.0]),
        seed=rng.randrange(1_000_000),
    )


@contextlib.contextmanager
def far_ends(lab: Lab) -> Iterator[None]:
    """The servers of the peers."""
    iperf3 = lab.server.start(["iperf3", "-s", "-p", "5201"], stdout=subprocess.DEVNULL)
    peers = lab.server.start([sys.executable, "-m", "benchmarks.accuracy.peers"], stdout=subprocess.PIPE)
    assert peers.stdout is not None
    assert peers.stdout.readline() == "up\n"
    try:
        yield
    finally:
        for process in (iperf3, peers):
            process.kill()
            process.communicate()


def punctual(tool: Tool, lab: Lab, direction: str, key: Path, started_s: float) -> tuple[Run, int]:
    """A run during which the machine was not stolen from, and how many were thrown away for it."""
    repeats = 0
    while True:
        before = ProcessorTimes.read()
        found = run(tool, lab, direction, key, start_up_s=started_s)
        if host_load(before, ProcessorTimes.read(), []).steal <= _MOST_STEAL or repeats == _MOST_REPEATS:
            return found, repeats
        repeats += 1


def measure_line(number: int, options: argparse.Namespace, done: set[tuple[str, ...]], folder: Path) -> Iterator[Row]:
    """Every tool that is still missing on one line, the order turned with its number."""
    shape = draw(options.seed, number, fastest=options.fastest)
    names = [name for name in TOOLS if not options.tools or name in options.tools]
    names = names[number % len(names) :] + names[: number % len(names)]
    missing = [
        (name, direction)
        for name in names
        for direction in TOOLS[name].directions
        if (str(options.seed), str(number), name, direction) not in done
    ]
    if not missing:
        return
    with Lab(shape, emulator=build_emulator(folder)) as lab, LabServer(lab.server, folder) as server, far_ends(lab):
        for name, direction in missing:
            tool = TOOLS[name]
            found, repeats = punctual(tool, lab, direction, server.key_file, start_up_s(tool))
            values: tuple[object, ...] = (
                options.seed,
                number,
                name,
                direction,
                shape.down_mbps,
                shape.rtt_ms,
                shape.loss_percent,
            )
            values += (found.rate_bps, found.error, found.wire_bytes, found.cpu_s, found.rss_bytes, repeats)
            yield {field: "" if value is None else str(value) for field, value in zip(_FIELDS, values, strict=True)}


def table(rows: list[Row]) -> str:
    """Medians and worst by tool, direction and loss; ratios against netmon on the same lines."""
    ours = {(row["line"], row["direction"]): row for row in rows if row["tool"] == "netmon"}
    lines = ["| tool | direction | loss | runs | failed | median error | 90 % within | worst | MB x | CPU x | RSS MB |"]
    lines.append("|---|---|---|---|---|---|---|---|---|---|---|")
    for tool in TOOLS:
        for direction in ("down", "up"):
            for lossy in (False, True):
                some = [row for row in rows if (row["tool"], row["direction"]) == (tool, direction)]
                some = [row for row in some if (float(row["loss_percent"]) > 0) is lossy]
                if some:
                    lines.append(_table_row(tool, direction, lossy, some, ours))
    return "\n".join(lines)


def _table_row(tool: str, direction: str, lossy: bool, some: list[Row], ours: dict[tuple[str, str], Row]) -> str:
    errors = sorted(abs(float(row["error"])) for row in some if row["error"])
    signed = [float(row["error"]) for row in some if row["error"]]
    pairs = [(row, ours[row["line"], direction]) for row in some if (row["line"], direction) in ours]
    ratios = [
        f"{median(float(row[field]) / max(float(own[field]), 1e-9) for row, own in pairs):.1f}" if pairs else "-"
        for field in ("wire_bytes", "cpu_s")
    ]
    figures = ["-"] * 3
    if errors:
        inner = errors[int(0.9 * (len(errors) - 1))]
        figures = [f"{median(signed):+.2%}", f"{inner:.2%}", f"{errors[-1]:.2%}"]
    rss = f"{median(float(row['rss_bytes']) for row in some) / 1e6:.0f}"
    cells = [tool, direction, "0.1-1 %" if lossy else "none", str(len(some)), str(len(some) - len(errors))]
    return "| " + " | ".join([*cells, *figures, *ratios, rss]) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fastest", type=float, default=300.0, metavar="MBPS")
    parser.add_argument("--tools", nargs="*", choices=TOOLS, help="default: all")
    parser.add_argument("--csv", type=Path, default=Path("build/accuracy.csv"))
    options = parser.parse_args()
    options.csv.parent.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    if options.csv.exists():
        with options.csv.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    done: set[tuple[str, ...]] = {(row["seed"], row["line"], row["tool"], row["direction"]) for row in rows}
    with tempfile.TemporaryDirectory() as folder, options.csv.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _FIELDS)
        if not rows:
            writer.writeheader()
        for number in range(options.lines):
            for row in measure_line(number, options, done, Path(folder)):
                writer.writerow(row)
                file.flush()
                rows.append(row)
                print(row, file=sys.stderr)
    print(table([row for row in rows if row["seed"] == str(options.seed)]))
    print(f"\nruns repeated because the machine was stolen from: {sum(int(row['repeats']) for row in rows)}")


if __name__ == "__main__":
    main()
