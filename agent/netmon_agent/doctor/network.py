"""Checks of the way beyond the gateway: DNS, proxy, collector with its certificate and clock, servers."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from netmon.wire import datagram
from netmon_agent.address import Address
from netmon_agent.certificate_dates import CertificateDates
from netmon_agent.collector_time import CollectorTime
from netmon_agent.doctor.patient import Patient
from netmon_agent.doctor.report import Finding, fine, note, problem
from netmon_agent.doctor.texts import Text
from netmon_agent.errors import AgentError, TokenRefusedError
from netmon_agent.http_client import CollectorClient, Endpoint, Trust
from netmon_agent.latency.resolve import numeric
from netmon_agent.line.binding import bind_to
from netmon_agent.line.interface import InterfaceGoneError
from netmon_agent.methods.base import MeasurementError, Patience
from netmon_agent.methods.session import greeting_of
from netmon_agent.timetable import TIMETABLE_PATH

_LOOKUP_S = 6.0
_MOST_OFFSET_S = 60.0
_UDP_TRIES, _UDP_WAIT_S = 3, 0.3
_RESOLVERS = Path("/etc/resolv.conf")


def _look_up(address: Address, found: list[object]) -> None:
    try:
        found.append(socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM))
    except OSError as error:
        found.append(error)


def _own_address(host: str) -> str:
    """The address that the operator sees the device under in its own network."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        connection.connect((host, 9))
        return str(connection.getsockname()[0])
    return "?"


def check_dns(patient: Patient, *, within_s: float = _LOOKUP_S) -> Iterator[Finding]:
    collector = patient.collector
    # Through a proxy the proxy looks the collector up.
    first = patient.settings.proxy or (collector.address if collector else None)
    wanted = [address for address in (first, *patient.servers().values()) if address and numeric(address) is None]
    if not wanted:
        yield note(Text.DNS, Text.DNS_NO_NAMES)
        return
    for address in dict.fromkeys(wanted):
        found: list[object] = []
        lookup = threading.Thread(target=_look_up, args=(address, found), daemon=True)
        lookup.start()
        lookup.join(within_s)
        trouble = found[0] if found else TimeoutError("no answer")
        if isinstance(trouble, OSError):
            fields = {"name": address.host, "problem": trouble.strerror or trouble, "servers": _resolvers()}
            yield problem(Text.DNS, Text.DNS_FAILS, Text.DNS_MEND, **fields)
            return
    yield fine(Text.DNS, Text.DNS_FINE, names=", ".join(sorted({address.host for address in wanted})))


def _resolvers(path: Path = _RESOLVERS) -> str:
    with contextlib.suppress(OSError):
        rows = [row.split() for row in path.read_text(encoding="utf-8", errors="replace").splitlines()]
        return ", ".join(row[1] for row in rows if len(row) > 1 and row[0] == "nameserver")
    return str(path)


def check_proxy(patient: Patient) -> Iterator[Finding]:
    proxy = patient.settings.proxy
    if proxy is None:
        yield fine(Text.PROXY, Text.PROXY_NONE)
        return
    try:
        socket.create_connection((proxy.host, proxy.port), timeout=5.0).close()
        yield fine(Text.PROXY, Text.PROXY_FINE, proxy=proxy)
    except OSError as error:
        yield problem(Text.PROXY, Text.PROXY_SILENT, Text.PROXY_MEND, proxy=proxy, problem=error)


def check_collector(patient: Patient, *, wall: Callable[[], float] = time.time) -> Iterator[Finding]:
    identity, url = patient.identity, patient.collector
    if identity is None or url is None:
        return  # said by the enrolment
    trust = Trust(ca=identity.ca, ca_file=patient.settings.ca_file)
    endpoint = Endpoint(url=url, token=identity.token, trust=trust, proxy=patient.settings.proxy)
    fields = {"url": url, "host": url.address.host, "port": url.address.port, "source": _own_address(url.address.host)}
    known = fine(Text.TLS, Text.TLS_FINE if url.tls else Text.TLS_NONE)
    try:
        dates = CertificateDates(patient.clock, CollectorTime(patient.clock))
        reply = CollectorClient(endpoint, patient.clock.monotonic, dates=dates).get(TIMETABLE_PATH)
    except TokenRefusedError as error:
        yield known
        yield problem(Text.COLLECTOR, Text.COLLECTOR_REFUSES, Text.COLLECTOR_REFUSES_MEND, problem=error)
        return
    except AgentError as error:
        if "is not trusted" in str(error) or "CA" in str(error):
            yield problem(Text.TLS, Text.TLS_BAD, Text.TLS_MEND, problem=error)
            return
        if url.tls:
            yield note(Text.TLS, Text.TLS_UNKNOWN)
        yield problem(
            Text.COLLECTOR, Text.COLLECTOR_SILENT, Text.COLLECTOR_MEND, Text.LETTER_COLLECTOR, problem=error, **fields
        )
        return
    yield known
    yield fine(Text.COLLECTOR, Text.COLLECTOR_FINE, **fields)
    if reply.date is None:
        yield note(Text.CLOCK, Text.CLOCK_UNKNOWN)
        return
    seconds = round(abs(reply.date.timestamp() - wall()))
    if seconds > _MOST_OFFSET_S:
        yield problem(Text.CLOCK, Text.CLOCK_WRONG, Text.CLOCK_MEND, seconds=seconds)
    else:
        yield fine(Text.CLOCK, Text.CLOCK_FINE, seconds=max(seconds, 1))


def check_servers(patient: Patient) -> Iterator[Finding]:
    if not patient.servers():
        yield note(Text.SERVER, Text.SERVER_NONE, server="-")
    for server, address in patient.servers().items():
        source = _own_address(address.host)
        fields = {"server": server, "host": address.host, "port": address.port, "source": source, "place": address}
        began = patient.clock.monotonic()
        try:
            greeting_of(
                address.host,
                address.port,
                patience=Patience(),
                monotonic=patient.clock.monotonic,
                interface=patient.interface,
            )
        except (MeasurementError, InterfaceGoneError) as error:
            yield problem(Text.SERVER, Text.SERVER_SILENT, Text.SERVER_MEND, Text.LETTER_OPEN, problem=error, **fields)
            continue
        yield fine(Text.SERVER, Text.SERVER_FINE, rtt_ms=round((patient.clock.monotonic() - began) * 1e3), **fields)
        if udp_is_refused(address, patient.interface):
            yield problem(Text.UDP, Text.UDP_BLOCKED, Text.UDP_MEND, Text.LETTER_OPEN, **fields)
        else:
            yield note(Text.UDP, Text.UDP_QUIET, **fields)


def udp_is_refused(address: Address, interface: str | None) -> bool:
    """Whether somebody on the way sends our datagrams back; a server is silent to those without a ticket."""
    with contextlib.suppress(OSError):
        family, kind, protocol, _, place = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as connection:
            bind_to(connection, interface)
            connection.connect(place)
            connection.settimeout(_UDP_WAIT_S)
            for _ in range(_UDP_TRIES):
                try:
                    connection.send(datagram.pack(datagram.PROBE, os.urandom(datagram.TOKEN_BYTES)))
                    connection.recv(2048)
                except TimeoutError:
                    continue
                except OSError:  # "port unreachable", "administratively prohibited"
                    return True
    return False
