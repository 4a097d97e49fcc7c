"""The outbox on a real file system that is full, and on one that cannot be written to."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.needs("unshare")

_IN_ITS_OWN_MOUNTS = ("unshare", "-rm", "--", "sh", "-c")

FULL = """
import json, sys
from pathlib import Path
from netmon_agent.errors import OutboxError
from tests.support.agent import a_draft, an_outbox
disk = Path(sys.argv[1])
(disk / "state").mkdir()
outbox = an_outbox(disk / "state")
acknowledged, refused, said = [], [], set()

def append(number):
    try:
        outbox.append([a_draft(number)])
    except OutboxError as error:
        refused.append(number)
        said.add(str(error))
    else:
        acknowledged.append(number)

for number in range(20):
    append(number)
filler = (disk / "filler").open("wb", buffering=0)
try:
    while True:
        filler.write(b"x" * 1024)
except OSError:
    pass
for number in range(20, 200):
    append(number)
while_full = len(refused)
filler.close()
(disk / "filler").unlink()
for number in range(200, 220):
    append(number)
outbox.close()
outbox = an_outbox(disk / "state")
found = []
while batch := outbox.batch(after=len(found)):
    found += batch
print(json.dumps({
    "acknowledged": acknowledged, "refused": while_full, "refused_after": len(refused) - while_full,
    "said": sorted(said), "found": [one.body["number"] for one in found],
    "sequences": [one.sequence for one in found],
}))
"""

READ_ONLY = """
import json, subprocess, sys
from pathlib import Path
from netmon_agent.errors import OutboxError
from tests.support.agent import a_draft, an_outbox
disk = Path(sys.argv[1])
(disk / "state").mkdir()
outbox = an_outbox(disk / "state")
outbox.append([a_draft(0)])
outbox.close()
subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
said = None
try:
    an_outbox(disk / "state").append([a_draft(1)])
except OutboxError as error:
    said = str(error)
subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
outbox = an_outbox(disk / "state")
outbox.append([a_draft(2)])
print(json.dumps({"said": said, "found": [one.body["number"] for one in outbox.batch()],
    "files": sorted(one.name for one in (disk / "state").iterdir())}))
"""


def on_a_small_disk(code: str, disk: Path) -> dict[str, Any]:
    """Run it with a folder that is a file system of 300 KB; what it prints."""
    disk.mkdir()
    shell = f'mount -t tmpfs -o size=300k small "{disk}" && exec "{sys.executable}" -c "$0" "{disk}"'
    done = subprocess.run([*_IN_ITS_OWN_MOUNTS, shell, code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_full_disk_refuses_in_one_line_and_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    found = on_a_small_disk(FULL, tmp_path / "disk")
    assert found["refused"] > 100
    assert all("disk" in line and "\n" not in line for line in found["said"]), found["said"]
    assert found["refused_after"] == 0, "with room again it goes on by itself"
    assert found["found"] == found["acknowledged"]
    assert found["sequences"] == list(range(1, len(found["found"]) + 1))


def test_a_disk_that_cannot_be_written_is_told_and_nothing_on_it_is_given_up(tmp_path: Path) -> None:
    found = on_a_small_disk(READ_ONLY, tmp_path / "disk")
    assert found["said"], "a refusal, not a traceback"
    assert found["found"] == [0, 2]
    assert not [name for name in found["files"] if "damaged" in name], "it was not taken for damage"
