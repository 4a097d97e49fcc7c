"""netmon-server as it is started, scraped and stopped."""

import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from netmon.clock import SystemClock
from netmon.config.keyfile import write_key_file
from netmon.domain.measurement import Reason
from netmon_agent.__main__ import main as agent
from netmon_agent.methods.base import MethodResult
from netmon_agent.methods.native import measure
from netmon_collector.measurement_server.__main__ import main as server
from netmon_collector.measurement_server.keys import SigningKey
from netmon_collector.measurement_server.server import MeasurementServer
from tests.support.measurement import a_request, running_server, some_settings

COMMAND = [sys.executable, "-m", "netmon_collector.measurement_server"]


class Program:
    """A running netmon-server; its log is read line by line."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen([*COMMAND, "serve", *words], stderr=subprocess.PIPE, text=True)
        self.port = int(self.line(r"listens on \S+ port (\d+)"))

    def line(self, pattern: str) -> str:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            found = re.search(pattern, line)
            if found:
                return found.group(1)
        raise AssertionError(f"the server never said {pattern}")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=10)
        return self.process.returncode


@pytest.fixture
def key(tmp_path: Path) -> Path:
    write_key_file(tmp_path / "ticket.key", b"k" * 32)
    return tmp_path / "ticket.key"


@pytest.fixture
def program(key: Path) -> Iterator[Program]:
    started = Program(
        "--listen", "127.0.0.1:0", "--key-file", str(key), "--metrics", "127.0.0.1:0", "--budget-mbps", "300"
    )
    yield started
    if started.process.poll() is None:
        started.stop()


def test_measure_decides_and_exits_0(program: Program, key: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["measure", "--server", f"127.0.0.1:{program.port}", "--ticket-key-file", str(key)]
    assert agent([*words, "--threshold-mbps", "20", "--direction", "down"]) == 0
    assert "at least the limit of 19.00 Mb/s" in capsys.readouterr().out


def test_sigterm_drains_and_exits_0(program: Program) -> None:
    assert program.stop() == 0


def test_a_server_that_is_away_is_exit_3_with_json_and_one_line(key: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["measure", "--server", "127.0.0.1:1", "--ticket-key-file", str(key), "--json", "--direction", "up"]
    assert agent(words) == 3
    out, err = capsys.readouterr()
    assert '"kind": "none"' in out
    assert '"reason": "server_unreachable"' in out
    assert err.count("\n") == 1


def test_measure_without_a_key_is_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert agent(["measure", "--server", "127.0.0.1:1"]) == 2
    assert capsys.readouterr().err == ("netmon-agent: the method native needs a ticket; give --ticket-key-file FILE\n")


def test_keygen_prints_the_public_key_and_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--signing-key-file", str(tmp_path / "server.key")]
    assert server(["keygen", *words, "--ticket-key-file", str(tmp_path / "ticket.key")]) == 0
    public = capsys.readouterr().out.strip()
    assert re.fullmatch("[0-9a-f]{64}", public)
    assert (tmp_path / "ticket.key").stat().st_mode & 0o777 == 0o600
    assert server(["public-key", *words]) == 0
    assert capsys.readouterr().out.strip() == public
    assert server(["keygen", *words]) == 2
    assert "name a new file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--listen", "127.0.0.1:0"], "--listen needs --key-file"),
        (["--listen", "nowhere", "--key-file", "KEY"], "--listen: 'nowhere' is not HOST:PORT"),
        (["--listen", "127.0.0.1:0", "--key-file", "KEY", "--budget-mbps", "0"], "--budget-mbps is not positive"),
        (["--config", "absent.yaml"], "absent.yaml: cannot be read"),
        (["--config", "absent.yaml", "--key-file", "KEY"], "--key-file goes with --listen"),
    ],
)
def test_unusable_arguments_are_exit_2_and_one_line(
    key: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert server(["serve", *(str(key) if word == "KEY" else word for word in words)]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


def test_a_server_out_of_descriptors_says_so_once_and_serves_who_waited(program: Program) -> None:
    pid = program.process.pid
    limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(list(Path(f"/proc/{pid}/fd").iterdir())), limits[1]))
    with socket.create_connection(("127.0.0.1", program.port), timeout=10) as waiting:
        assert "Too many open files" in program.line(r"cannot accept a connection, trying on: (.*)")
        resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
        assert b'"type":"greeting"' in waiting.recv(4096)
    assert program.stop() == 0


def test_health_is_about_accepting_connections() -> None:
    started = MeasurementServer(
        some_settings(metrics=("127.0.0.1", 0)), signer=SigningKey.generate(), clock=SystemClock()
    )
    assert started.metrics_address is not None
    with pytest.raises(urllib.error.HTTPError, match="503"):
        scraped(started.metrics_address, "healthz")
    thread = threading.Thread(target=started.serve)
    thread.start()
    with socket.create_connection(started.address) as connection:
        connection.recv(4096)
        assert scraped(started.metrics_address, "healthz") == "ok\n"
    assert started.stop(within_s=10.0)
    thread.join()


def scraped(address: tuple[str, int], page: str = "metrics") -> str:
    with urllib.request.urlopen(f"http://{address[0]}:{address[1]}/{page}", timeout=5) as answer:
        return str(answer.read().decode())


def test_draining_lets_a_running_session_end_and_refuses_new_ones() -> None:
    with running_server(some_settings(metrics=("127.0.0.1", 0))) as running:
        assert running.metrics_address is not None
        results: list[MethodResult] = []
        request = a_request(running.address)
        measuring = threading.Thread(target=lambda: results.append(measure(request)))
        measuring.start()
        while "netmon_server_sessions_running 1\n" not in scraped(running.metrics_address):
            pass
        assert running.stop(within_s=10.0)
        measuring.join()
    assert results[0].rate_bps is not None
    assert results[0].receipt is not None
    assert measure(request).reason is Reason.SERVER_UNREACHABLE


def test_metrics_tell_what_runs_and_what_was_refused() -> None:
    with running_server(some_settings(metrics=("127.0.0.1", 0))) as running:
        assert running.metrics_address is not None
        request = a_request(running.address)
        for _ in range(3):
            measure(request)
        text = scraped(running.metrics_address)
    assert "netmon_server_sessions_running 0\n" in text
    assert 'netmon_server_sessions_total{direction="down",mode="estimate"} 1\n' in text
    assert 'netmon_server_refusals_total{reason="ticket_reused"} 2\n' in text
    assert "netmon_server_budget_bits_per_second 4e+08\n" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["measure"], "the following arguments are required: --server"),
        (["measure", "--server", "nowhere"], "'nowhere' is not HOST:PORT"),
        (["measure", "--server", "a:1", "--threshold-mbps", "fast"], "'fast' is not a rate in Mb/s"),
        (["measure", "--server", "a:1", "--tolerance", "nan"], "'nan' is not a percentage"),
        (["measure", "--server", "a:1", "--ticket-key-file", "absent.key"], "absent.key: cannot be read"),
        (["shout"], "invalid choice: 'shout'"),
    ],
)
def test_a_wrong_command_line_is_exit_2_and_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    try:
        code = agent(words)
    except SystemExit as stop:
        code = int(stop.code or 0)
    err = capsys.readouterr().err
    assert code == 2
    assert message in err
    assert err.count("\n") == 1
