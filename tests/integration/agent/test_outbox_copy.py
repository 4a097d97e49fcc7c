"""Looking into an outbox that another process writes all the time: always a moment that there was."""

import subprocess
import sys
from pathlib import Path

from netmon_agent.outbox_copy import copied
from netmon_agent.outbox_schema import FILE
from tests.support.waiting import wait_until

# Pairs of records in one transaction, taken out again in one as soon as there are twenty: half a pair there never was.
_BUSY = """
import sys, time
from pathlib import Path
from netmon.wire.records import Answer, AnswerResult
from tests.support.agent import a_draft, an_outbox
outbox = an_outbox(Path(sys.argv[1]))
for number in range(1_000_000):
    outbox.append([a_draft(number, padding=400), a_draft(number, padding=400)])
    batch = outbox.batch()
    if len(batch) >= 20:
        stored = AnswerResult.STORED
        outbox.settle({one.sequence: Answer(stream=one.stream, sequence=one.sequence, result=stored) for one in batch})
    time.sleep(0.002)
"""


def test_what_is_read_is_whole_and_the_writer_is_not_disturbed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _BUSY, str(tmp_path)], stderr=subprocess.PIPE) as busy:
        try:
            wait_until(lambda: has_tables(tmp_path / FILE))
            seen = set()
            for _ in range(40):
                with copied(tmp_path) as database:
                    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                    numbers = [row[0] for row in database.execute("SELECT sequence FROM records ORDER BY 1")]
                    assert len(numbers) % 2 == 0
                    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
                    seen.add(tuple(numbers))
            assert len(seen) > 10
            assert busy.poll() is None
        finally:
            busy.kill()


def has_tables(database: Path) -> bool:
    """Whether a checkpoint was: the first page alone is written before there are tables."""
    return database.exists() and database.stat().st_size > 5000
