"""Threshold decisions on random lines: how many are wrong, with the exact bound, and how many stay undecided.

``python -m benchmarks.accuracy.decisions --runs 300``: thresholds 50 and 100 Mb/s, lines 2..8 % from the limit (one in
five anywhere in 15..300 Mb/s), round trips 2..60 ms, loss 0..1 %, other people's downloads 0..80 % of the line.
"""

import argparse
import csv
import math
import os
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.network import Lab, LineShape, build_emulator
from tests.lab.others import others
from tests.lab.programs import LabServer, measure

_TOLERANCE = 0.05
_OWN_FAULT = ("meter_cpu", "sender_limited")
_TRIES = 3
_FIELDS = ("seed", "number", "transport", "direction", "verdict", "reason", "spent_s", "load", "expected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One decision to make: the line's IP-layer rate, the threshold, and who else is on the line."""

    direction: str
    threshold_mbps: int
    rate_mbps: float
    others_mbps: float
    shape: LineShape

    @property
    def expected(self) -> str:
        return "at_least" if self.rate_mbps >= self.threshold_mbps * (1 - _TOLERANCE) else "below"


def draw(seed: int, number: int) -> Case:
    """The case of a number."""
    rng = random.Random(f"{seed}/{number}")
    threshold, direction = rng.choice([50, 100]), rng.choice(["down", "up"])
    rate = threshold * (1 - _TOLERANCE) * (1 + rng.choice([-1, 1]) * rng.uniform(0.02, 0.08))
    if rng.random() < 0.2:
        rate = rng.uniform(15, 300)
    loss = rng.choice([0.0, 0.0, 0.1, 1.0])
    busy = rng.choice([0.0, 0.0, rng.uniform(0.1, 0.8)]) if direction == "down" else 0.0
    shape = LineShape(
        down_mbps=rate * 1514 / 1500,
        up_mbps=rate / (1 - loss / 100),
        rtt_ms=rng.uniform(2, 60),
        loss_percent=loss,
        seed=rng.randrange(1_000_000),
    )
    return Case(direction=direction, threshold_mbps=threshold, rate_mbps=rate, others_mbps=busy * rate, shape=shape)


def decide(case: Case, folder: Path, words: list[str]) -> dict[str, Any]:
    """The measurement of a case; made again while the machine under the lab was not punctual."""
    emulator = build_emulator(folder)
    asked = ["--threshold-mbps", str(case.threshold_mbps), "--direction", case.direction, *words]
    found: dict[str, Any] = {}
    with Lab(case.shape, emulator=emulator, lan=True) as lab, LabServer(lab.server, folder) as server:
        for _ in range(_TRIES):
            if case.others_mbps:
                with others(lab, case.others_mbps):
                    found = measure(lab.agent, server.key_file, *asked)[case.direction]
            else:
                found = measure(lab.agent, server.key_file, *asked)[case.direction]
            if found["reason"] not in _OWN_FAULT:
                break
    return found


def upper_bound(wrong: int, runs: int, confidence: float = 0.95) -> float:
    """The exact (Clopper-Pearson) one-sided upper bound of a share."""
    low, high = wrong / runs, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        at_most = math.fsum(math.comb(runs, k) * middle**k * (1 - middle) ** (runs - k) for k in range(wrong + 1))
        low, high = (middle, high) if at_most > 1 - confidence else (low, middle)
    return high


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-udp", action="store_true")
    parser.add_argument("--csv", type=Path, default=Path("build/decisions.csv"), help="what is in it is not run again")
    options = parser.parse_args()
    options.csv.parent.mkdir(parents=True, exist_ok=True)
    rows = read_rows(options.csv)
    transport = "tcp" if options.no_udp else "any"
    done = {(row["seed"], row["number"], row["transport"]) for row in rows}
    with tempfile.TemporaryDirectory() as folder, options.csv.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _FIELDS)
        if not rows:
            writer.writeheader()
        for number in range(options.runs):
            if (str(options.seed), str(number), transport) not in done:
                row = one_row(options.seed, number, transport, Path(folder))
                writer.writerow(row)
                file.flush()
                rows.append(row)
    mine = [row for row in rows if (row["seed"], row["transport"]) == (str(options.seed), transport)]
    for direction in ("down", "up"):
        report(direction, [row for row in mine if row["direction"] == direction])


def read_rows(path: Path) -> list[dict[str, str]]:
    """What an earlier, broken off run has found."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def one_row(seed: int, number: int, transport: str, folder: Path) -> dict[str, str]:
    """Run one case; anything but the right answer is told at once."""
    case = draw(seed, number)
    found = decide(case, folder, ["--no-udp"] if transport == "tcp" else [])
    decision = found["decision"] or "undecided"
    verdict = "right" if decision == case.expected else "undecided" if decision == "undecided" else "wrong"
    if verdict != "right":
        print(verdict, number, case, found["reason"], found["rate_bps"], found["detail"], file=sys.stderr, flush=True)
    spent_s = found["bytes"] * 8 / (case.threshold_mbps * 1e6)
    values = (seed, number, transport, case.direction, verdict, found["reason"] or "", f"{spent_s:.3f}")
    load, expected = f"{os.getloadavg()[0]:.1f}", case.expected
    return {field: str(value) for field, value in zip(_FIELDS, (*values, load, expected), strict=True)}


def report(direction: str, rows: list[dict[str, str]]) -> None:
    """The counts, the exact bound, and the cost of one direction."""
    counts = Counter(row["verdict"] for row in rows)
    reasons = Counter(row["reason"] for row in rows if row["verdict"] == "undecided")
    decided = counts["right"] + counts["wrong"]
    if not decided:
        return
    print(f"{direction}: {len(rows)} decisions: {dict(counts)}, undecided for {dict(reasons)}")
    print(f"  wrong at most {upper_bound(counts['wrong'], decided):.2%} of decided ones (exact, 95 %)")
    for expected in ("at_least", "below"):
        spent = sorted(float(row["spent_s"]) for row in rows if row["expected"] == expected)
        if spent:
            middle, most = spent[len(spent) // 2], spent[-1]
            print(f"  {expected}: {len(spent)}, seconds of the threshold's rate: median {middle:.2f}, most {most:.2f}")
    print(f"  load average while running: median {sorted(float(row['load']) for row in rows)[len(rows) // 2]:.1f}")


if __name__ == "__main__":
    main()
