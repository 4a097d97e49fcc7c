"""TLS of the collector: a renewed certificate is taken while it runs, one that cannot be used is left alone."""

import asyncio
import logging
import ssl
from pathlib import Path

from netmon_collector.certificates import valid_until
from netmon_collector.errors import CertificateError, CollectorError
from netmon_collector.settings import Tls

_LOOK_EVERY_S = 30.0
_log = logging.getLogger(__name__)
Stamp = tuple[int, int]


class TlsFiles:
    """The certificate and key of collector.yaml as a context. Raises CollectorError when they are none."""

    def __init__(self, files: Tls) -> None:
        self._files = files
        self._seen = self._stamps()
        self.context = _context(files.certificate, files.key)

    def refresh(self) -> bool:
        """Take files that changed since the last look; whether there were any that could be used."""
        stamps = self._stamps()
        if stamps == self._seen:
            return False
        self._seen = stamps
        try:
            _context(self._files.certificate, self._files.key)  # tried aside: half a change must not reach the context
            _load(self.context, self._files.certificate, self._files.key)
        except CollectorError as error:
            _log.error("the renewed certificate cannot be used, the one before serves on: %s", error)
            return False
        _log.info("the renewed certificate of %s is in use", self._files.certificate)
        return True

    async def keep_fresh(self, stop: asyncio.Event) -> None:
        """Look now and then until told to stop."""
        while not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), _LOOK_EVERY_S)
            except TimeoutError:
                await asyncio.to_thread(self.refresh)

    def _stamps(self) -> tuple[Stamp, ...]:
        return tuple(_stamp(path) for path in (self._files.certificate, self._files.key))


def ends_at(files: Tls | None) -> float | None:
    """When the certificate in the file ends, as seconds since 1970; None where there is none that can be read."""
    if files is None:
        return None
    try:
        return valid_until(files.certificate).timestamp()
    except CertificateError:
        return None


def _context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    _load(context, certificate, key)
    return context


def _load(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise CollectorError(f"{certificate} and {key} cannot be used for TLS ({error})") from error


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_ino
