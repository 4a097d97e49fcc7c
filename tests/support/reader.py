"""A browser without a screen: follows forms as they stand in the pages, and keeps cookies."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin

from netmon.domain.access import Grant
from netmon_collector.use_cases import accounts
from netmon_collector.use_cases.accounts import Manager
from netmon_collector.use_cases.actors import EVERYWHERE
from tests.support.collector import Reply, RunningCollector

PASSWORD = "four words of a test"
_MANAGER = Manager(actor="test", grants=EVERYWHERE)


def a_link(collector: RunningCollector, name: str, *grants: Grant) -> str:
    """The path at which a new account sets its password."""
    services = collector.services
    _, secret = accounts.add_account(
        name, grants, manager=_MANAGER, registry=services.registry, store=services.store, at=collector.clock.now()
    )
    return f"link/{secret}"


def an_account(collector: RunningCollector, name: str, *grants: Grant) -> str:
    """An account with PASSWORD; answers its name."""
    services = collector.services
    a_link(collector, name, *grants)
    services.store.set_password(name, services.passwords.hash(PASSWORD), [])
    return name


@dataclass
class ReaderBrowser:
    """Somebody at a browser; paths are relative to the page they are on."""

    collector: RunningCollector
    at: str = "/"
    cookies: dict[str, str] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)

    def get(self, path: str = "", **headers: str) -> Reply:
        self.at = urljoin(self.at, path)
        return self._ask("GET", self.at, None, headers)

    def post(
        self, path: str, fields: Mapping[str, str], *, follow: bool = False, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send exactly these fields."""
        body = urlencode(fields).encode()
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin, **(headers or {})}
        reply = self._ask("POST", urljoin(self.at, path), body, sent)
        return self.followed(reply) if follow else reply

    def fill(self, path: str, fields: Mapping[str, str], page: str | None = None, *, follow: bool = True) -> Reply:
        """Open a page, take the proof of its forms, and send the fields with it."""
        shown = self.get(page if page is not None else path)
        return self.post(path, {"form_token": form_token(shown), **fields}, follow=follow)

    def followed(self, reply: Reply) -> Reply:
        while reply.status == 303:
            self.at = urljoin(self.at, reply.headers["location"])
            reply = self._ask("GET", self.at, None, {})
        return reply

    def sign_in(self, name: str, password: str = PASSWORD, *, follow: bool = False) -> Reply:
        return self.fill("/sign-in", {"name": name, "password": password, "next": ""}, follow=follow)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.collector.port}"

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        sent = {"Accept": "text/html", "Accept-Language": "en", "Host": f"127.0.0.1:{self.collector.port}", **headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        reply = self.collector.ask(method, path, body, sent)
        for text in reply.set_cookies:
            self.set_cookies.append(text)
            for name, morsel in SimpleCookie(text).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return reply


def form_token(reply: Reply) -> str:
    """The proof that the forms of a page carry."""
    found = re.search(r'name="form_token" value="([^"]*)"', reply.text)
    assert found is not None, reply.text[:2000]
    return unescape(found[1])
