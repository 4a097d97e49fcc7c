"""An outbox whose process is killed while it writes: what it acknowledged is there, once, in order."""

import random
import subprocess
import sys
from pathlib import Path

from netmon.wire.records import Envelope
from tests.support.agent import an_outbox

WRITER = """
import sys
from pathlib import Path
from tests.support.agent import FakeClock, a_draft, an_outbox
outbox = an_outbox(Path(sys.argv[1]))
number = int(sys.argv[2])
while True:
    outbox.append([a_draft(number), a_draft(number + 1)])
    number += 2
    print(number, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill_and_nothing_comes_twice(tmp_path: Path) -> None:
    draw, acknowledged = random.Random(3), 0
    for _ in range(6):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(acknowledged)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(draw.randint(5, 60)):
                acknowledged = int(writer.stdout.readline())
            writer.kill()
            rest = writer.stdout.read().split()
        acknowledged = int(rest[-1]) if rest else acknowledged
        outbox = an_outbox(tmp_path)
        found: list[Envelope] = []
        while batch := outbox.batch(after=len(found)):
            found += batch
        outbox.close()
        assert [one.sequence for one in found] == list(range(1, len(found) + 1))
        assert [one.body["number"] for one in found] == list(range(len(found)))
        assert len(found) in (acknowledged, acknowledged + 2), "the last one may be durable and not yet acknowledged"
        acknowledged = len(found)
