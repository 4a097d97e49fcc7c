"""A device that trusts nobody yet enrols over TLS by the fingerprint of the collector's own CA."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from netmon_agent.identity import Identity
from netmon_collector.errors import CollectorError
from netmon_collector.web.agents.authority import certificates_in
from tests.support.certificates import Authority, an_authority
from tests.support.store import CollectorFiles

_HAND_OVER = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.execv(sys.argv[2], sys.argv[2:])"
_COLLECTOR = [sys.executable, "-m", "netmon_collector"]
_LONG_S = 60


@contextmanager
def _collector(folder: Path, authority: Authority) -> Iterator[tuple[str, str]]:
    """A collector with a certificate of that CA; its URL and a code."""
    key = "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n"
    (folder / "ca.pem").write_text(key + authority.pem, encoding="ascii")
    config = CollectorFiles(folder).write(extra="tls: {certificate: server.pem, key: server.pem, ca: ca.pem}\n")
    granted = subprocess.run(
        [*_COLLECTOR, "enrolment-code", "line-01", "--config", str(config)],
        capture_output=True,
        text=True,
        timeout=_LONG_S,
        check=True,
    )
    with socket.create_server(("127.0.0.1", 0)) as handed:
        command = [sys.executable, "-c", _HAND_OVER, str(handed.fileno()), *_COLLECTOR, "serve"]
        command += ["--config", str(config)]
        environment = {**os.environ, "LISTEN_FDS": "1"}
        process = subprocess.Popen(command, pass_fds=(handed.fileno(),), env=environment)
        try:
            yield f"https://localhost:{handed.getsockname()[1]}", granted.stdout.strip()
        finally:
            process.terminate()
            assert process.wait(timeout=_LONG_S) == 0


def _enrol(state: Path, url: str, code: str, fingerprint: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "netmon_agent", "enrol", "--collector", url, "--code", code]
    command += ["--ca-sha256", fingerprint, "--state", str(state)]
    return subprocess.run(command, capture_output=True, text=True, timeout=_LONG_S, check=False)


def test_the_fingerprint_on_the_sheet_is_enough_to_enrol_over_tls(tmp_path: Path) -> None:
    authority = an_authority(tmp_path)
    with _collector(tmp_path, authority) as (url, code):
        wrong = _enrol(tmp_path / "wrong", url, code, "0" * 64)
        assert (wrong.returncode, "shows another CA than the sheet" in wrong.stderr) == (3, True)
        done = _enrol(tmp_path / "state", url, code, authority.sha256)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(" for the line line-01\n")
    assert (Identity.load(tmp_path / "state").ca or "").strip() == authority.pem.strip()


def test_only_certificates_of_the_file_are_shown(tmp_path: Path) -> None:
    authority = an_authority(tmp_path)
    path = tmp_path / "both.pem"
    path.write_text((tmp_path / "server.pem").read_text(encoding="ascii") + authority.pem, encoding="ascii")
    shown = certificates_in(path)
    assert (shown.count("BEGIN CERTIFICATE"), "KEY" in shown, authority.pem.strip() in shown) == (2, False, True)


def test_a_file_without_a_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing", encoding="ascii")
    for name, problem in (("ca.pem", "has no certificate"), ("missing.pem", "cannot be read")):
        with pytest.raises(CollectorError, match=problem):
            certificates_in(tmp_path / name)
