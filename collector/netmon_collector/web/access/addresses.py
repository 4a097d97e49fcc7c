"""Where a request comes from, and where an answer may send it: never out of the site."""

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from netmon_collector.access_settings import Network
from netmon_collector.web.keys import SERVICES

_LONGEST_PATH = 2000
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")
_IPV6_PREFIX = 64  # one customer's


def site_root(request: web.Request) -> str:
    """The way from what is asked up to the root of the site, which a proxy may serve anywhere."""
    return "../" * (request.rel_url.raw_path.count("/") - 1) or "./"


def own_path(request: web.Request) -> str:
    """What is asked, relative to the root of the site."""
    return request.rel_url.raw_path_qs.lstrip("/")


def safe_path(text: str | None) -> str:
    """A way back that was handed through a browser, relative to the root of the site; the root for anything odd.

    It is only ever used behind `./`: a browser cannot read it as another host.
    """
    if text is None or len(text) > _LONGEST_PATH or _CONTROL.search(text) or text.startswith("/"):
        return ""
    return "" if ".." in urlsplit(text).path.split("/") else text


def devices_address(request: web.Request) -> str:
    """Where devices reach the collector: as it is configured, else as this reader does."""
    return request.app[SERVICES].settings.public_url or f"{request.scheme}://{request.host}"


def see_other(request: web.Request, path: str = "", **query: str) -> web.Response:
    """An answer that leads on to a page of the site by GET."""
    known = {key: value for key, value in query.items() if value}
    separator = "" if not known else "&" if "?" in path else "?"
    location = f"{site_root(request)}{path}{separator}{urlencode(known)}"
    return web.Response(status=303, headers={"Location": location, "Cache-Control": "no-store"})


def address_of(request: web.Request) -> str:
    """The address of who asks: as a proxy of ours says it, else that of the connection."""
    proxies = request.app[SERVICES].settings.access.proxies
    address = request.remote or ""
    for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if not is_in(address, proxies) or not hop.strip():
            break
        address = hop.strip()
    return address if _parsed(address) is not None else (request.remote or "")


def counted_address(address: str) -> str:
    """What attempts are counted under: an IPv6 network of one customer is one address."""
    found = _parsed(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        network = int(found) >> (128 - _IPV6_PREFIX) << (128 - _IPV6_PREFIX)
        return f"{IPv6Address(network)}/{_IPV6_PREFIX}"
    return address


def is_in(address: str, networks: Collection[Network]) -> bool:
    found = _parsed(address)
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    return found is not None and any(found in network for network in networks)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
