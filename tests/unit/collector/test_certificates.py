"""The collector's own CA: what it makes is what TLS libraries accept, what it cannot use is one clear line."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from netmon_collector import certificates
from netmon_collector.errors import CertificateError

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOSTS = ("collector.example", "192.0.2.7", "школа.рф")


def _hosts(path: Path) -> list[str]:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(name.value) for name in names]


def test_a_certificate_names_every_host_once(tmp_path: Path) -> None:
    issued = certificates.init(tmp_path, (*HOSTS, "collector.example"), at=NOW)

    assert _hosts(issued.files.certificate) == ["collector.example", "192.0.2.7", "xn--80atdl2c.xn--p1ai"]


def test_keys_are_their_owners_alone(tmp_path: Path) -> None:
    files = certificates.init(tmp_path / "tls", HOSTS, at=NOW).files

    assert {stat.S_IMODE(path.stat().st_mode) for path in (files.ca_key, files.key)} == {0o600}
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700


def test_a_ca_signs_no_other_ca_and_a_server_signs_nothing(tmp_path: Path) -> None:
    files = certificates.init(tmp_path, HOSTS, at=NOW).files
    ca, server = (x509.load_pem_x509_certificate(path.read_bytes()) for path in (files.ca, files.certificate))

    assert ca.extensions.get_extension_for_class(x509.BasicConstraints).value == x509.BasicConstraints(True, 0)
    assert not server.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    server.verify_directly_issued_by(ca)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    files = certificates.init(tmp_path, HOSTS, at=NOW).files
    before = files.ca_key.read_bytes()

    with pytest.raises(CertificateError, match="exists: 'certificate renew'"):
        certificates.init(tmp_path, HOSTS, at=NOW)
    assert files.ca_key.read_bytes() == before


def test_a_renewed_certificate_keeps_ca_and_hosts_and_has_a_key_of_its_own(tmp_path: Path) -> None:
    first = certificates.init(tmp_path, HOSTS, at=NOW)
    key, later = first.files.key.read_bytes(), NOW + timedelta(days=300)

    second = certificates.renew(tmp_path, None, at=later)

    assert (second.ca_sha256, second.hosts) == (first.ca_sha256, first.hosts)
    assert second.valid_until == later + certificates.SERVER_VALID_FOR
    assert second.files.key.read_bytes() != key
    assert certificates.valid_until(second.files.certificate) == second.valid_until
    assert certificates.fingerprint(second.files.ca) == second.ca_sha256


def test_other_hosts_can_be_named(tmp_path: Path) -> None:
    certificates.init(tmp_path, HOSTS, at=NOW)

    assert certificates.renew(tmp_path, ["new.example"], at=NOW).hosts == ("new.example",)


def test_no_certificate_outlives_its_ca(tmp_path: Path) -> None:
    certificates.init(tmp_path, HOSTS, at=NOW)
    end = NOW + certificates.CA_VALID_FOR

    assert certificates.renew(tmp_path, None, at=end - timedelta(days=10)).valid_until == end
    with pytest.raises(CertificateError, match="ended on 2046"):
        certificates.renew(tmp_path, None, at=end)


@pytest.mark.parametrize("host", ["https://collector.example", "collector.example:8443", "", "a b", "-.-", "a..b"])
def test_what_is_no_host_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(CertificateError, match="is no host name"):
        certificates.init(tmp_path, [host], at=NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_certificate_for_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CertificateError, match="--host NAME"):
        certificates.init(tmp_path, [], at=NOW)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("ca.pem", b"nonsense", "has no certificate in PEM"),
        ("ca.key", b"nonsense", "is no private key in PEM"),
        ("collector.pem", b"nonsense", "has no certificate in PEM"),
    ],
)
def test_spoilt_files_are_named(tmp_path: Path, file: str, content: bytes, message: str) -> None:
    certificates.init(tmp_path, HOSTS, at=NOW)
    (tmp_path / file).write_bytes(content)

    with pytest.raises(CertificateError, match=f"{file} {message}"):
        certificates.renew(tmp_path, None, at=NOW)


def test_the_key_of_another_ca_is_refused(tmp_path: Path) -> None:
    certificates.init(tmp_path / "one", HOSTS, at=NOW)
    certificates.init(tmp_path / "two", HOSTS, at=NOW)
    (tmp_path / "two" / "ca.key").replace(tmp_path / "one" / "ca.key")

    with pytest.raises(CertificateError, match="is not the key of"):
        certificates.renew(tmp_path / "one", None, at=NOW)


def test_a_missing_ca_is_named(tmp_path: Path) -> None:
    with pytest.raises(CertificateError, match=r"ca\.pem cannot be read"):
        certificates.renew(tmp_path, None, at=NOW)


def test_a_client_that_knows_the_ca_trusts_the_server(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    files = certificates.init(tmp_path, ["localhost"], at=now).files
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.certificate, files.key)
    client = ssl.create_default_context(cafile=str(files.ca))
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client.wrap_bio(to_client, to_server, server_hostname="localhost")
    two = server.wrap_bio(to_server, to_client, server_side=True)

    _shake_hands(one, two)

    assert one.version() == "TLSv1.3"


def _shake_hands(one: ssl.SSLObject, two: ssl.SSLObject) -> None:
    done: set[ssl.SSLObject] = set()
    for _ in range(10):
        for side in (one, two):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            done.add(side)
    assert done == {one, two}
