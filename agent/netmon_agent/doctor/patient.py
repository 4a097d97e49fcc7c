"""What the doctor knows of the device before the first check."""

from collections.abc import Iterator
from dataclasses import dataclass

from netmon.domain.identifiers import ServerId
from netmon.wire.timetable import Timetable
from netmon_agent.address import Address, CollectorUrl
from netmon_agent.boot_clock import BootClock
from netmon_agent.identity import Identity
from netmon_agent.settings import Settings

DEFAULT_THRESHOLD_BPS = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """The device; `unenrolled` says why there is no identity."""

    settings: Settings
    identity: Identity | None
    unenrolled: str
    timetable: Timetable | None
    clock: BootClock

    @property
    def interface(self) -> str | None:
        return self.settings.interface or (self.timetable.interface if self.timetable else None)

    @property
    def collector(self) -> CollectorUrl | None:
        return self.settings.collector or (self.identity.collector if self.identity else None)

    @property
    def threshold_bps(self) -> int:
        """The highest that the timetable asks for."""
        slots = self.timetable.slots if self.timetable else ()
        return max((slot.threshold_bps or 0 for slot in slots), default=0) or DEFAULT_THRESHOLD_BPS

    def servers(self) -> dict[ServerId, Address]:
        """Every measurement server of the timetable, where this device reaches it."""
        return dict(self._servers())

    def _servers(self) -> Iterator[tuple[ServerId, Address]]:
        for slot in self.timetable.slots if self.timetable else ():
            for offer in slot.offers:
                named = self.settings.server_addresses.get(offer.server)
                yield offer.server, named or Address(offer.host, offer.port)
