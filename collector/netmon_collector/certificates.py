"""A certificate authority of the collector's own, for districts without one: TLS is verified from the first day.

Devices trust its CA because the fingerprint stands on their enrolment sheet. Keys are P-256: every TLS library of a
router knows it.
"""

import hashlib
import ipaddress
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from netmon_collector.errors import CertificateError

CA_VALID_FOR = timedelta(days=20 * 365)  # longer than a device lives: nobody goes there to change it
SERVER_VALID_FOR = timedelta(days=397)
_BACKDATED = timedelta(days=1)  # clocks of the other side may be slow
_CA_NAME = "netmon collector CA"
Host = x509.DNSName | x509.IPAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityFiles:
    """Where the four files are: the CA and its key, the server's certificate (with the CA behind it) and its key."""

    ca: Path
    ca_key: Path
    certificate: Path
    key: Path

    @classmethod
    def in_folder(cls, folder: Path) -> "AuthorityFiles":
        return cls(
            ca=folder / "ca.pem",
            ca_key=folder / "ca.key",
            certificate=folder / "collector.pem",
            key=folder / "collector.key",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A server certificate that was made, and the SHA-256 of its CA as sheets print it."""

    files: AuthorityFiles
    ca_sha256: str
    hosts: tuple[str, ...]
    valid_until: datetime


def init(folder: Path, hosts: Sequence[str], *, at: datetime) -> Issued:
    """A new CA and a certificate for the hosts. Raises CertificateError, also where one of the files exists."""
    files = AuthorityFiles.in_folder(folder)
    taken = [path for path in (files.ca, files.ca_key, files.certificate, files.key) if path.exists()]
    if taken:
        raise CertificateError(f"{taken[0]} exists: 'certificate renew' makes a new certificate of the same CA")
    names = _names(hosts)
    _make_folder(folder)
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca = _ca(ca_key, at)
    _write(files.ca_key, _pem_of_key(ca_key), secret=True)
    _write(files.ca, _pem(ca), secret=False)
    return _issue(files, ca, ca_key, names, at=at)


def renew(folder: Path, hosts: Sequence[str] | None, *, at: datetime) -> Issued:
    """A new certificate and key of the same CA, for other hosts or the present ones. Raises CertificateError."""
    files = AuthorityFiles.in_folder(folder)
    ca, ca_key = _read_ca(files)
    if ca.not_valid_after_utc <= at:
        raise CertificateError(
            f"{files.ca} ended on {ca.not_valid_after_utc:%Y-%m-%d}: move it away, run 'certificate init', and enrol "
            "the devices anew"
        )
    names = _present_hosts(files) if hosts is None else _names(hosts)
    return _issue(files, ca, ca_key, names, at=at)


def fingerprint(certificate: Path) -> str:
    """The SHA-256 of the first certificate of a PEM file, in lower case. Raises CertificateError."""
    return _sha256(_read(certificate))


def valid_until(certificate: Path) -> datetime:
    """When the first certificate of a PEM file ends. Raises CertificateError."""
    return _read(certificate).not_valid_after_utc


def _issue(
    files: AuthorityFiles,
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    names: Sequence[Host],
    *,
    at: datetime,
) -> Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    until = min(at + SERVER_VALID_FOR, ca.not_valid_after_utc)
    certificate = _server(key, names, ca, ca_key, at=at, until=until)
    # The key first: a collector that starts in between refuses to, one that runs goes on with what it has.
    _write(files.key, _pem_of_key(key), secret=True)
    _write(files.certificate, _pem(certificate) + _pem(ca), secret=False)
    return Issued(files=files, ca_sha256=_sha256(ca), hosts=tuple(str(name.value) for name in names), valid_until=until)


def _ca(key: ec.EllipticCurvePrivateKey, at: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{_CA_NAME} {secrets.token_hex(4)}")])
    builder = _builder(name, name, key.public_key(), at=at, until=at + CA_VALID_FOR)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    return builder.sign(key, hashes.SHA256())


def _server(
    key: ec.EllipticCurvePrivateKey,
    names: Sequence[Host],
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    *,
    at: datetime,
    until: datetime,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(names[0].value)[:64])])
    builder = _builder(subject, ca.subject, key.public_key(), at=at, until=until)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    return builder.add_extension(issuer, critical=False).sign(ca_key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, at: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _BACKDATED)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _names(hosts: Sequence[str]) -> list[Host]:
    if not hosts:
        raise CertificateError("a certificate is for at least one host; say --host NAME")
    return [_name(host) for host in dict.fromkeys(hosts)]


def _name(host: str) -> Host:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        name = host.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    labels = name.split(".")
    if not all(label and label.replace("-", "").isalnum() for label in labels):
        raise CertificateError(f"'{host}' is no host name and no address; write it without https:// and port")
    return x509.DNSName(name)


def _present_hosts(files: AuthorityFiles) -> list[Host]:
    try:
        names = _read(files.certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound as error:
        raise CertificateError(f"{files.certificate} names no host; say --host NAME") from error
    return [name for name in names if isinstance(name, x509.DNSName | x509.IPAddress)]


def _read_ca(files: AuthorityFiles) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    ca = _read(files.ca)
    try:
        key = serialization.load_pem_private_key(files.ca_key.read_bytes(), password=None)
    except OSError as error:
        raise CertificateError(f"{files.ca_key} cannot be read ({error.strerror}); put the CA's key there") from error
    except (ValueError, TypeError) as error:
        raise CertificateError(f"{files.ca_key} is no private key in PEM without a password") from error
    try:
        ca.verify_directly_issued_by(ca)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise CertificateError(f"{files.ca} is no CA that 'certificate init' made") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != ca.public_key():
        raise CertificateError(f"{files.ca_key} is not the key of {files.ca}")
    return ca, key


def _read(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except OSError as error:
        raise CertificateError(f"{path} cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise CertificateError(f"{path} has no certificate in PEM") from error


def _sha256(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CertificateError(f"{folder} cannot be made ({error.strerror})") from error


def _write(path: Path, content: bytes, *, secret: bool) -> None:
    """The whole file or the one before, readable by its owner alone where it is secret."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o644)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise CertificateError(f"{path} cannot be written ({error.strerror})") from error
