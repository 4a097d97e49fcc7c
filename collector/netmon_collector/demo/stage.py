"""The stage of the demo: its folder with keys and configuration, and the processes that play on it."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from netmon.config.defaults import default_file
from netmon_collector.demo.history import simulated_values
from netmon_collector.errors import DemoError

SERVER = "server-demo"
_KEY = "demo"
_SERVER_PORT = 8377
# Descriptor 3 is systemd's first: the collector takes its page's socket as it would take a unit's.
_HAND_OVER = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.execv(sys.argv[2], sys.argv[2:])"
_STOP_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the programs of the demo find each other."""

    server_host: str
    server_port: int
    collector_listen: str | None
    collector_url: str


def kernel_addresses(core_address: str) -> Addresses:
    return Addresses(
        server_host=core_address,
        server_port=_SERVER_PORT,
        collector_listen=f"{core_address}:8080",
        collector_url=f"http://{core_address}:8080",
    )


def loopback_addresses(page: str) -> Addresses:
    """Without namespaces everything shares the loopback interface, and the page's address is the collector's."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    return Addresses(server_host="127.0.0.1", server_port=port, collector_listen=None, collector_url=page)


class Stage:
    """One folder and its processes; leaving it ends them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._groups: dict[str, list[subprocess.Popen[str]]] = {}

    @property
    def config(self) -> Path:
        return self.folder / "collector.yaml"

    def clear(self) -> None:
        """An empty folder: each demo starts from nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, mode=0o700)
        (self.folder / "logs").mkdir()

    def write(self, name: str, document: Mapping[str, object]) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return path

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        page: socket.socket | None = None,
        talks: bool = False,
        group: str | None = None,
    ) -> subprocess.Popen[str]:
        """Start a program whose messages go to a log of its own; with `talks` it is spoken to through pipes.

        Programs of one `group` are ended together.
        """
        pipe = subprocess.PIPE if talks else subprocess.DEVNULL
        if page is not None:
            command = [sys.executable, "-c", _HAND_OVER, str(page.fileno()), *command]
        with (self.folder / "logs" / f"{name}.log").open("a", encoding="utf-8") as log:
            process = subprocess.Popen(
                list(command),
                stdin=pipe,
                stdout=pipe if talks else log,
                stderr=log,
                text=True,
                env={**os.environ, **(environment or {})},
                pass_fds=() if page is None else (page.fileno(),),
                start_new_session=True,  # the terminal's Ctrl-C is for the demo alone
            )
        self._groups.setdefault(group or name, []).append(process)
        return process

    def run(self, name: str, command: Sequence[str]) -> str:
        """What a program prints. Raises DemoError with its last line when it fails."""
        done = subprocess.run(list(command), capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise DemoError(f"{name} failed: {last}")
        return done.stdout

    def last_words(self, name: str) -> str:
        """The last line of a program's log."""
        with suppress(OSError):
            lines = (self.folder / "logs" / f"{name}.log").read_text(encoding="utf-8").strip().splitlines()
            return lines[-1] if lines else "no message"
        return "no message"

    def close(self) -> None:
        """End every process, the last group started first, so that nobody loses whom it reports to."""
        for group in reversed(list(self._groups)):
            _end(self._groups.pop(group))


def _end(processes: Sequence[subprocess.Popen[str]]) -> None:
    for process in processes:
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
        else:
            process.terminate()
    for process in processes:
        try:
            process.wait(timeout=_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def script(name: str) -> str:
    """The installed script of this environment. Raises DemoError when it is missing."""
    path = Path(sys.executable).parent / name
    if not path.exists():
        raise DemoError(f"{path} is missing: install netmon-edu with the extras agent and collector")
    return str(path)


def prepare_server(stage: Stage, addresses: Addresses) -> str:
    """Keys and configuration of the measurement server; its public key."""
    keys = (
        "--signing-key-file",
        str(stage.folder / "server.key"),
        "--ticket-key-file",
        str(stage.folder / "ticket.key"),
    )
    printed = stage.run("netmon-server", [script("netmon-server"), "keygen", *keys])
    stage.write(
        "server.yaml",
        {
            "id": SERVER,
            "listen": f"{addresses.server_host}:{addresses.server_port}",
            "keys": {_KEY: "ticket.key"},
            "signing_key_file": "server.key",
            "budget_mbps": 4000,
            "state": "server",
        },
    )
    return printed.split()[-1]


def prepare_roadmap(stage: Stage, today: date) -> None:
    """The roadmap with a made-up history of the years before."""
    roadmap = default_file("roadmap.yaml").read_text(encoding="utf-8")
    history = yaml.safe_dump({"entered_values": list(simulated_values(today))}, allow_unicode=True, sort_keys=False)
    text = roadmap.replace("\nentered_values: []\n", f"\n{history}")
    (stage.folder / "roadmap.yaml").write_text(text, encoding="utf-8")


def collector_document(addresses: Addresses, *, public_key: str, page: str, language: str) -> dict[str, object]:
    """The configuration of a collector with its default policy, beside the demo's own registry and roadmap."""
    return {
        "database": "sqlite:///netmon.db",
        "listen": [] if addresses.collector_listen is None else [addresses.collector_listen],
        "public_url": page,
        "language": language,
        "access": {"public": True},
        "registry": "registry.yaml",
        "roadmap": "roadmap.yaml",
        "servers": [
            {
                "id": SERVER,
                "host": addresses.server_host,
                "port": addresses.server_port,
                "budget_mbps": 4000,
                "ticket_keys": [{"id": _KEY, "file": "ticket.key"}],
                "public_key": public_key,
            }
        ],
    }


def prepare_collector(stage: Stage, addresses: Addresses, *, public_key: str, page: str, language: str) -> None:
    """The configuration of the collector that two minutes of measuring are for."""
    stage.write(
        "collector.yaml",
        {
            **collector_document(addresses, public_key=public_key, page=page, language=language),
            "policy": str(default_file("policy-demo.yaml")),
            "poll_s": 5,
            "issue_lead_s": 22,
            "probes": {"interval_s": 1, "window_s": 15},
            # Every agent of the demo may come from one address.
            "limits": {"enrolments_per_address_per_minute": 100, "enrolments_per_minute": 100},
        },
    )


def prepare_agent(stage: Stage, line: str, addresses: Addresses, *, relay_port: int | None) -> tuple[Path, Path]:
    """The configuration and the state folder of one line's agent."""
    settings: dict[str, object] = {
        "state_dir": ".",
        "collector": addresses.collector_url,
        "allow_plain_http": True,
        "probes": {"timeout_s": 0.8},
        "outages": {"after_probes": 2, "stretch_s": 30},
    }
    if relay_port is not None:
        settings |= {"server_addresses": {SERVER: f"127.0.0.1:{relay_port}"}, "emulated_line": True}
    path = stage.write(f"agents/{line}/agent.yaml", settings)
    return path, path.parent
