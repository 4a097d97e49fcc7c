"""Agents in earnest, which send each record until it is answered, and collectors as processes that can be killed."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from netmon.domain.identifiers import AgentId, LineId
from netmon_collector.storage.evidence_tables import measurement, record
from netmon_collector.storage.store import SqlStore
from tests.support.domain import a_slot
from tests.support.store import CollectorFiles, a_measurement_record, bind

_LONG_S = 30.0
_SOON_S = 0.05
_HAND_OVER = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.execv(sys.argv[2], sys.argv[2:])"
_LIMITS = "limits: {batches_per_agent_per_minute: 1000000}\n"
_GOOD = ("stored", "duplicate")


@dataclass
class Reporter:
    """An agent that sends its records in batches, each until it is answered, to whichever collector takes it."""

    name: str
    ports: Sequence[int]
    batches: int
    per_batch: int = 2
    answers: dict[int, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    trouble: int = 0
    each_to_all: bool = False

    def run(self, gave_up: threading.Event, progress: threading.Semaphore) -> None:
        slot = a_slot(datetime.now(UTC) - timedelta(hours=1))
        for number in range(self.batches):
            sequences = range(number * self.per_batch + 1, (number + 1) * self.per_batch + 1)
            lines = [a_measurement_record(slot, sequence=one, with_receipt=False).line() for one in sequences]
            body = b"".join(lines)
            for turn in range(len(self.ports) if self.each_to_all else 1):
                answers = self._send(body, number + turn, gave_up)
                for sequence, answer in zip(sequences, answers, strict=bool(answers)):
                    self.answers.setdefault(sequence, answer)
            progress.release()

    def _send(self, body: bytes, turn: int, gave_up: threading.Event) -> list[str]:
        """The answers to a batch, however often it takes; a collector that is away is asked again soon."""
        while not gave_up.is_set():
            try:
                answers = self._ask(self.ports[turn % len(self.ports)], body)
            except (OSError, http.client.HTTPException):
                self.trouble += 1
                answers = None
            if answers is not None:
                return answers
            turn += 1
            gave_up.wait(_SOON_S)
        return []

    def _ask(self, port: int, body: bytes) -> list[str] | None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_LONG_S)
        try:
            connection.request("POST", "/api/v1/agent/records", body, {"Authorization": f"Bearer token of {self.name}"})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        self.statuses[answer.status] += 1
        if answer.status != 200:
            return None
        return [one["result"] for one in json.loads(content)["answers"]]

    @property
    def acknowledged(self) -> set[tuple[str, int]]:
        return {(self.name, sequence) for sequence, answer in self.answers.items() if answer in _GOOD}


class Fleet:
    """Many agents at once."""

    def __init__(self, store: SqlStore, agents: Sequence[Reporter]) -> None:
        self.agents = agents
        self.progress = threading.Semaphore(0)
        self._gave_up = threading.Event()
        self._threads = [threading.Thread(target=one.run, args=(self._gave_up, self.progress)) for one in agents]
        since = datetime.now(UTC) - timedelta(days=1)
        for one in agents:
            bind(store, LineId(f"line of {one.name}"), agent=AgentId(one.name), token=f"token of {one.name}", at=since)

    def __enter__(self) -> "Fleet":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._gave_up.set()
        self.join()

    def wait_for(self, batches: int) -> None:
        """Until so many more batches were answered."""
        for _ in range(batches):
            assert self.progress.acquire(timeout=_LONG_S), "nothing goes on"

    def join(self) -> None:
        for thread in self._threads:
            thread.join(timeout=2 * _LONG_S)
            assert not thread.is_alive()

    @property
    def acknowledged(self) -> set[tuple[str, int]]:
        return set().union(*(one.acknowledged for one in self.agents))

    @property
    def statuses(self) -> Counter[int]:
        return sum((one.statuses for one in self.agents), Counter[int]())


def stored(store: SqlStore) -> tuple[set[tuple[str, int]], int, int]:
    """Which records are there, and how many rows of records and of measurements hold them."""
    with store.database.read() as connection:
        keys = connection.execute(select(record.c.agent_id, record.c.sequence)).all()
        facts = connection.execute(select(func.count()).select_from(measurement)).scalar_one()
    return {(row.agent_id, row.sequence) for row in keys}, len(keys), facts


class CollectorProcess:
    """A collector of its own process on a socket of ours, which outlives it: who connects meanwhile waits."""

    def __init__(self, folder: Path, url: str, log: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._config = CollectorFiles(folder).write(extra=_LIMITS)
        written = self._config.read_text(encoding="utf-8").replace("sqlite:///netmon.db", url)
        self._config.write_text(written, encoding="utf-8")
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def start(self) -> None:
        """Start it, and wait until it answers."""
        handed = str(self._socket.fileno())
        command = [sys.executable, "-c", _HAND_OVER, handed, sys.executable, "-m", "netmon_collector"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "serve", "--config", str(self._config)],
                pass_fds=(self._socket.fileno(),),
                env={**os.environ, "LISTEN_FDS": "1"},
                stderr=log,
            )

    def wait(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_LONG_S)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
        connection.close()

    def cpu_s(self) -> float:
        """The processor time that it took so far."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self) -> int:
        return int(self._proc("statm").split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def _proc(self, name: str) -> str:
        assert self._process is not None
        return Path(f"/proc/{self._process.pid}/{name}").read_text(encoding="ascii")

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        assert self._process.wait(timeout=_LONG_S) == -signal.SIGKILL

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=_LONG_S)
        self._socket.close()


@contextmanager
def collector_processes(folder: Path, url: str, count: int = 1) -> Iterator[Sequence[CollectorProcess]]:
    """So many collectors on one database, all started at the same time."""
    found = [CollectorProcess(folder / f"c{number}", url, folder / f"c{number}.log") for number in range(count)]
    try:
        for one in found:
            one.start()
        for one in found:
            one.wait()
        yield found
    finally:
        for one in found:
            one.stop()
