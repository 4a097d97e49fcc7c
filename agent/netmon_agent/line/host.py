"""Whether this machine, not the line, was the limit: stolen time, its own processor time, ticks that came late."""

import resource
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from netmon_agent.statistics.interval import quantile

PROC_STAT = Path("/proc/stat")
MOST_STEAL = 0.10
MOST_LATE_S = 0.015
_TOO_LATE_S = 0.040


@dataclass(frozen=True, slots=True)
class ProcessorTimes:
    """Clock ticks of all processors since boot."""

    total: int
    idle: int
    stolen: int

    @classmethod
    def read(cls, path: Path = PROC_STAT) -> "ProcessorTimes":
        """Zeros where the kernel does not say, which then limits nothing."""
        try:
            fields = path.read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]
            user, nice, system, idle, waiting, hard, soft, stolen = map(int, fields)
        except (OSError, ValueError):
            return cls(0, 0, 0)
        return cls(user + nice + system + idle + waiting + hard + soft + stolen, idle + waiting, stolen)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLoad:
    """What the machine did during a transfer."""

    steal: float
    busy: float
    late_s: float

    @property
    def limited(self) -> bool:
        """Whether the machine may have been slower than the line, whatever else is known.

        Busy processors alone are no limit: one that is too busy to measure shows as ticks that come late.
        """
        return self.steal >= MOST_STEAL or self.late_s >= _TOO_LATE_S

    @property
    def late(self) -> bool:
        """Whether the machine was so late that it takes the kernel's word that nothing waited for it."""
        return self.late_s >= MOST_LATE_S


def host_load(before: ProcessorTimes, after: ProcessorTimes, late_s: Sequence[float]) -> HostLoad:
    """The load between two readings; `late_s` is by how much each tick of the transfer came too late."""
    total = max(after.total - before.total, 1)
    known = after.total > before.total
    return HostLoad(
        steal=(after.stolen - before.stolen) / total,
        busy=1 - (after.idle - before.idle) / total if known else 0.0,
        late_s=quantile(late_s, 0.9) if late_s else 0.0,
    )


def processor_seconds() -> float:
    """What this process has used so far, its finished children included."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
