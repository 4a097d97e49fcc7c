"""The section `access` of collector.yaml: who is let in without signing in, and how long signing in lasts."""

from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network

from netmon.config.strict import Node
from netmon_collector.use_cases.sign_in import Lifetimes

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """Who is let in without signing in, and how long signing in lasts.

    With `public` everybody may see what a viewer of everything sees. From `metrics_from` /metrics needs no token. What
    `proxies` say about whom they ask for is believed.
    """

    public: bool = False
    metrics_from: tuple[Network, ...] = ()
    proxies: tuple[Network, ...] = ()
    lifetimes: Lifetimes = field(default_factory=Lifetimes)


def read_access(node: Node | None) -> AccessSettings:
    if node is None:
        return AccessSettings()
    keys, default = node.mapping(), Lifetimes()
    public = keys.optional("public")

    def limit(key: str, otherwise: timedelta, most: int) -> timedelta:
        found = keys.optional(key)
        return otherwise if found is None else timedelta(hours=found.integer(1, most))

    access = AccessSettings(
        public=public is not None and public.boolean(),
        metrics_from=_networks(keys.optional("metrics_from")),
        proxies=_networks(keys.optional("proxies")),
        lifetimes=Lifetimes(
            idle=limit("session_idle_hours", default.idle, 24 * 30),
            absolute=limit("session_hours", default.absolute, 24 * 90),
        ),
    )
    keys.finish()
    return access


def _networks(node: Node | None) -> tuple[Network, ...]:
    mend = "write addresses or networks, for example [10.1.0.0/16]"
    return tuple(one.parsed(ip_network, mend) for one in ([] if node is None else node.items()))
