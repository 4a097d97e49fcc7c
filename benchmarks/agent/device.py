"""A district for one agent: a collector with TLS, a timetable of a week, and a server that delivers 1 Gb/s."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from netmon.clock import SystemClock
from netmon.domain.measurement import Direction, Mode
from netmon.wire.ticket import sign_ticket
from netmon.wire.timetable import PlannedSlot, ProbePlan, ProbeTarget, TicketOffer
from tests.support.agent import a_slot, a_timetable, an_identity, an_offer
from tests.support.certificates import an_authority
from tests.support.fake_collector import FakeCollector, running_collector
from tests.support.measurement import KEY, SERVER, a_ticket

SLOTS_A_WEEK = 120
GIGABIT = 1_000_000_000
POLL_S = 3.0
USUAL_PROBES = ProbePlan(interval_s=10.0, window_s=300.0, targets=())


@dataclass(frozen=True, slots=True)
class Device:
    """A running agent and its collector."""

    pid: int
    collector: FakeCollector

    def await_requests(self, count: int) -> None:
        enough = len(self.collector.asked) + count
        self.collector.wait_for(lambda: len(self.collector.asked) >= enough, within_s=60.0)


@contextmanager
def a_device(
    python: Sequence[str], program: Path, slots: Sequence[PlannedSlot] = (), *, probes: ProbePlan = USUAL_PROBES
) -> Iterator[Device]:
    """The installed program in a folder, run over TLS with a week of slots and those given."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, collector = Path(temporary), FakeCollector()
        authority = an_authority(folder)
        collector.ca = authority.pem.encode()
        with running_collector(collector, tls=authority.server):
            later = [_later(collector, number) for number in range(SLOTS_A_WEEK)]
            names = ("server-1", "neighbour-1", "neighbour-2")
            targets = tuple(ProbeTarget(name=name, host="127.0.0.1", port=collector.port) for name in names)
            collector.timetable = a_timetable(
                *slots, *later, probes=replace(probes, targets=targets), poll_s=POLL_S, issued_at=collector.now()
            )
            (folder / "state").mkdir()
            replace(an_identity(collector.url), ca=authority.pem).save(folder / "state")
            (folder / "agent.yaml").write_text("state_dir: state\n")
            environment = {**os.environ, "PYTHONPATH": str(program)}
            command = [*python, "-m", "netmon_agent", "run", "--config", str(folder / "agent.yaml")]
            with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
                try:
                    yield Device(process.pid, collector)
                finally:
                    process.terminate()


def _later(collector: FakeCollector, number: int) -> PlannedSlot:
    starts_at = collector.now() + timedelta(hours=1 + number)
    offers = (an_offer(), an_offer("server-2"))
    return a_slot(f"slot-{number}", starts_at=starts_at, ends_at=starts_at + timedelta(minutes=10), offers=offers)


def a_gigabit_slot(port: int) -> PlannedSlot:
    """A full estimate that may use 1 Gb/s, as soon as possible."""
    clock = SystemClock()
    ticket = a_ticket(clock, rate_bps=GIGABIT, max_bytes=2_000_000_000, duration_s=10.0)
    offer = TicketOffer(server=SERVER, host="127.0.0.1", port=port, ticket=sign_ticket(ticket, {"default": KEY}))
    now = clock.now()
    return a_slot(
        "gigabit",
        direction=Direction.DOWN,
        mode=Mode.ESTIMATE,
        starts_at=now,
        ends_at=now + timedelta(minutes=2),
        offers=(offer,),
    )


def settled(seconds: float) -> None:
    """Let a process go on; a benchmark may look at the clock."""
    time.sleep(seconds)


def written_back(seconds: float) -> None:
    """The same while the kernel writes what is dirty again and again."""
    for _ in range(int(seconds * 2)):
        time.sleep(0.5)
        os.sync()
