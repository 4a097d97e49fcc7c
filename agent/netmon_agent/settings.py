"""What the device itself has to know; everything else comes with the timetable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from netmon.domain.identifiers import ServerId
from netmon.errors import ConfigError
from netmon.wire.timetable import ProbeTarget
from netmon_agent.address import Address, CollectorUrl

ENVIRONMENT = "NETMON_CONFIG"
UNKNOWN_HASH = "0" * 64  # of settings that come from no file
PLACES = (Path("netmon.yaml"), Path("/etc/netmon/agent.yaml"))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageRule:
    """When lost probes are an outage: `after_probes` in a row; reported in stretches of at most `stretch_s`."""

    after_probes: int = 3
    stretch_s: float = 900.0


class Gateway(StrEnum):
    """Whose the first router is: the silence of the school's own is not the line's fault."""

    PROVIDER = "provider"
    SCHOOL = "school"
    NONE = "none"  # not to be probed


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one agent.

    `server_addresses` replaces the timetable's address of a measurement server (NAT, relay). `collector` replaces the
    URL that the device was enrolled with, `interface` the timetable's. `monthly_bytes` caps the agent's own traffic.
    `config_hash` is the SHA-256 of everything else here.
    """

    state_dir: Path
    collector: CollectorUrl | None = None
    ca_file: Path | None = None
    proxy: Address | None = None
    interface: str | None = None
    emulated_line: bool = False
    server_addresses: Mapping[ServerId, Address] = field(default_factory=dict)
    gateway: Gateway = Gateway.PROVIDER
    neighbours: tuple[ProbeTarget, ...] = ()
    probe_timeout_s: float = 2.0
    outages: OutageRule = OutageRule()
    outbox_max_bytes: int = 32_000_000
    monthly_bytes: int | None = None
    config_hash: str = UNKNOWN_HASH


def settings_of(document: Mapping[str, Any]) -> Settings:
    """Settings from the document that netmon_agent.settings_file makes of them."""
    collector, ca_file, proxy = document["collector"], document["ca_file"], document["proxy"]
    values = {
        **document,
        "state_dir": Path(document["state_dir"]),
        "collector": None
        if collector is None
        else CollectorUrl(**{**collector, "address": Address(**collector["address"])}),
        "ca_file": None if ca_file is None else Path(ca_file),
        "proxy": None if proxy is None else Address(**proxy),
        "server_addresses": {ServerId(key): Address(**one) for key, one in document["server_addresses"].items()},
        "gateway": Gateway(document["gateway"]),
        "neighbours": tuple(ProbeTarget(**one) for one in document["neighbours"]),
        "outages": OutageRule(**document["outages"]),
    }
    return Settings(**values)


def find_settings(given: Path | None, environment: Mapping[str, str]) -> Path:
    """The file to read: --config, $NETMON_CONFIG, ./netmon.yaml, /etc/netmon/agent.yaml. Raises ConfigError."""
    if given is not None:
        return given
    if environment.get(ENVIRONMENT):
        return Path(environment[ENVIRONMENT])
    for place in PLACES:
        if place.exists():
            return place
    raise ConfigError(f"no settings: none of {', '.join(map(str, PLACES))} exists; give --config or ${ENVIRONMENT}")
