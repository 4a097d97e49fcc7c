"""Other people's programs as methods, run for real."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from netmon.domain.measurement import Direction, Reason, ResultKind
from netmon_agent.methods import iperf3, speedtest_cli
from netmon_agent.methods.base import MeasurementError, SessionRequest
from netmon_agent.methods.program import number_at, run_program
from netmon_agent.methods.table import METHODS
from tests.support.measurement import a_request


@pytest.fixture
def iperf3_port() -> Iterator[int]:
    command = ["iperf3", "--server", "--bind", "127.0.0.1", "--port", "0"]
    port = _free_port()
    command[-1] = str(port)
    with subprocess.Popen([*command, "--forceflush"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        for line in server.stdout:
            if "Server listening" in line:
                break
        yield port
        server.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def short(request: SessionRequest) -> SessionRequest:
    return replace(request, patience=replace(request.patience, estimate_s=1.0))


@pytest.mark.needs("iperf3")
@pytest.mark.parametrize("direction", list(Direction))
def test_iperf3_answers_with_a_rate(iperf3_port: int, direction: Direction) -> None:
    result = METHODS["iperf3"](short(a_request(("127.0.0.1", iperf3_port), direction=direction)))
    assert result.kind is ResultKind.RATE
    assert result.rate_bps is not None
    assert result.goodput_bps is not None
    assert result.rate_bps > result.goodput_bps > 1_000_000


@pytest.mark.needs("iperf3")
def test_iperf3_without_a_server_is_unreachable() -> None:
    result = iperf3.measure(short(a_request(("127.0.0.1", _free_port()))))
    assert (result.kind, result.reason) == (ResultKind.NONE, Reason.SERVER_UNREACHABLE)


def test_speedtest_cli_without_the_internet_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way out is a proxy that refuses: nothing leaves this machine."""
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{_free_port()}")
    result = speedtest_cli.measure(a_request(("127.0.0.1", 1)))
    assert (result.kind, result.reason) == (ResultKind.NONE, Reason.SERVER_UNREACHABLE)
    assert result.message is not None


def test_a_program_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError) as caught:
        run_program([str(tmp_path / "absent")], within_s=1.0)
    assert caught.value.reason is Reason.METHOD_MISSING


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("import time; time.sleep(60)", Reason.SERVER_STALLED),
        ("print('[1]')", Reason.PROTOCOL_ERROR),
        ("print('nonsense')", Reason.PROTOCOL_ERROR),
        ("import sys; sys.exit('ERROR: Cannot retrieve speedtest configuration')", Reason.SERVER_UNREACHABLE),
        ("import sys; sys.exit('error - the server is busy running a test')", Reason.SERVER_BUSY),
        ("pass", Reason.PROTOCOL_ERROR),
    ],
)
def test_whatever_a_program_does_is_a_reason(script: str, reason: Reason) -> None:
    with pytest.raises(MeasurementError) as caught:
        run_program([sys.executable, "-c", script], within_s=0.5 if "sleep" in script else 20.0)
    assert caught.value.reason is reason


@pytest.mark.parametrize("end", [None, {"rate": "5"}, {"rate": True}, {"rate": -1}, [], {}])
def test_an_answer_without_its_number_is_a_protocol_error(end: object) -> None:
    assert number_at({"end": {"rate": 5}}, "end", "rate") == 5.0
    with pytest.raises(MeasurementError, match=r"end\.rate"):
        number_at({"end": end}, "end", "rate")
