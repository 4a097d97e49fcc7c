"""Addresses as people write them: a collector's URL, host:port."""

import re
from dataclasses import dataclass
from typing import Self

from netmon.config.host_port import parse_host_port

_DEFAULT_PORT = {"https": 443, "http": 80}
# Scheme, host in brackets or without, port, path, query and fragment; urllib.parse would do, and bring ipaddress along.
_URL = re.compile(r"(https?)://(?:\[([0-9A-Fa-f:.]+)\]|([^\s/?#@:\[\]]+))(?::(\d{1,5}))?((?:/[^\s?#]*)?)([?#].*)?")


@dataclass(frozen=True, slots=True)
class Address:
    """A host, or a numeric address without brackets, and a port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``host:port`` or ``[2001:db8::1]:port``. Raises ValueError."""
        return cls(*parse_host_port(text))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class PlainHttpError(ValueError):
    """A collector without TLS that nobody allowed explicitly."""


@dataclass(frozen=True, slots=True)
class CollectorUrl:
    """Where the collector is; `prefix` is the path before ``/api``, without a slash at its end."""

    tls: bool
    address: Address
    prefix: str

    @classmethod
    def parse(cls, text: str, *, allow_plain_http: bool) -> Self:
        """Raises PlainHttpError for http:// unless allowed, and ValueError for what is no URL of a collector."""
        found = _URL.fullmatch(text)
        if found is None:
            raise ValueError("not a URL like https://collector.example")
        scheme, bracketed, host, port, path, rest = found.groups()
        if rest or "@" in path or not text.isascii():
            raise ValueError("a collector's URL has no user, query or fragment")
        if scheme == "http" and not allow_plain_http:
            raise PlainHttpError("http:// would show the token to everyone on the way")
        if port is not None and not 0 < int(port) <= 65535:
            raise ValueError("a URL whose port is none")
        address = Address((bracketed or host).lower(), int(port or _DEFAULT_PORT[scheme]))
        return cls(scheme == "https", address, path.rstrip("/"))

    def __str__(self) -> str:
        scheme = "https" if self.tls else "http"
        port = "" if self.address.port == _DEFAULT_PORT[scheme] else f":{self.address.port}"
        host = f"[{self.address.host}]" if ":" in self.address.host else self.address.host
        return f"{scheme}://{host}{port}{self.prefix}"
