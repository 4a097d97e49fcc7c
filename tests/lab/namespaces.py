"""Network namespaces without root: one user namespace holds them all."""

import contextlib
import subprocess
from collections.abc import Sequence
from types import TracebackType
from typing import Self

_OFF = [word for offload in ("tso", "gso", "gro", "tx", "rx", "sg") for word in (offload, "off")]


class Namespace:
    """A network namespace that lives as long as its holder process."""

    def __init__(self, first: "Namespace | None" = None) -> None:
        """The first namespace brings the user namespace; the others are made inside it."""
        inside = first.entering("-U") if first else []
        kind = "-n" if first else "-Urn"
        hold = ["unshare", kind, "--", "sh", "-c", "echo ready; exec sleep infinity"]
        self._holder = subprocess.Popen([*inside, *hold], stdout=subprocess.PIPE, text=True)
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == "ready\n", "no network namespace"
        self.run("ip", "link", "set", "lo", "up")

    @property
    def pid(self) -> int:
        return self._holder.pid

    @property
    def path(self) -> str:
        return f"/proc/{self.pid}/ns/net"

    def entering(self, *namespaces: str) -> list[str]:
        """The command prefix that enters some of the namespaces of this one."""
        return ["nsenter", "-t", str(self.pid), *namespaces, "--preserve-credentials", "--"]

    def command(self, *command: str) -> list[str]:
        """A command as it runs in here."""
        return [*self.entering("-U", "-n"), *command]

    def run(self, *command: str, timeout_s: float = 20.0) -> str:
        """Run to its end; its output. An error of the command is one of the test."""
        done = subprocess.run(self.command(*command), capture_output=True, text=True, timeout=timeout_s, check=False)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
        return done.stdout

    def ip(self, words: str) -> None:
        """An `ip` command."""
        self.run("ip", *words.split())

    def start(self, command: Sequence[str], **options: object) -> "subprocess.Popen[str]":
        """Start a process in here."""
        return subprocess.Popen(self.command(*command), text=True, **options)  # type: ignore[call-overload,no-any-return]

    def close(self) -> None:
        self._holder.kill()
        self._holder.wait()
        if self._holder.stdout:
            self._holder.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def without_offloads(namespace: Namespace, device: str) -> None:
    """One packet is one packet: no segmentation or receive offload on a veth."""
    with contextlib.suppress(AssertionError):  # not every kernel knows every one of them
        namespace.run("ethtool", "-K", device, *_OFF)
