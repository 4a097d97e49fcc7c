"""Whom to probe: the timetable's targets at the addresses this device reaches them, and its own neighbours."""

from collections.abc import Mapping
from dataclasses import dataclass

from netmon.domain.identifiers import ServerId
from netmon.wire.timetable import ProbeTarget, Timetable
from netmon_agent.address import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Addresses by the target's name, and which of them are measurement servers."""

    addresses: Mapping[str, Address]
    servers: frozenset[str]


def targets_of(
    timetable: Timetable, neighbours: tuple[ProbeTarget, ...], server_addresses: Mapping[ServerId, Address]
) -> Targets:
    """The targets of a timetable.

    A target is a measurement server when it has the name or the address of one that some slot goes to; a plan that
    names none of them (no slots yet) is taken to consist of servers.
    """
    offered = {Address(offer.host, offer.port): offer.server for slot in timetable.slots for offer in slot.offers}
    known = {*offered.values(), *server_addresses}
    addresses: dict[str, Address] = {}
    servers: set[str] = set()
    for target in timetable.probes.targets:
        address = Address(target.host, target.port)
        server = ServerId(target.name) if target.name in known else offered.get(address)
        if server is not None:
            servers.add(target.name)
            address = server_addresses.get(server, address)
        addresses[target.name] = address
    for neighbour in neighbours:
        addresses.setdefault(neighbour.name, Address(neighbour.host, neighbour.port))
    planned = {target.name for target in timetable.probes.targets}
    return Targets(addresses=addresses, servers=frozenset(servers or planned))
