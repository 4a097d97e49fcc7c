"""What a measurement server is configured with, from a file or from the command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from netmon.config.host_port import parse_host_port
from netmon.config.keyfile import read_key_file
from netmon.config.strict import Node, read_yaml
from netmon.domain.identifiers import ServerId
from netmon.errors import ConfigError

DEFAULT_BUDGET_MBPS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much the server gives to whom; times in seconds.

    Schools behind one proxy share an address, so the limits per client are generous. A session ends at the latest
    `grace_s` (for its train and its handshakes) after its admission and the ticket's duration, whatever it does.
    """

    connections: int = 512
    connections_per_client: int = 128
    handshake_s: float = 5.0
    idle_s: float = 10.0
    stall_s: float = 5.0
    grace_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a measurement server needs to know."""

    server: ServerId
    host: str
    port: int
    keys: Mapping[str, bytes]
    signing_key: bytes | None = None
    budget_bps: int = DEFAULT_BUDGET_MBPS * 1_000_000
    state: Path | None = None
    metrics: tuple[str, int] | None = None
    limits: Limits = field(default_factory=Limits)


def parse_listen(text: str) -> tuple[str, int]:
    """Where to listen; port 0 is any free one. Raises ValueError."""
    return parse_host_port(text, lowest_port=0)


def read_settings(path: Path) -> Settings:
    """The settings in a YAML file; the paths in it are relative to its folder. Raises ConfigError."""
    root = read_yaml(path).mapping()
    folder = path.resolve().parent
    host, port = root.take("listen").parsed(parse_listen, "write HOST:PORT, for example 0.0.0.0:8377")
    signing = root.optional("signing_key_file")
    budget = root.optional("budget_mbps")
    state = root.optional("state")
    metrics = root.optional("metrics")
    settings = Settings(
        server=ServerId(root.take("id").identifier()),
        host=host,
        port=port,
        keys=_keys(root.take("keys"), folder),
        signing_key=_key(signing, folder) if signing else None,
        budget_bps=(budget.integer(1, 1_000_000) if budget else DEFAULT_BUDGET_MBPS) * 1_000_000,
        state=folder / state.text() if state else None,
        metrics=metrics.parsed(parse_listen, "write HOST:PORT, for example 127.0.0.1:9377") if metrics else None,
        limits=_limits(root.optional("limits")),
    )
    root.finish()
    return settings


def _keys(node: Node, folder: Path) -> dict[str, bytes]:
    keys = {name: _key(file, folder) for name, file in node.mapping()}
    if not 1 <= len(keys) <= 2:
        node.fail(f"{len(keys)} keys are given", "name one key, or two while one replaces the other")
    return keys


def _key(node: Node, folder: Path) -> bytes:
    path = folder / node.text()
    try:
        return read_key_file(path)
    except ConfigError as error:
        node.fail(str(error).partition("; ")[0], str(error).partition("; ")[2])


def _limits(node: Node | None) -> Limits:
    if node is None:
        return Limits()
    root = node.mapping()
    defaults = Limits()
    connections, per_client = root.optional("connections"), root.optional("connections_per_client")
    limits = Limits(
        connections=connections.integer(8, 65_536) if connections else defaults.connections,
        connections_per_client=per_client.integer(8, 65_536) if per_client else defaults.connections_per_client,
    )
    root.finish()
    return limits
