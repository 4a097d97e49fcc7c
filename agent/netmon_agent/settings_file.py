"""agent.yaml, read strictly; apart from the settings themselves, so that a running agent carries no YAML reader."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

from netmon.config.strict import Mapping as Section
from netmon.config.strict import Node, read_yaml
from netmon.domain.identifiers import ServerId
from netmon.domain.kinds import GATEWAY_TARGET
from netmon.wire.canonical import content_hash
from netmon.wire.timetable import ProbeTarget
from netmon_agent.address import Address, CollectorUrl, PlainHttpError
from netmon_agent.latency.resolve import numeric
from netmon_agent.settings import Gateway, OutageRule, Settings

_MOST_NEIGHBOURS = 8
_LONGEST_INTERFACE = 15  # IFNAMSIZ less its final zero


def read_settings(path: Path) -> Settings:
    """The settings in a file; relative paths in it start from its own folder. Raises ConfigError."""
    section, folder = read_yaml(path).mapping(), path.parent
    probes, outages = _section(section, "probes"), _section(section, "outages")
    ca_file, interface = section.optional("ca_file"), section.optional("interface")
    addresses, proxy, most = section.optional("server_addresses"), section.optional("proxy"), section.optional("outbox")
    traffic = section.optional("traffic")
    found = Settings(
        state_dir=folder / section.take("state_dir").text(),
        collector=_collector(section),
        ca_file=None if ca_file is None else _existing(ca_file, folder),
        proxy=None if proxy is None else _proxy(proxy),
        interface=None if interface is None else _interface(interface),
        emulated_line=_boolean(section, "emulated_line"),
        server_addresses={} if addresses is None else _server_addresses(addresses),
        gateway=_gateway(probes),
        neighbours=_neighbours(probes),
        probe_timeout_s=_number(probes, "timeout_s", 2.0, 0.1, 30.0),
        outages=_outages(outages),
        outbox_max_bytes=32_000_000 if most is None else _most_bytes(most),
        monthly_bytes=None if traffic is None else _monthly_bytes(traffic),
    )
    for read in (section, probes, outages):
        if read is not None:
            read.finish()
    # Without a hash yet, so it is that of everything else.
    return replace(found, config_hash=content_hash(settings_document(found)))


def settings_document(settings: Settings) -> dict[str, object]:
    """The settings as JSON values, for netmon_agent.settings.settings_of."""
    return {one.name: _plain(getattr(settings, one.name)) for one in fields(settings)}


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _section(section: Section, key: str) -> Section | None:
    node = section.optional(key)
    return None if node is None else node.mapping()


def _boolean(section: Section, key: str) -> bool:
    node = section.optional(key)
    return False if node is None else node.boolean()


def _number(section: Section | None, key: str, default: float, minimum: float, maximum: float) -> float:
    node = None if section is None else section.optional(key)
    return default if node is None else node.number(minimum, maximum)


def _outages(section: Section | None) -> OutageRule:
    if section is None:
        return OutageRule()
    after = section.optional("after_probes")
    return OutageRule(
        after_probes=3 if after is None else after.integer(1, 1000),
        stretch_s=_number(section, "stretch_s", 900.0, 1.0, 3600.0),
    )


def _most_bytes(node: Node) -> int:
    section = node.mapping()
    most = section.take("max_mb").integer(1, 4096)
    section.finish()
    return most * 1_000_000


def _monthly_bytes(node: Node) -> int:
    section = node.mapping()
    most = section.take("monthly_gb").number(0.0, 100_000.0)
    section.finish()
    return round(most * 1e9)


def _collector(section: Section) -> CollectorUrl | None:
    allow_plain_http = _boolean(section, "allow_plain_http")
    node = section.optional("collector")
    if node is None:
        return None
    text = node.text()
    try:
        return CollectorUrl.parse(text, allow_plain_http=allow_plain_http)
    except PlainHttpError as error:
        node.fail(str(error), "write https://, or add 'allow_plain_http: true' where nobody else can listen")
    except ValueError as error:
        node.fail(f"'{text}' is {error}", "write it as https://collector.example or https://collector.example:8443")


def _existing(node: Node, folder: Path) -> Path:
    path = folder / node.text()
    if not path.is_file():
        node.fail(f"{path} does not exist", "write the path of a PEM file")
    return path


def _proxy(node: Node) -> Address:
    text = node.text()
    if not text.startswith("http://"):
        node.fail(f"'{text}' is not an HTTP proxy", "write it as http://proxy.example:3128")
    return node.parsed(lambda url: Address.parse(url.removeprefix("http://").rstrip("/")), "write http://HOST:PORT")


def _interface(node: Node) -> str:
    name = node.text()
    if len(name) > _LONGEST_INTERFACE or "/" in name or name in (".", ".."):
        node.fail(f"'{name}' is not a network interface", "write a name that 'ip link' shows")
    return name


def _server_addresses(node: Node) -> dict[ServerId, Address]:
    return {ServerId(server): value.parsed(Address.parse, 'write "HOST:PORT"') for server, value in node.mapping()}


def _gateway(section: Section | None) -> Gateway:
    node = None if section is None else section.optional("gateway")
    return Gateway.PROVIDER if node is None else node.choice(Gateway)


def _neighbours(section: Section | None) -> tuple[ProbeTarget, ...]:
    node = None if section is None else section.optional("neighbours")
    if node is None:
        return ()
    found = tuple(_neighbour(item.mapping()) for item in node.items())
    if len(found) > _MOST_NEIGHBOURS or len({one.name for one in found}) < len(found):
        node.fail("has a name twice or too many entries", f"write at most {_MOST_NEIGHBOURS} names, each once")
    return found


def _neighbour(section: Section) -> ProbeTarget:
    address = section.take("address").parsed(_pinged, 'write "HOST:PORT", or "HOST" for an ICMP echo')
    name = section.take("name")
    if name.identifier() == GATEWAY_TARGET:
        name.fail(f"'{GATEWAY_TARGET}' is the first router", "write another name; probes.gateway says whose it is")
    found = ProbeTarget(name=name.identifier(), host=address.host, port=address.port)
    section.finish()
    return found


def _pinged(text: str) -> Address:
    """Raises ValueError. Port 0 stands for an ICMP echo."""
    is_numeric6 = ":" in text and numeric(Address(text, 0)) is not None
    return Address(text, 0) if is_numeric6 or (":" not in text and text) else Address.parse(text)
