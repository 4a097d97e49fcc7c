"""Enrolment over real sockets: the code, the fingerprint, and every way in which it can fail."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from netmon.wire.timetable import Enrolment
from netmon_agent.enrol import parse_fingerprint
from netmon_agent.identity import FILE, Identity
from netmon_agent.state import StateLock
from tests.support.agent import LINE, NOON
from tests.support.certificates import an_authority
from tests.support.fake_collector import TOKEN, FakeCollector, Fault, running_collector
from tests.support.proxy import running_proxy

CODE = "ABCD-EFGH-JKMN"
ENROLMENT = Enrolment(agent="agent-1", token=TOKEN, line=LINE, time=NOON)


def enrol(state: Path, url: str, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "netmon_agent", "enrol", "--collector", url, "--code", CODE, "--state", str(state)]
    return subprocess.run([*command, *more], capture_output=True, text=True, timeout=30, check=False)


def refusal(done: subprocess.CompletedProcess[str], code: int = 3) -> str:
    """The one line on stderr."""
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith("netmon-agent: ")
    assert done.stderr.count("\n") == 1
    assert TOKEN not in done.stderr
    return done.stderr


def a_collector() -> FakeCollector:
    collector = FakeCollector()
    collector.codes = {CODE: ENROLMENT}
    return collector


def test_a_code_becomes_an_identity(tmp_path: Path) -> None:
    with running_collector(a_collector()) as collector:
        done = enrol(tmp_path / "state", collector.url, "--allow-plain-http")
        assert (done.returncode, done.stdout, done.stderr) == (0, "enrolled as agent-1 for the line line-1\n", "")
        identity = Identity.load(tmp_path / "state")
        assert (identity.token, str(identity.collector), identity.ca) == (TOKEN, collector.url, None)
        assert (tmp_path / "state" / FILE).stat().st_mode & 0o777 == 0o600
        again = enrol(tmp_path / "state", collector.url, "--allow-plain-http")
        assert "this device is enrolled already" in refusal(again)


def test_a_code_is_taken_once(tmp_path: Path) -> None:
    with running_collector(a_collector()) as collector:
        enrol(tmp_path / "a", collector.url, "--allow-plain-http")
        message = refusal(enrol(tmp_path / "b", collector.url, "--allow-plain-http"))
        assert "the collector does not accept the code (HTTP 403): it is wrong, was used, or is too old" in message
        assert not (tmp_path / "b" / FILE).exists()


def test_the_collectors_own_ca_is_taken_by_its_fingerprint_and_kept(tmp_path: Path) -> None:
    authority, collector = an_authority(tmp_path), a_collector()
    collector.ca = authority.pem.encode()
    with running_collector(collector, tls=authority.server):
        colons = ":".join(authority.sha256[index : index + 2].upper() for index in range(0, 64, 2))
        done = enrol(tmp_path / "state", collector.url, "--ca-sha256", colons)
        assert done.returncode == 0, done.stderr
        assert (Identity.load(tmp_path / "state").ca or "").strip() == authority.pem.strip()


def test_whoever_sits_in_between_learns_no_code(tmp_path: Path) -> None:
    authority, collector = an_authority(tmp_path), a_collector()
    collector.ca = authority.pem.encode()
    with running_collector(collector, tls=authority.server):
        message = refusal(enrol(tmp_path / "state", collector.url, "--ca-sha256", "0" * 64))
        assert "shows another CA than the sheet: nothing was sent" in message
        assert [asked.path for asked in collector.asked] == ["/api/v1/ca.pem"]
        assert "is not trusted" in refusal(enrol(tmp_path / "state", collector.url))


def test_enrolment_goes_through_a_proxy(tmp_path: Path) -> None:
    authority, collector = an_authority(tmp_path), a_collector()
    collector.ca = authority.pem.encode()
    with running_collector(collector, tls=authority.server), running_proxy() as proxy:
        address = f"http://127.0.0.1:{proxy.server_address[1]}"
        done = enrol(tmp_path / "state", collector.url, "--ca-sha256", authority.sha256, "--proxy", address)
        assert done.returncode == 0, done.stderr
        assert len(proxy.asked) == 2


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault(status=429, headers={"Retry-After": "60"}), "takes no more codes now (HTTP 429); wait for 60 s"),
        (Fault(status=500), "the enrolment failed: "),
        (Fault(body=b"{}"), "the collector's answer to the enrolment cannot be used"),
        (Fault(drop=True), "does not answer"),
    ],
)
def test_a_collector_in_trouble_is_one_line(tmp_path: Path, fault: Fault, message: str) -> None:
    with running_collector(a_collector()) as collector:
        collector.faults = [fault]
        assert message in refusal(enrol(tmp_path / "state", collector.url, "--allow-plain-http"))


@pytest.mark.parametrize(
    ("url", "more", "message"),
    [
        ("http://localhost:1", (), "--collector: http:// would show the token to everyone on the way; write https://"),
        ("localhost", (), "--collector: 'localhost' is not a URL like https://collector.example"),
        ("https://localhost:1", ("--ca-sha256", "12"), "--ca-sha256: '12' is not the 64 hexadecimal digits"),
        ("http://localhost:1", ("--allow-plain-http", "--ca-sha256", "0" * 64), "--ca-sha256: a collector without TLS"),
        ("https://localhost:1", ("--proxy", "nowhere"), "--proxy: 'nowhere' is not HOST:PORT; write http://HOST:PORT"),
    ],
)
def test_unusable_arguments_are_one_line(tmp_path: Path, url: str, more: tuple[str, ...], message: str) -> None:
    assert message in refusal(enrol(tmp_path / "state", url, *more), code=2)


def test_a_running_agent_keeps_its_state_folder(tmp_path: Path) -> None:
    with running_collector(a_collector()) as collector, StateLock(tmp_path):
        assert "another netmon-agent runs" in refusal(enrol(tmp_path, collector.url, "--allow-plain-http"))
        assert collector.asked == []


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "g" * 64])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the 64 hexadecimal digits"):
        parse_fingerprint(text)


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    start = time.monotonic()
    message = refusal(enrol(tmp_path / "file" / "state", "https://localhost:1"))
    assert "cannot be made: Not a directory" in message
    assert time.monotonic() - start < 20
