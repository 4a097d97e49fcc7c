"""A process looked at from outside: memory as the kernel counts it, processor time, bytes written to the medium."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_BARE = "import sys; print(flush=True); sys.stdin.read()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Resident and proportional megabytes now, and the highest resident ones so far."""

    rss_mb: float
    pss_mb: float
    peak_mb: float

    @classmethod
    def of(cls, pid: int) -> "Memory":
        rollup = _kilobytes(Path(f"/proc/{pid}/smaps_rollup"))
        status = _kilobytes(Path(f"/proc/{pid}/status"))
        return cls(rss_mb=rollup["Rss"] * 1.024e-3, pss_mb=rollup["Pss"] * 1.024e-3, peak_mb=status["VmHWM"] * 1.024e-3)

    def above(self, bare: "Memory") -> Mapping[str, float]:
        """Megabytes above a bare interpreter, and how many times as much as it."""
        return {
            "rss_mb": self.rss_mb - bare.rss_mb,
            "rss_ratio": self.rss_mb / bare.rss_mb,
            "pss_mb": self.pss_mb - bare.pss_mb,
            "pss_ratio": self.pss_mb / bare.pss_mb,
            "peak_mb": self.peak_mb - bare.peak_mb,
            "peak_ratio": self.peak_mb / bare.peak_mb,
        }


def _kilobytes(path: Path) -> dict[str, int]:
    rows = (row.split() for row in path.read_text(encoding="ascii").splitlines())
    return {row[0].rstrip(":"): int(row[1]) for row in rows if len(row) == 3 and row[2] == "kB"}


def processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def written_bytes(pid: int) -> int:
    """What the process caused to be written to the medium."""
    rows = dict(row.split(": ") for row in Path(f"/proc/{pid}/io").read_text(encoding="ascii").splitlines())
    return int(rows["write_bytes"])


@contextmanager
def bare_interpreter(python: Sequence[str]) -> Iterator[int]:
    """An interpreter that does nothing; its process id."""
    with subprocess.Popen([*python, "-c", _BARE], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.communicate()
