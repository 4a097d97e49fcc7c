"""Times in which nobody watched a line, and why: they are neither outages nor quiet."""

from dataclasses import dataclass
from datetime import datetime

from netmon.domain.identifiers import LineId
from netmon.domain.kinds import AbsenceCause

__all__ = ["Absence", "AbsenceCause"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """The agent of a line was back at `ended_at`; `since` is its last sign of life before, None where unknown."""

    line: LineId
    since: datetime | None
    ended_at: datetime
    cause: AbsenceCause
