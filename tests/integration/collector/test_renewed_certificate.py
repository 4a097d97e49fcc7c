"""A collector takes a renewed certificate while it serves, and leaves alone what it cannot use."""

import socket
import ssl
import threading
from datetime import UTC, datetime
from pathlib import Path

from netmon_collector import certificates
from netmon_collector.settings import Tls
from netmon_collector.web.tls import TlsFiles, ends_at


def _shown(context: ssl.SSLContext, ca: Path) -> bytes:
    """The certificate that a new connection is shown, in DER."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(1)

    thread = threading.Thread(target=serve)
    thread.start()
    client = ssl.create_default_context(cafile=str(ca))
    with (
        socket.create_connection(listener.getsockname()) as plain,
        client.wrap_socket(plain, server_hostname="localhost") as tls,
    ):
        shown = tls.getpeercert(binary_form=True)
        tls.send(b".")
    thread.join()
    listener.close()
    assert shown is not None
    return shown


def test_a_renewed_certificate_is_shown_to_the_next_connection(tmp_path: Path) -> None:
    files = certificates.init(tmp_path, ["localhost"], at=datetime.now(UTC)).files
    tls = TlsFiles(Tls(certificate=files.certificate, key=files.key))
    before = _shown(tls.context, files.ca)

    assert not tls.refresh()
    certificates.renew(tmp_path, None, at=datetime.now(UTC))
    assert tls.refresh()

    assert _shown(tls.context, files.ca) != before


def test_a_key_that_does_not_fit_leaves_the_certificate_before_in_use(tmp_path: Path) -> None:
    files = certificates.init(tmp_path / "one", ["localhost"], at=datetime.now(UTC)).files
    other = certificates.init(tmp_path / "two", ["localhost"], at=datetime.now(UTC)).files
    tls = TlsFiles(Tls(certificate=files.certificate, key=files.key))
    before = _shown(tls.context, files.ca)

    other.key.replace(files.key)

    assert not tls.refresh()
    assert _shown(tls.context, files.ca) == before


def test_the_end_of_the_certificate_is_known_and_none_is_no_time(tmp_path: Path) -> None:
    issued = certificates.init(tmp_path, ["localhost"], at=datetime(2026, 11, 23, tzinfo=UTC))

    assert ends_at(Tls(certificate=issued.files.certificate, key=issued.files.key)) == issued.valid_until.timestamp()
    assert ends_at(None) is None
    assert ends_at(Tls(certificate=tmp_path / "none.pem", key=issued.files.key)) is None
