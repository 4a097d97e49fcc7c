"""Certificates while the device's clock is implausible: the chain at once, its dates once the time is known."""

import ssl
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from netmon_agent.boot_clock import BootClock
from netmon_agent.collector_time import CollectorTime
from netmon_agent.errors import CollectorError

NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME, which the ssl module has no name for

Certificate = Mapping[str, object]


class CertificateDates:
    """Checks validity by the collector's own time, which cannot lie before the earliest time it can be."""

    def __init__(self, clock: BootClock, time: CollectorTime) -> None:
        self._clock, self._time = clock, time

    @property
    def are_checked_by_hand(self) -> bool:
        """Whether the device's clock cannot be trusted with it."""
        return not self._clock.is_plausible

    @property
    def is_time_known(self) -> bool:
        return self._time.is_known

    def learn(self, said: datetime | None, monotonic: float, chain: Iterable[Certificate]) -> None:
        """Take the time of a server whose chain is right, if it fits. Raises CollectorError."""
        if said is None:
            raise CollectorError("the collector does not tell its time, and this device's clock is wrong")
        if said < self._clock.earliest:
            raise CollectorError(f"the collector says it is {said:%Y-%m-%d}, which is in the past")
        check_dates(chain, said)
        self._time.learn(said, monotonic=monotonic)

    def check(self, chain: Iterable[Certificate]) -> None:
        """Raises CollectorError."""
        check_dates(chain, self._time.now())


def check_dates(chain: Iterable[Certificate], now: datetime) -> None:
    """Raises CollectorError for a certificate that is not valid now."""
    for certificate in chain:
        begins, ends = (_time(certificate.get(key)) for key in ("notBefore", "notAfter"))
        if begins is None or ends is None or now < begins:
            raise CollectorError("the collector is not trusted: its certificate is not yet valid")
        if now > ends:
            raise CollectorError("the collector is not trusted: its certificate has expired")


def _time(text: object) -> datetime | None:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC) if isinstance(text, str) else None


def chain_of(connection: ssl.SSLSocket, context: ssl.SSLContext) -> list[Certificate]:
    """The server's certificate and, of the trusted ones, those that signed it."""
    leaf: Certificate = connection.getpeercert() or {}
    issuers = [one for one in context.get_ca_certs() if one.get("subject") == leaf.get("issuer")]
    return [leaf, *issuers]
