"""collector.yaml: what one collector is told about itself; paths in it are relative to its folder."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from netmon.config.defaults import default_file
from netmon.config.host_port import parse_host_port
from netmon.config.keyfile import read_key_file
from netmon.config.references import read_named_file
from netmon.config.strict import Mapping as Keys
from netmon.config.strict import Node, read_yaml
from netmon.domain.identifiers import ServerId
from netmon.errors import ConfigError
from netmon.wire.timetable import ProbePlan, ProbeTarget
from netmon_collector.access_settings import AccessSettings, read_access
from netmon_collector.mail_settings import MailServer, read_mail_server
from netmon_collector.signatures import Ed25519Verifier
from netmon_collector.use_cases.tickets import MeasurementServer

_EMBEDDED = "sqlite:///"
_LANGUAGES = ("ru", "en")
_HIGHEST_PORT = 65_535
_POLL_S = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one collector takes: requests a minute before it answers 429, connections, and how long it waits.

    Schools behind one proxy share an address, so the limits per address leave room for a few. A day's megabytes of an
    agent are twice what its outbox holds: who was away for long delivers everything at once. Connections above the
    limit are ended at once, those without a whole request `first_request_s` after they began or `next_request_s` after
    the last one too; a body that is not there `body_s` after its request's head is answered with 408.
    """

    enrolments_per_address: int = 10
    enrolments: int = 60
    batches_per_agent: int = 60
    megabytes_per_agent_day: int = 64
    connections_per_address: int = 1000
    first_request_s: float = 10.0
    next_request_s: float = 75.0
    body_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Files in PEM: the certificate with its chain, its key, and the CA that devices without it may ask for."""

    certificate: Path
    key: Path
    ca: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that collector.yaml says.

    Agents ask for their timetable every `poll_s`; slots are issued at least `issue_lead_s` ahead, so that they get them
    in time.
    """

    database: str
    listen: tuple[tuple[str, int], ...]
    public_url: str | None
    language: str
    registry: Path
    policy: Path
    calendar: Path
    roadmap: Path
    recipients: Path
    servers: Mapping[ServerId, MeasurementServer]
    probes: ProbePlan
    poll_s: float
    issue_lead_s: float
    limits: Limits = field(default_factory=Limits)
    tls: Tls | None = None
    mail: MailServer | None = None
    access: AccessSettings = field(default_factory=AccessSettings)
    templates: Path | None = None

    @property
    def address(self) -> str:
        """The address of the pages: as people type it, else as this machine's own browser would."""
        if self.public_url is not None:
            return self.public_url
        host, port = self.listen[0] if self.listen else ("localhost", 80)
        shown = "localhost" if host in {"", "0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104
        return f"{'http' if self.tls is None else 'https'}://{shown}:{port}"

    @property
    def is_secure(self) -> bool:
        """Whether people reach the pages over TLS, from here or from a proxy before it."""
        return self.tls is not None or (self.public_url or "").startswith("https:")


def demo_config(environ: Mapping[str, str] = os.environ) -> Path:
    """Where `netmon-collector demo` leaves its configuration, so that other commands answer about the last demo."""
    state = environ.get("XDG_STATE_HOME") or str(Path(environ.get("HOME", "~")).expanduser() / ".local" / "state")
    return Path(state) / "netmon" / "demo" / "collector.yaml"


def find_config(given: Path | None, environ: Mapping[str, str] = os.environ) -> Path:
    """The configuration of a command. Raises ConfigError when there is none."""
    if given is not None:
        return given
    if named := environ.get("NETMON_CONFIG"):
        return Path(named)
    usual = (Path("netmon.yaml"), Path("/etc/netmon/collector.yaml"), demo_config(environ))
    for path in usual:
        if path.exists():
            return path
    raise ConfigError("no configuration: none of " + ", ".join(map(str, usual)) + " exists; say --config FILE")


def read_settings(path: Path) -> Settings:
    """Raises ConfigError with file, line, key and mend."""
    keys = read_yaml(path).mapping()
    folder = path.resolve().parent
    servers = {server.id: server for server in _servers(keys.optional("servers"), folder)}
    probes = keys.optional("probes")
    poll_s = _number(keys, "poll_s", _POLL_S, 1, 86_400)
    mail = keys.optional("mail")
    settings = Settings(
        database=_database(keys.optional("database"), folder),
        listen=_listen(keys.optional("listen")),
        public_url=_url(keys.optional("public_url")),
        language=_language(keys.optional("language")),
        registry=_file(keys, "registry", folder),
        policy=_file(keys, "policy", folder),
        calendar=_file(keys, "calendar", folder),
        roadmap=_file(keys, "roadmap", folder),
        recipients=_file(keys, "recipients", folder),
        servers=servers,
        probes=_probes(probes, servers),
        poll_s=poll_s,
        issue_lead_s=_number(keys, "issue_lead_s", poll_s, 0, 86_400),
        limits=_limits(keys.optional("limits")),
        tls=_tls(keys.optional("tls"), folder),
        mail=None if mail is None else read_mail_server(mail, folder),
        templates=_folder(keys.optional("documents"), folder),
        access=read_access(keys.optional("access")),
    )
    keys.finish()
    return settings


def _database(node: Node | None, folder: Path) -> str:
    """The URL; SQLite's file is relative to the configuration, never to where the command was started."""
    url = f"{_EMBEDDED}netmon.db" if node is None else node.text()
    if node is not None and not url.startswith((_EMBEDDED, "postgresql")):
        node.fail("is no URL of a database that netmon knows", "write sqlite:///FILE or postgresql://USER@HOST/NAME")
    if not url.startswith(_EMBEDDED):
        return url
    return f"{_EMBEDDED}{folder / url.removeprefix(_EMBEDDED)}"


def _listen(node: Node | None) -> tuple[tuple[str, int], ...]:
    if node is None:
        return (("127.0.0.1", 8080),)
    nodes = node.items() if node.is_list else [node]
    return tuple(one.parsed(_address, "write HOST:PORT, for example 0.0.0.0:8080") for one in nodes)


def _address(text: str) -> tuple[str, int]:
    return parse_host_port(text, lowest_port=0)


def _url(node: Node | None) -> str | None:
    if node is None:
        return None
    parts = urlsplit(node.text())
    if parts.scheme not in ("http", "https") or not parts.netloc:
        node.fail("is not the address of a page", "write https://HOST/ as people type it")
    return node.text().rstrip("/")


def _language(node: Node | None) -> str:
    if node is None:
        return _LANGUAGES[0]
    if node.text() not in _LANGUAGES:
        node.fail(f"'{node.text()}' is unknown", "write one of " + ", ".join(_LANGUAGES))
    return node.text()


def _file(keys: Keys, kind: str, folder: Path) -> Path:
    node = keys.optional(kind)
    return default_file(f"{kind}.yaml") if node is None else folder / node.text()


def _folder(node: Node | None, folder: Path) -> Path | None:
    """Where a district keeps its own templates of documents."""
    if node is None:
        return None
    keys = node.mapping()
    templates = folder / keys.take("templates").text()
    keys.finish()
    return templates


def _number(keys: Keys, key: str, default: float, minimum: float, maximum: float) -> float:
    node = keys.optional(key)
    return default if node is None else node.number(minimum, maximum)


def _servers(node: Node | None, folder: Path) -> list[MeasurementServer]:
    servers: list[MeasurementServer] = []
    for entry in [] if node is None else node.items():
        server = _server(entry, folder)
        if server.id in {one.id for one in servers}:
            entry.fail(f"two servers have the id '{server.id}'", "give each its own id")
        servers.append(server)
    return servers


def _server(node: Node, folder: Path) -> MeasurementServer:
    keys = node.mapping()
    ticket_keys = _ticket_keys(keys.take("ticket_keys"), folder)
    server = MeasurementServer(
        id=ServerId(keys.take("id").identifier()),
        host=keys.take("host").text(),
        port=keys.take("port").integer(1, _HIGHEST_PORT),
        budget_bps=keys.take("budget_mbps").integer(1, 1_000_000) * 1_000_000,
        key_id=list(ticket_keys)[-1],
        keys=ticket_keys,
        public_key=_public_key(keys.take("public_key")),
    )
    keys.finish()
    return server


def _ticket_keys(node: Node, folder: Path) -> Mapping[str, bytes]:
    """The keys by id, oldest first: the last one signs."""
    found: dict[str, bytes] = {}
    for entry in node.items():
        keys = entry.mapping()
        key_id, file = keys.take("id"), keys.take("file")
        keys.finish()
        if key_id.identifier() in found:
            key_id.fail(f"two keys have the id '{key_id.identifier()}'", "give each its own id")
        found[key_id.identifier()] = read_named_file(file, folder, read_key_file)
    if not found:
        node.fail("has no key", "write '- {id: k1, file: ticket.key}'")
    return found


def _public_key(node: Node) -> bytes:
    def read(text: str) -> bytes:
        key = bytes.fromhex(text)
        Ed25519Verifier(key)
        return key

    return node.parsed(read, "write the 64 hex digits that the server prints")


def _probes(node: Node | None, servers: Mapping[ServerId, MeasurementServer]) -> ProbePlan:
    """How lines are probed; without targets every measurement server is one."""
    own = tuple(ProbeTarget(name=one.id, host=one.host, port=one.port) for one in servers.values())
    if node is None:
        return ProbePlan(interval_s=10.0, window_s=300.0, targets=own)
    keys = node.mapping()
    targets = keys.optional("targets")
    plan = ProbePlan(
        interval_s=_number(keys, "interval_s", 10.0, 0.5, 3600),
        window_s=_number(keys, "window_s", 300.0, 1, 3600),
        targets=own if targets is None else tuple(_target(entry) for entry in targets.items()),
    )
    keys.finish()
    return plan


def _target(node: Node) -> ProbeTarget:
    keys = node.mapping()
    target = ProbeTarget(
        name=keys.take("name").text(),
        host=keys.take("host").text(),
        port=keys.take("port").integer(1, _HIGHEST_PORT),
    )
    keys.finish()
    return target


def _limits(node: Node | None) -> Limits:
    if node is None:
        return Limits()
    keys, default = node.mapping(), Limits()

    def limit(key: str, otherwise: int, least: int = 1) -> int:
        found = keys.optional(key)
        return otherwise if found is None else found.integer(least, 1_000_000)

    limits = Limits(
        enrolments_per_address=limit("enrolments_per_address_per_minute", default.enrolments_per_address),
        enrolments=limit("enrolments_per_minute", default.enrolments),
        batches_per_agent=limit("batches_per_agent_per_minute", default.batches_per_agent),
        megabytes_per_agent_day=limit("megabytes_per_agent_per_day", default.megabytes_per_agent_day, 8),
        connections_per_address=limit("connections_per_address", default.connections_per_address),
    )
    keys.finish()
    return limits


def _tls(node: Node | None, folder: Path) -> Tls | None:
    if node is None:
        return None
    keys = node.mapping()
    ca = keys.optional("ca")
    tls = Tls(
        certificate=folder / keys.take("certificate").text(),
        key=folder / keys.take("key").text(),
        ca=None if ca is None else folder / ca.text(),
    )
    keys.finish()
    return tls
