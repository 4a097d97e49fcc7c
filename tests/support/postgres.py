"""A real PostgreSQL for tests: a cluster of its own on a Unix socket, from the machine's own binaries."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.waiting import wait_until

_INSTALLED = Path("/usr/lib/postgresql")
_OWNER = "postgres"  # PostgreSQL refuses to run as root
_LEAST = 15
_START_S = 60.0
# Tests make a database each; the durability that this gives up is tested by clusters that keep it.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def binaries() -> Path | None:
    """The newest installed server's folder, or where `initdb` on the path is; None without a recent one."""
    versions = sorted(int(one.name) for one in _INSTALLED.glob("*") if one.name.isdigit() and int(one.name) >= _LEAST)
    if versions:
        return _INSTALLED / str(versions[-1]) / "bin"
    found = shutil.which("initdb")
    return None if found is None else Path(found).parent


@dataclass(frozen=True, slots=True)
class Cluster:
    """A PostgreSQL that listens on a socket in its folder alone."""

    folder: Path
    programs: Path
    options: Sequence[str]

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str) -> str:
        return f"postgresql://{_OWNER}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"netmon_{secrets.token_hex(6)}"
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        return self.url(name)

    def drop(self, url: str) -> None:
        name = url.rpartition("?")[0].rpartition("/")[2]
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def start(self) -> None:
        options = "".join(
            f" -c {one}" for one in (*self.options, "listen_addresses=", f"unix_socket_directories={self.folder}")
        )
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-o", options, "-w", "start")

    def stop(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):  # it does not run
            self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")

    def kill(self) -> None:
        """Kill every process of the server at once, as a power cut would."""
        parent = int((self.data / "postmaster.pid").read_text(encoding="ascii").split()[0])
        os.kill(parent, signal.SIGSTOP)  # so that it starts nobody while its children go
        for child in Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split():
            os.kill(int(child), signal.SIGKILL)
        os.kill(parent, signal.SIGKILL)

    def ensure_running(self) -> None:
        """Start it again if it gave up, and wait until it answers."""
        wait_until(self._answers_or_is_started, within_s=_START_S)

    def _answers_or_is_started(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            with contextlib.suppress(subprocess.CalledProcessError):
                self.start()
            return False
        return True

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _run(self, program: str, *arguments: str) -> None:
        run_as_owner(self.programs / program, *arguments)


def run_as_owner(program: Path, *arguments: str) -> None:
    """Run a program of PostgreSQL; as root under its own account."""
    owner = _OWNER if os.geteuid() == 0 else None
    subprocess.run(
        [str(program), *arguments],
        user=owner,
        group=owner,
        extra_groups=[] if owner else None,
        cwd="/",
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # a pipe would be held open by the server that pg_ctl leaves behind
        stderr=subprocess.DEVNULL,
        timeout=_START_S,
    )


@contextmanager
def a_cluster(*options: str, parent: Path | None = None) -> Iterator[Cluster]:
    """A running cluster, gone at the end; `options` are settings of postgresql.conf."""
    programs = binaries()
    assert programs is not None
    with tempfile.TemporaryDirectory(prefix="netmon-pg-", dir=parent, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, _OWNER, _OWNER)
        found = Cluster(folder, programs, options)
        run_as_owner(
            programs / "initdb",
            "-D",
            str(found.data),
            "-U",
            _OWNER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        )
        found.start()
        try:
            yield found
        finally:
            found.stop()
