"""The CA of the collector's certificate, for devices that have its fingerprint on their enrolment sheet."""

import asyncio
import re
import ssl
from pathlib import Path

from aiohttp import web

from netmon_collector.errors import CollectorError, NotFoundError
from netmon_collector.web.keys import SERVICES

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")


def add_authority_routes(app: web.Application) -> None:
    app.router.add_get("/api/v1/ca.pem", get_authority)


async def get_authority(request: web.Request) -> web.Response:
    tls = request.app[SERVICES].settings.tls
    if tls is None or tls.ca is None:
        raise NotFoundError("this collector names no CA of its own")
    text = await asyncio.to_thread(certificates_in, tls.ca)
    return web.Response(text=text, content_type="application/x-pem-file")


def certificates_in(path: Path) -> str:
    """The certificates of a file in PEM and nothing else of it: who puts a key beside them does not publish it.

    Raises CollectorError when there are none.
    """
    try:
        found: list[str] = _CERTIFICATE.findall(path.read_text(encoding="utf-8", errors="replace"))
        for one in found:
            ssl.PEM_cert_to_DER_cert(one)
    except OSError as error:
        raise CollectorError(f"{path} cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise CollectorError(f"{path} has a certificate that is none ({error})") from error
    if not found:
        raise CollectorError(f"{path} has no certificate; name a file in PEM")
    return "\n".join([*found, ""])
