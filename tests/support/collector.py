"""A collector over real sockets in this process, on a clock that is set by hand, and somebody to ask it."""

import asyncio
import gzip
import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from netmon.domain.access import Grant, Role
from netmon.domain.identifiers import LineId, TerritoryId
from netmon.wire.records import Envelope
from netmon_collector.app import open_services
from netmon_collector.jobs import Jobs
from netmon_collector.services import Services
from netmon_collector.settings import Limits
from netmon_collector.use_cases.accounts import Manager
from netmon_collector.use_cases.actors import EVERYWHERE
from netmon_collector.use_cases.api_tokens import add_api_token
from netmon_collector.use_cases.enrolment import grant_code
from netmon_collector.web.app import make_app
from netmon_collector.web.server import open_socket, run
from tests.support.store import CollectorFiles, FakeClock

_LONG_S = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes
    set_cookies: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def document(self) -> dict[str, object]:
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found


@dataclass(frozen=True, slots=True)
class RunningCollector:
    """A collector that answers at a port of the loopback interface."""

    services: Services
    clock: FakeClock
    port: int

    def ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=_LONG_S)) as connection:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            found, cookies = answer.getheaders(), answer.headers.get_all("Set-Cookie", [])
            return Reply(
                answer.status, {key.lower(): value for key, value in found}, answer.read(), tuple(map(str, cookies))
            )

    def get(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", path, headers={key.replace("_", "-"): value for key, value in headers.items()})

    def code(self, line: str = "line-01") -> str:
        services = self.services
        return grant_code(LineId(line), registry=services.registry, store=services.store, at=self.clock.now())[0]

    def enrol(self, code: str) -> Reply:
        body = json.dumps({"v": 1, "code": code, "software": "test"}).encode()
        return self.ask("POST", "/api/v1/enrol", body)

    def a_token(self, role: Role = Role.ADMINISTRATOR, territory: str | None = None, *, days: int = 30) -> str:
        """The secret of a new API token."""
        services, grant = self.services, Grant(role, None if territory is None else TerritoryId(territory))
        everybody = Manager(actor="test", grants=EVERYWHERE)
        return add_api_token(
            "test",
            grant,
            days,
            manager=everybody,
            registry=services.registry,
            store=services.store,
            at=self.clock.now(),
        )[1]

    def get_as(self, token: str, path: str, **headers: str) -> Reply:
        return self.get(path, Authorization=f"Bearer {token}", **headers)

    def an_agent(self, line: str = "line-01") -> "AskingAgent":
        found = self.enrol(self.code(line)).document
        return AskingAgent(self, str(found["agent"]), str(found["token"]))


@dataclass(frozen=True, slots=True)
class AskingAgent:
    """An enrolled agent."""

    collector: RunningCollector
    name: str
    token: str

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def timetable(self, **headers: str) -> Reply:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return self.collector.ask("GET", "/api/v1/agent/timetable", headers={**self.authorization, **named})

    def send(self, *records: Envelope | bytes, packed: bool = False) -> Reply:
        lines = [one if isinstance(one, bytes) else one.line() for one in records]
        body = b"\n".join(line.rstrip(b"\n") for line in lines)
        return self.send_body(gzip.compress(body) if packed else body, encoding="gzip" if packed else None)

    def send_body(self, body: bytes, *, encoding: str | None = None) -> Reply:
        headers = dict(self.authorization)
        if encoding is not None:
            headers["Content-Encoding"] = encoding
        return self.collector.ask("POST", "/api/v1/agent/records", body, headers)

    def results(self, *records: Envelope | bytes) -> list[str]:
        answers = self.send(*records).document["answers"]
        assert isinstance(answers, list)
        return [answer["result"] for answer in answers]


@contextmanager
def a_running_collector(
    folder: Path,
    *,
    extra: str = "",
    access: str = "{public: true}",
    registry: str | None = None,
    limits: Limits | None = None,
) -> Iterator[RunningCollector]:
    """A collector with one district and two schools, whose slots are planned; open to every viewer by itself."""
    clock = FakeClock()
    with open_services(CollectorFiles(folder).write(extra=extra, access=access, registry=registry), clock) as opened:
        settings = opened.settings if limits is None else replace(opened.settings, limits=limits)
        services = replace(opened, settings=settings)
        Jobs(services).plan()
        one = open_socket("127.0.0.1", 0)
        with serving(services, [one]):
            yield RunningCollector(services, clock, one.getsockname()[1])


@contextmanager
def serving(services: Services, sockets: Sequence[socket.socket]) -> Iterator[None]:
    """The application over services that somebody else opened."""
    listening = threading.Event()
    ends: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    thread = threading.Thread(
        target=run,
        args=(make_app(services), sockets),
        kwargs={
            "limits": services.settings.limits,
            "tls": None,
            "on_listening": lambda _: listening.set(),
            "stopped": lambda stop: ends.append((asyncio.get_running_loop(), stop)),
        },
    )
    thread.start()
    try:
        assert listening.wait(timeout=_LONG_S)
        yield
    finally:
        for loop, stop in ends:
            loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=_LONG_S)
        assert not thread.is_alive()
