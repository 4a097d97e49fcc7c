"""What came between the last life and this one."""

from datetime import timedelta

import pytest

from netmon.wire.agent_bodies import AbsenceBody
from netmon.wire.records import RecordKind
from netmon_agent.life import Life, absence_after
from tests.support.agent import NOON


@pytest.mark.parametrize(
    ("boot", "ended", "cause"),
    [
        ("boot-1", False, "killed"),
        ("boot-1", True, "stopped"),
        ("boot-2", False, "power_loss"),
        ("boot-2", True, "reboot"),
    ],
)
def test_boot_and_end_tell_what_it_was(boot: str, ended: bool, cause: str) -> None:
    last = Life(device_at=NOON, offset_s=-3600.0, boot="boot-1", ended=ended)
    draft = absence_after(last, boot=boot, now=NOON + timedelta(minutes=5))
    found = AbsenceBody.read(draft.body)
    assert draft.kind is RecordKind.ABSENCE
    assert (found.cause.value, found.ended_at) == (cause, NOON + timedelta(minutes=5))
    assert found.since == NOON - timedelta(hours=1), "by the collector's clock"


def test_without_the_collectors_time_nobody_knows_since_when() -> None:
    last = Life(device_at=NOON, offset_s=None, boot="boot-1", ended=False)
    assert AbsenceBody.read(absence_after(last, boot="boot-1", now=NOON).body).since is None
