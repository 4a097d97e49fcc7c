"""`make bench-store`: the figures of the store as JSON lines, ratios against a baseline of the same run."""

import argparse
import json
import os
import platform
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.store import history, ingest, memory
from benchmarks.store.reports import a_fleet

ENGINES = ("sqlite", "postgresql")


def main() -> None:
    options = _options()
    print(json.dumps({"machine": _machine()}), flush=True)
    fleet = a_fleet(options.agents)
    parts: Mapping[str, Callable[[str], Mapping[str, Any]]] = {
        "ingest": lambda engine: ingest.measure(engine, fleet, options.reports, options.connections),
        "backfill": lambda engine: ingest.measure_backfill(engine, fleet, options.seconds),
        "history": lambda engine: history.measure(engine, options.lines, options.months),
        "memory": lambda engine: memory.measure(engine, options.known),
    }
    for part in options.part or parts:
        for engine in options.engine or ENGINES:
            print(json.dumps({"part": part, "engine": engine, **_rounded(parts[part](engine))}), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-store", description=__doc__)
    parser.add_argument("--part", action="append", choices=("ingest", "backfill", "history", "memory"))
    parser.add_argument("--engine", action="append", choices=ENGINES)
    parser.add_argument("--agents", type=int, default=1000)
    parser.add_argument("--reports", type=int, default=6000)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each half of the backfill part")
    parser.add_argument("--lines", type=int, default=100_000, help="of the history part")
    parser.add_argument("--months", type=int, nargs="+", default=[1, 6, 12])
    parser.add_argument("--known", type=int, default=100_000, help="agents of the memory part")
    return parser.parse_args()


def _machine() -> Mapping[str, object]:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    return {"cpu": model, "cores": os.cpu_count(), "load": os.getloadavg()[0], "python": platform.python_version()}


def _rounded(figures: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: round(value, 3) if isinstance(value, float) else value for key, value in figures.items()}


if __name__ == "__main__":
    main()
