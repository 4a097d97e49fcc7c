"""`make mutation`: sampled mutants of the judging domain, each run against the tests that must notice it."""

import argparse
import sys
import time
from pathlib import Path
from random import Random

from benchmarks.mutation.mutants import Mutant, mutants_of
from benchmarks.mutation.trial import Fate, Trial

ROOT = Path(__file__).parents[2]
MODULES = (
    "netmon.domain.judge",
    "netmon.domain.rules",
    "netmon.domain.slot_outcome",
    "netmon.domain.coverage",
    "netmon.domain.availability",
    "netmon.domain.spans",
    "netmon.domain.throttling",
    "netmon.domain.sustained",
    "netmon.domain.estimates",
)
TESTS = ("tests/unit/domain", "tests/unit/collector/use_cases/test_golden_cases.py")
_MOST_SURVIVORS_PERCENT = 10


def main() -> int:
    """Print the survivors; 1 when they are a tenth of the sample or more."""
    parser = argparse.ArgumentParser(prog="make mutation", description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="how many mutants to draw")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--module", action="append", choices=MODULES, help="only this module; may be repeated")
    options = parser.parse_args()
    everything = [one for module in options.module or MODULES for one in mutants_of(module, ROOT)]
    drawn = Random(options.seed).sample(everything, min(options.count, len(everything)))
    print(f"{len(drawn)} of {len(everything)} mutants, seed {options.seed}", flush=True)
    survivors = _run(sorted(drawn, key=lambda one: (one.module, one.line)))
    share = 100 * len(survivors) / len(drawn)
    print(f"{len(survivors)} of {len(drawn)} survived: {share:.1f} % (under {_MOST_SURVIVORS_PERCENT} wanted)")
    return 0 if len(survivors) * 100 < _MOST_SURVIVORS_PERCENT * len(drawn) else 1


def _run(drawn: list[Mutant]) -> list[Mutant]:
    trial = Trial(root=ROOT, tests=TESTS)
    if trial.fate(None) is not Fate.SURVIVED:
        raise SystemExit("the tests fail without any mutation")
    survivors = []
    started = time.monotonic()
    for number, mutant in enumerate(drawn, start=1):
        fate = trial.fate(mutant)
        if fate is Fate.SURVIVED:
            survivors.append(mutant)
            print(f"survived: {mutant}", flush=True)
        if number % 20 == 0:
            print(f"{number} of {len(drawn)}, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return survivors


if __name__ == "__main__":
    sys.exit(main())
