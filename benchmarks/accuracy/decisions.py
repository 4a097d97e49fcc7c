"""Threshold decisions on random lines: how many are wrong, with the exact bound, and how many stay undecided.

``python -m benchmarks.accuracy.decisions --runs 300``: thresholds 50 and 100 Mb/s, lines 2..8 % from the limit (one in
five anywhere in 15..300 Mb/s), round trips 2..60 ms, loss 0..1 %, other people's downloads 0..80 % of the line.
"""

import argparse
import math
import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.network import Lab, LineShape, build_emulator
from tests.lab.others import others
from tests.lab.programs import LabServer, measure

_TOLERANCE = 0.05
_OWN_FAULT = ("meter_cpu", "sender_limited")
_TRIES = 3


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
    options = parser.parse_args()
    counts = {"right": 0, "wrong": 0, "undecided": 0}
    spent: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.runs):
            case = draw(options.seed, number)
            found = decide(case, Path(folder), ["--no-udp"] if options.no_udp else [])
            decision = found["decision"] or "undecided"
            verdict = "right" if decision == case.expected else "undecided" if decision == "undecided" else "wrong"
            counts[verdict] += 1
            spent.append(found["bytes"] * 8 / (case.threshold_mbps * 1e6))
            if verdict != "right":
                print(verdict, case, found["reason"], found["rate_bps"], found["detail"], file=sys.stderr, flush=True)
    decided = counts["right"] + counts["wrong"]
    spent.sort()
    print(
        f"{options.runs} decisions: {counts['right']} right, {counts['wrong']} wrong, {counts['undecided']} undecided"
    )
    print(f"wrong at most {upper_bound(counts['wrong'], max(decided, 1)):.2%} of decided ones (exact, 95 %)")
    print(f"traffic in seconds of the threshold rate: median {spent[len(spent) // 2]:.2f}, most {spent[-1]:.2f}")


if __name__ == "__main__":
    main()
