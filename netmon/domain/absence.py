"""Times in which nobody watched a line, and why: they are neither outages nor quiet."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from netmon.domain.identifiers import LineId


class AbsenceCause(StrEnum):
    """Why the agent was not there. Closed: later changes only add."""

    POWER_LOSS = "power_loss"  # the machine started anew, and nobody had stopped it
    REBOOT = "reboot"  # the machine was stopped in good order and started anew
    KILLED = "killed"  # the agent ended without warning while its machine went on
    STOPPED = "stopped"  # the agent was stopped in good order while its machine went on
    SLEEP = "sleep"  # the machine slept
    PAUSED = "paused"  # agent and machine were there, but the agent did not get to run


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """The agent of a line was back at `ended_at`; `since` is its last sign of life before, None where unknown."""

    line: LineId
    since: datetime | None
    ended_at: datetime
    cause: AbsenceCause
