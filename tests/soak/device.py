"""One life of a soaked device: real outbox, uplink and HTTP under a clock that runs thousands of times too fast.

Tells the number of each record once the outbox has acknowledged it, and each misfortune by its name; ends when it is
killed or its last window is sent.
"""

import random
import sys
from datetime import timedelta
from pathlib import Path

from netmon.wire.records import RecordKind
from netmon_agent.address import CollectorUrl
from netmon_agent.backoff import Backoff
from netmon_agent.collector_time import CollectorTime
from netmon_agent.errors import CollectorError, OutboxError
from netmon_agent.http_client import CollectorClient, Endpoint, Reply
from netmon_agent.outbox import Outbox
from netmon_agent.ports import Draft
from netmon_agent.uplink import Uplink
from tests.support.agent import FakeClock, Log
from tests.support.fake_collector import TOKEN

WINDOW_S = 300.0
WINDOWS_A_DAY = 288
TARGETS = 3
JUMPS = (timedelta(days=-50 * 365), timedelta(days=1))


def tell(what: str) -> None:
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


class Uncertain:
    """The collector, but for the days on which nobody answers."""

    def __init__(self, inner: CollectorClient) -> None:
        self.inner, self.down = inner, False

    def get(self, path: str, headers: object = None, /) -> Reply:
        raise NotImplementedError

    def post(self, path: str, body: bytes, headers: object = None, /, *, timeout_s: float | None = None) -> Reply:
        if self.down:
            tell("requests while the collector is down")
            raise CollectorError("the collector is down")
        return self.inner.post(path, body, headers, timeout_s=timeout_s)  # type: ignore[arg-type]


class Device:
    """From one window to another."""

    def __init__(self, folder: Path, url: str, life: int) -> None:
        self.draw = random.Random(life)
        self.clock = FakeClock()
        self.time = CollectorTime(self.clock)
        self.outbox = Outbox(folder, clock=self.clock, time=self.time, boot=f"boot-{life}", say=Log())
        endpoint = Endpoint(url=CollectorUrl.parse(url, allow_plain_http=True), token=TOKEN)
        self.client = Uncertain(CollectorClient(endpoint, self.clock.monotonic, timeout_s=5.0))
        self.uplink = Uplink(
            outbox=self.outbox,
            client=self.client,
            time=self.time,
            clock=self.clock,
            backoff=Backoff(self.draw.random),
            say=Log(),
        )
        self.unwritten: list[Draft] = []

    def live(self, window: int, last: int, *, outage: range) -> None:
        while window < last or self.unwritten or self.outbox.counts().waiting:
            self.client.down = window in outage
            if window < last:
                self.unwritten += [
                    Draft(RecordKind.LATENCY, {"number": window * TARGETS + target}) for target in range(TARGETS)
                ]
            self.misfortune()
            self.write()
            self.send()
            self.clock.advance(WINDOW_S)
            window += 1

    def misfortune(self) -> None:
        """Now and then somebody sets the clock, or the disk is full for a while."""
        if self.draw.random() < 0.01:
            self.clock.set(self.clock.now() + self.draw.choice(JUMPS))
            tell("clock jumps")
        self.give_room(full=self.draw.random() < 0.05, read_only=self.draw.random() < 0.05)

    def give_room(self, *, full: bool, read_only: bool) -> None:
        """SQLite's own refusals: no page more, or no write at all."""
        database = self.outbox._database
        pages = database.execute("PRAGMA page_count").fetchone()[0] if full else 1_000_000
        database.execute(f"PRAGMA max_page_count = {pages}")
        database.execute(f"PRAGMA query_only = {int(read_only)}")

    def write(self) -> None:
        try:
            self.outbox.append(self.unwritten)
        except OutboxError:
            tell("writes refused by the disk")
            return
        for draft in self.unwritten:
            tell(str(draft.body["number"]))
        self.unwritten = []

    def send(self) -> None:
        for _ in range(20):
            if self.uplink.step() > 0:
                return


def main() -> None:
    folder, url, life, window, last, outage = sys.argv[1:]
    device = Device(Path(folder), url, int(life))
    start, _, end = outage.partition("-")
    device.live(int(window), int(last), outage=range(int(start), int(end)))


if __name__ == "__main__":
    main()
