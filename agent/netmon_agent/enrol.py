"""Enrolment: a new device shows the printed code once and gets an identity of its own."""

import hashlib
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from netmon.domain.identifiers import AgentId
from netmon.errors import WireError
from netmon.wire.canonical import canonical_json, parse_object
from netmon.wire.timetable import Enrolment, EnrolmentRequest
from netmon_agent.address import Address, CollectorUrl
from netmon_agent.boot_clock import BootClock
from netmon_agent.certificate_dates import CertificateDates
from netmon_agent.collector_time import CollectorTime
from netmon_agent.device_state import SOFTWARE
from netmon_agent.errors import AgentError, CollectorError, CollectorStatusError, StateError
from netmon_agent.http_client import CollectorClient, Endpoint, Trust
from netmon_agent.identity import FILE, Identity
from netmon_agent.state import StateLock, prepare_folder

ENROL_PATH = "/api/v1/enrol"
CA_PATH = "/api/v1/ca.pem"
_MOST_ANSWER_BYTES = 16 * 1024
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s.+?\s-----END CERTIFICATE-----", re.DOTALL)
_TOO_MANY = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentSheet:
    """What is printed on the sheet, and where the identity goes; `ca_sha256` is of the CA's DER, in lower case."""

    collector: CollectorUrl
    code: str
    ca_sha256: str | None
    state_dir: Path
    proxy: Address | None = None


def enrol(sheet: EnrolmentSheet, clock: BootClock) -> Identity:
    """Get an identity and keep it. Raises AgentError; then nothing was kept, and the code is spent at most once."""
    prepare_folder(sheet.state_dir)
    with StateLock(sheet.state_dir):
        if (sheet.state_dir / FILE).exists():
            raise StateError(f"this device is enrolled already; to enrol it anew remove {sheet.state_dir / FILE}")
        ca = None if sheet.ca_sha256 is None else _own_ca(sheet, sheet.ca_sha256, clock.monotonic)
        endpoint = Endpoint(url=sheet.collector, trust=Trust(ca=ca), proxy=sheet.proxy)
        dates = CertificateDates(clock, CollectorTime(clock))
        found = _ask(CollectorClient(endpoint, clock.monotonic, dates=dates), sheet.code)
        identity = Identity(
            agent=AgentId(found.agent), token=found.token, line=found.line, collector=sheet.collector, ca=ca
        )
        identity.save(sheet.state_dir)
        return identity


def _ask(client: CollectorClient, code: str) -> Enrolment:
    request = EnrolmentRequest(code=code, software=SOFTWARE)
    try:
        reply = client.post(ENROL_PATH, canonical_json(request.document()), {"Content-Type": "application/json"})
        return Enrolment.from_document(parse_object(reply.body, limit=_MOST_ANSWER_BYTES))
    except CollectorStatusError as error:
        raise AgentError(_refusal(error)) from error
    except WireError as error:
        raise CollectorError(f"the collector's answer to the enrolment cannot be used: {error}") from error


def _refusal(error: CollectorStatusError) -> str:
    if error.status == _TOO_MANY:
        wait = f" for {error.retry_after_s:.0f} s" if error.retry_after_s else ""
        return f"the collector takes no more codes now (HTTP {error.status}); wait{wait} and try again"
    if error.status in (400, 401, 403, 404, 409, 410, 422):
        return (
            f"the collector does not accept the code (HTTP {error.status}): it is wrong, was used, or is too old; "
            "check it or ask for a new sheet"
        )
    return f"the enrolment failed: {error}"


def _own_ca(sheet: EnrolmentSheet, wanted: str, monotonic: Callable[[], float]) -> str:
    """The collector's CA, trusted because its fingerprint stands on the sheet. Raises AgentError."""
    endpoint = Endpoint(url=sheet.collector, trust=Trust(blind=True), proxy=sheet.proxy)
    text = CollectorClient(endpoint, monotonic).get(CA_PATH).body.decode("ascii", errors="replace")
    for certificate in _CERTIFICATE.findall(text):
        try:
            der = ssl.PEM_cert_to_DER_cert(certificate)
        except ValueError:
            continue
        if hashlib.sha256(der).hexdigest() == wanted:
            return str(certificate) + "\n"
    raise AgentError(
        f"{sheet.collector} shows another CA than the sheet: nothing was sent; check the fingerprint, or somebody sits "
        "between this device and the collector"
    )


def parse_fingerprint(text: str) -> str:
    """A SHA-256 as people write it: any case, with or without colons and spaces. Raises ValueError."""
    digits = re.sub(r"[:\s]", "", text).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise ValueError("not the 64 hexadecimal digits of a SHA-256")
    return digits
