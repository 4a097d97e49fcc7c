"""The short-lived child that has scapy: traces to one server and the path's MTU, as JSON on standard output.

Never imported by the agent itself: scapy is large, and its licence keeps it out of everything that netmon ships.
"""

import json
import random
import sys
import time
from typing import Any

from scapy import all as scapy_all

scapy: Any = scapy_all  # its own annotations do not go with strict checking

ROUNDS = 5
MOST_HOPS = 30
_ROUND_S = 1.0  # routers send about one "time exceeded" a second to anybody
_LARGEST, _SMALLEST = 1500, 576
METHODS = ("udp", "tcp", "icmp")


def main() -> None:
    """Arguments: the numeric address, the port, and the interface to go through; empty for whichever the routes say."""
    address, port, interface = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    scapy.conf.verb = 0
    if interface:
        go_through(interface)
    traces = [Tracer(method, address, port).trace() for method in METHODS]
    found = {"mtu_bytes": path_mtu(address), "traces": [one for one in traces if one["hops"]]}
    sys.stdout.write(json.dumps(found))


def go_through(interface: str) -> None:
    """Leave only the routes of one interface, as SO_BINDTODEVICE does for what is measured. Exits where it has none."""
    if interface not in scapy.conf.ifaces.data:
        raise SystemExit(f"there is no interface {interface}")
    scapy.conf.route.routes = [route for route in scapy.conf.route.routes if route[3] == interface]
    scapy.conf.route6.routes = [route for route in scapy.conf.route6.routes if route[3] == interface]
    scapy.conf.route.invalidate_cache()
    scapy.conf.route6.invalidate_cache()
    if not scapy.conf.route.routes and not scapy.conf.route6.routes:
        raise SystemExit(f"no route goes over {interface}")


def _ip(address: str, ttl: int = 64) -> Any:
    return scapy.IPv6(dst=address, hlim=ttl) if ":" in address else scapy.IP(dst=address, ttl=ttl)


class Tracer:
    """One method's way to the server: a round of every distance, then rounds as far as the server is."""

    def __init__(self, method: str, address: str, port: int) -> None:
        self._method, self._address, self._port = method, address, port
        self._sent: dict[int, int] = {}
        self._rtts: dict[int, list[float]] = {}
        self._hosts: dict[int, str] = {}
        self._end: int | None = None

    def trace(self) -> dict[str, Any]:
        self._round(MOST_HOPS)
        last = self._end or min(max(self._hosts, default=0) + 1, MOST_HOPS)
        for _ in range(ROUNDS - 1):
            time.sleep(_ROUND_S)
            self._round(last)
        return {"method": self._method, "reached": self._end is not None, "hops": [*map(self._hop, range(1, last + 1))]}

    def _round(self, last: int) -> None:
        packets = [self._probe(ttl) for ttl in range(1, last + 1)]
        for ttl in range(1, last + 1):
            self._sent[ttl] = self._sent.get(ttl, 0) + 1
        answered, _ = scapy.sr(packets, timeout=1.0, inter=0.002)
        for sent, answer in answered:
            ttl = sent.hlim if scapy.IPv6 in sent else sent.ttl
            self._hosts.setdefault(ttl, answer.src)
            self._rtts.setdefault(ttl, []).append(max(answer.time - sent.sent_time, 0.0))
            expired = scapy.ICMPv6TimeExceeded in answer or (scapy.ICMP in answer and answer[scapy.ICMP].type == 11)
            if not expired and answer.src == self._address:
                self._end = min(ttl, self._end or ttl)

    def _probe(self, ttl: int) -> Any:
        source = random.randint(33000, 60000)  # noqa: S311 - no secret, only another port each time
        if self._method == "udp":
            return _ip(self._address, ttl) / scapy.UDP(sport=source, dport=self._port) / scapy.Raw(b"netmon")
        if self._method == "tcp":
            return _ip(self._address, ttl) / scapy.TCP(sport=source, dport=self._port, flags="S", seq=source)
        if ":" in self._address:
            return _ip(self._address, ttl) / scapy.ICMPv6EchoRequest(id=source, data=b"netmon")
        return _ip(self._address, ttl) / _echo(source, 6)

    def _hop(self, ttl: int) -> dict[str, Any]:
        rtts = self._rtts.get(ttl, [])
        return {
            "ttl": ttl,
            "address": self._hosts.get(ttl),
            "sent": self._sent[ttl],
            "answered": min(len(rtts), self._sent[ttl]),
            "rtt_s": round(min(rtts), 6) if rtts else None,
        }


def _echo(number: int, payload_bytes: int) -> Any:
    return scapy.ICMP(id=number, seq=1) / scapy.Raw(b"\0" * payload_bytes)


def path_mtu(address: str) -> int | None:
    """The largest packet whose echo comes back whole; what routers say about size is followed, silence halved."""
    passes, fails, size = 0, _LARGEST + 1, _LARGEST
    while fails - passes > 1:
        answer = _sized_echo(address, size)
        said = None if answer is None else _too_big(answer)
        if answer is not None and said is None:
            passes = size
            if fails in (_LARGEST + 1, size + 1):
                break
        else:
            fails = size
        if fails <= _SMALLEST:
            return None  # not even the smallest comes back: echoes are filtered
        if said is not None and passes < said < fails:
            size, fails = said, said + 1
        else:
            size = max(_SMALLEST, (passes + fails) // 2)
    return passes or None


def _sized_echo(address: str, size: int) -> Any:
    number = random.randint(1, 60000)  # noqa: S311
    if ":" in address:
        packet = scapy.IPv6(dst=address) / scapy.ICMPv6EchoRequest(id=number, data=b"\0" * (size - 48))
    else:
        packet = scapy.IP(dst=address, flags="DF") / _echo(number, size - 28)
    return scapy.sr1(packet, timeout=1.0)


def _too_big(answer: Any) -> int | None:
    """The next hop's MTU where a router says that the packet does not fit; None for anything else."""
    if scapy.ICMP in answer and (answer[scapy.ICMP].type, answer[scapy.ICMP].code) == (3, 4):
        return int(answer[scapy.ICMP].nexthopmtu) or None
    if answer.haslayer("ICMPv6PacketTooBig"):
        return int(answer["ICMPv6PacketTooBig"].mtu)
    return None
