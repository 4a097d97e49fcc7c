"""The installed programs, run inside a lab."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.lab.namespaces import Namespace
from tests.lab.network import PORT, SERVER_ADDRESS

_KEY = "5a" * 32


class LabServer:
    """`netmon-server` in a namespace."""

    def __init__(
        self, namespace: Namespace, folder: Path, *, listen: str = f"0.0.0.0:{PORT}", budget_mbps: int = 10_000
    ) -> None:
        self.key_file = folder / "ticket.key"
        self.key_file.touch(mode=0o600)
        self.key_file.write_text(_KEY + "\n", encoding="ascii")
        command = [sys.executable, "-m", "netmon_collector.measurement_server", "serve", "--listen", listen]
        command += ["--key-file", str(self.key_file), "--budget-mbps", str(budget_mbps)]
        self._process = namespace.start(command, stderr=subprocess.PIPE)
        self._await_listening()

    def _await_listening(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if " listens on " in line:
                os.set_blocking(self._process.stderr.fileno(), False)
                return
        raise AssertionError("the server did not start")

    def close(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=20)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def measure(
    namespace: Namespace, key_file: Path, *words: str, server: str = f"{SERVER_ADDRESS}:{PORT}", interface: bool = True
) -> dict[str, Any]:
    """What `netmon-agent measure --json` says in a namespace."""
    command = [sys.executable, "-m", "netmon_agent", "measure", "--server", server, "--json"]
    command += ["--ticket-key-file", str(key_file), *(["--interface", "wan0"] if interface else []), *words]
    done = subprocess.run(namespace.command(*command), capture_output=True, text=True, timeout=150, check=False)
    assert done.stdout, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
