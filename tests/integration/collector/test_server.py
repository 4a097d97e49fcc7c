"""Listening: handed sockets, TLS, a stop that lets requests end."""

import datetime
import os
import resource
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from netmon_collector.errors import CollectorError
from netmon_collector.settings import Tls
from netmon_collector.web.server import handed_sockets, open_socket
from netmon_collector.web.tls import TlsFiles
from tests.support.store import CollectorFiles

_HAND_OVER = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.execv(sys.argv[2], sys.argv[2:])"
_COLLECTOR = [sys.executable, "-m", "netmon_collector"]
_LONG_S = 30


def _ask(one: socket.socket, *, tls: ssl.SSLContext | None = None, path: str = "/healthz") -> bytes:
    """What the collector behind a listening socket answers."""
    with socket.create_connection(one.getsockname(), timeout=_LONG_S) as plain:
        connection = plain if tls is None else tls.wrap_socket(plain, server_hostname="localhost")
        with connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while part := connection.recv(65536):
                answer += part
            return answer


def _serve(config: Path, handed: socket.socket) -> subprocess.Popen[str]:
    """The collector as a service manager starts it: the kernel queues what comes before it listens."""
    command = [sys.executable, "-c", _HAND_OVER, str(handed.fileno()), *_COLLECTOR, "serve", "--config", str(config)]
    return subprocess.Popen(
        command,
        pass_fds=(handed.fileno(),),
        env={**os.environ, "LISTEN_FDS": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )


def _stop(process: subprocess.Popen[str]) -> str:
    process.terminate()
    messages = process.communicate(timeout=_LONG_S)[1]
    assert process.returncode == 0, messages
    return messages


def test_a_socket_handed_by_the_parent_is_served_and_a_stop_is_a_success(tmp_path: Path) -> None:
    config = CollectorFiles(tmp_path).write()
    with socket.create_server(("127.0.0.1", 0)) as handed:
        process = _serve(config, handed)
        assert _ask(handed).startswith(b"HTTP/1.1 200")
        assert b'"ready"' in _ask(handed, path="/readyz")
        assert "Traceback" not in _stop(process)


def test_the_configured_certificate_is_shown(tmp_path: Path) -> None:
    certificate = _write_certificate(tmp_path)
    config = CollectorFiles(tmp_path).write(extra="tls: {certificate: cert.pem, key: key.pem}\n")
    with socket.create_server(("127.0.0.1", 0)) as handed:
        process = _serve(config, handed)
        assert _ask(handed, tls=ssl.create_default_context(cafile=certificate)).startswith(b"HTTP/1.1 200")
        _stop(process)


def test_an_address_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = CollectorFiles(tmp_path).write(listen=f"127.0.0.1:{port}")
        done = subprocess.run(
            [*_COLLECTOR, "serve", "--config", str(config)],
            capture_output=True,
            text=True,
            timeout=_LONG_S,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr == f"netmon-collector: 127.0.0.1:{port} cannot be listened on (Address already in use)\n"


def test_sockets_meant_for_another_process_are_left_alone() -> None:
    environ = {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid() + 1), "LISTEN_FDNAMES": "x"}
    assert handed_sockets(environ) == ()
    assert environ == {}
    assert handed_sockets({"LISTEN_FDS": "many"}) == ()


def test_a_collector_may_have_more_connections_than_a_shell_allows_files(tmp_path: Path) -> None:
    config = CollectorFiles(tmp_path).write()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.create_server(("127.0.0.1", 0)) as handed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, before[0]), before[1]))
        try:
            process = _serve(config, handed)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        assert _ask(handed).startswith(b"HTTP/1.1 200")
        soft, _ = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
        _stop(process)
    assert soft == min(65_536, before[1])


def test_an_address_of_the_other_family_can_be_listened_on() -> None:
    with open_socket("::1", 0) as one:
        assert one.family is socket.AF_INET6


def test_files_that_are_no_certificate_are_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("nonsense", encoding="ascii")
    with pytest.raises(CollectorError, match="cannot be used for TLS"):
        TlsFiles(Tls(certificate=tmp_path / "cert.pem", key=tmp_path / "cert.pem"))


def _write_certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem"
