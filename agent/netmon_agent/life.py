"""The last sign of life before this start, and what came in between: a power loss, a reboot, an end of the agent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from netmon.domain.kinds import AbsenceCause
from netmon.wire.agent_bodies import AbsenceBody
from netmon.wire.records import RecordKind
from netmon_agent.ports import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """When the agent last wrote something, by the device's clock and what had to be added to it; its boot.

    `ended` says whether it was stopped in good order.
    """

    device_at: datetime
    offset_s: float | None
    boot: str
    ended: bool

    @property
    def collector_at(self) -> datetime | None:
        return None if self.offset_s is None else self.device_at + timedelta(seconds=self.offset_s)


def absence_after(last: Life, *, boot: str, now: datetime) -> Draft:
    """The record of the time between the last life and this one, which begins at `now` by the device's clock."""
    if last.boot == boot:
        cause = AbsenceCause.STOPPED if last.ended else AbsenceCause.KILLED
    else:
        cause = AbsenceCause.REBOOT if last.ended else AbsenceCause.POWER_LOSS
    return absence(last.collector_at, now, cause)


def absence(since: datetime | None, now: datetime, cause: AbsenceCause) -> Draft:
    return Draft(RecordKind.ABSENCE, AbsenceBody(since=since, ended_at=now, cause=cause).document())
