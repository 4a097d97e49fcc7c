"""Simulated days of a device that everything happens to: every acknowledged record arrives exactly once.

Every other life ends with the power: what was not synchronised to the disk by then is gone (powercut.c).

python -m tests.soak.run [--days 7] [--kills 40] [--seed 1]
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from netmon.wire.records import AnswerResult
from tests.soak.device import TARGETS, WINDOWS_A_DAY
from tests.support.fake_collector import FakeCollector, Fault, running_collector

STATUS_SHARE, TRUNCATED_SHARE, LOST_SHARE, DOUBLED_SHARE = 0.05, 0.04, 0.03, 0.05


class Misfortunate(FakeCollector):
    """Answers with 5xx, half an answer, none, or each answer twice, now and then."""

    def __init__(self, draw: random.Random) -> None:
        super().__init__()
        self.draw, self.counts = draw, Counter[str]()

    def next_fault(self, path: str) -> Fault:
        chance = self.draw.random()
        for name, share, fault in (
            ("answers 5xx", STATUS_SHARE, Fault(status=503)),
            ("answers truncated", TRUNCATED_SHARE, Fault(truncate=True)),
            ("answers lost", LOST_SHARE, Fault(drop=True)),
        ):
            if chance < share:
                self.counts[name] += 1
                return fault
            chance -= share
        return Fault()

    def _store(self, body: bytes) -> dict[str, object]:
        document = super()._store(body)
        answers = document["answers"]
        if isinstance(answers, list) and self.draw.random() < DOUBLED_SHARE:
            self.counts["answers doubled"] += 1
            document["answers"] = answers + answers
        return document


def soak(folder: Path, *, days: int, kills: int, seed: int) -> Counter[str]:
    """Counts of what was injected; raises AssertionError where a record is missing or came twice."""
    draw = random.Random(seed)
    collector, acknowledged = Misfortunate(draw), set[int]()
    last = days * WINDOWS_A_DAY
    power = Power(folder)
    outage = f"{last // 3}-{last // 3 + min(3 * WINDOWS_A_DAY, last // 3)}"  # three days, of a week
    with running_collector(collector):
        for life in range(kills + 1):
            # What was durable and not yet acknowledged must not get the same number once more.
            window = max(acknowledged) // TARGETS + 20 if acknowledged else 0
            words = [str(power.disk), collector.url, str(life + 100 * seed), str(window), str(last), outage]
            most = last * TARGETS // (kills + 1)
            enough = draw.randint(1, most) if life < kills else None
            read(collector, words, acknowledged, enough=enough, environment=power.environment)
            if enough is not None and life % 2:
                power.cut()
                collector.counts["power cuts"] += 1
    check(collector, acknowledged)
    collector.counts["records acknowledged"] = len(acknowledged)
    return collector.counts


class Power:
    """The device's disk, and beside it what a power cut would leave of it: each file as it was last synchronised."""

    def __init__(self, folder: Path) -> None:
        self.disk, self._left = folder / "disk", folder / "left"
        library = folder / "powercut.so"
        source = Path(__file__).with_name("powercut.c")
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True, timeout=60)
        for one in (self.disk, self._left):
            one.mkdir()
        shadow = {"LD_PRELOAD": str(library), "SHADOW_OF": f"{self.disk}/", "SHADOW_TO": str(self._left)}
        self.environment: Mapping[str, str] = {**os.environ, **shadow}

    def cut(self) -> None:
        """After the device was killed: the disk is what was synchronised."""
        names = {one.name for one in self.disk.iterdir()}  # what was deleted stays so: SQLite synchronises the folder
        shutil.rmtree(self.disk)
        self.disk.mkdir()
        for one in self._left.iterdir():
            if one.name in names:
                shutil.copy(one, self.disk)


def read(
    collector: Misfortunate,
    words: list[str],
    acknowledged: set[int],
    *,
    enough: int | None,
    environment: Mapping[str, str],
) -> None:
    """One life; killed after so many acknowledged records, in the middle of whatever comes next."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.soak.device", *words],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as device:
        assert device.stdout is not None
        for count, line in enumerate(device.stdout, 1):
            told = line.strip()
            if told.isdigit() and line.endswith("\n"):
                acknowledged.add(int(told))
            elif line.endswith("\n"):
                collector.counts[told] += 1
            if count == enough:
                device.kill()
                collector.counts["kills"] += 1
    assert device.returncode == 0 or enough is not None, "the device failed by itself"


def check(collector: FakeCollector, acknowledged: set[int]) -> None:
    arrived = Counter(envelope.body["number"] for envelope in collector.records.values())
    missing = acknowledged - set(arrived)
    assert not missing, f"{len(missing)} acknowledged records are missing, {sorted(missing)[:5]}"
    assert max(arrived.values()) == 1, "a record arrived twice under two numbers"
    assert AnswerResult.CONFLICT not in collector.results
    assert len({stream for stream, _ in collector.records}) == 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = soak(Path(folder), days=options.days, kills=options.kills, seed=options.seed)
    for name, count in sorted(counts.items()):
        sys.stdout.write(f"{count:7} {name}\n")
    sys.stdout.write("every acknowledged record arrived exactly once\n")


if __name__ == "__main__":
    main()
