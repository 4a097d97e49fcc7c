"""From what a pack encloses to the verdict, by the functions that the collector itself judges with."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from netmon.domain.calendar import SchoolCalendar
from netmon.domain.identifiers import LineId, SlotId
from netmon.domain.latency import LatencyWindow, Outage
from netmon.domain.measurement import Measurement
from netmon.domain.slot import Delivery, JudgedSlot, Slot, SlotReport
from netmon.domain.verdict import Verdict
from netmon.errors import WireError
from netmon.wire.receipt import verify_receipt
from netmon_collector.ports import StoredRecord
from netmon_collector.use_cases.ingest import reread
from netmon_collector.use_cases.judging import judge_period
from netmon_collector.use_cases.receipts import Verifiers, carries
from netmon_collector.verifier.contents import Contents, EnclosedDelivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """What the enclosed data come to.

    `records` are those of the contents in their order, None for one that is none; `deliveries` likewise, None where
    the receipt proves nothing.
    """

    verdict: Verdict
    slots: Mapping[SlotId, JudgedSlot]
    records: Sequence[StoredRecord | None]
    deliveries: Sequence[Delivery | None]


class DeliveriesReader(Protocol):
    """What servers delivered to every line."""

    def deliveries(
        self, start: datetime, end: datetime, *, at_least_bps: int, emulated: bool = False
    ) -> Sequence[Delivery]: ...


def recompute(contents: Contents, verifiers: Verifiers, *, elsewhere: DeliveriesReader | None = None) -> Recomputed:
    """The verdict by the enclosed data alone; receipts count when `verifiers` say so.

    Who makes a pack reads the deliveries of others `elsewhere`, and encloses those that proved something.
    """
    records = _records(contents, verifiers)
    deliveries = [delivery_of(one, verifiers) for one in contents.deliveries]
    line = contents.about.line
    own = _EnclosedDeliveries([one for one in deliveries if one is not None])
    judgement = judge_period(
        contents.about.territory,
        contents.period,
        evidence=_Enclosed(contents, records, elsewhere or own),
        registry=contents.registry,
        policy=contents.policy,
        calendars=calendars_of(contents.calendar),
        as_of=contents.about.as_of,
    )
    return Recomputed(
        verdict=judgement.lines[line],
        slots={one.slot.id: one for one in judgement.slots[line]},
        records=records,
        deliveries=deliveries,
    )


def calendars_of(calendar: SchoolCalendar | None) -> Mapping[Any, SchoolCalendar]:
    return {} if calendar is None else {calendar.territory: calendar}


def _records(contents: Contents, verifiers: Verifiers) -> Sequence[StoredRecord | None]:
    slots = {slot.id: (slot.line, slot.starts_at) for slot in contents.slots}
    return [
        reread(
            one.line,
            agent=one.agent,
            received_at=one.received_at,
            bindings=[binding for binding in contents.bindings if binding.agent == one.agent],
            slots=slots,
            verifiers=verifiers,
        )
        for one in contents.records
    ]


def delivery_of(enclosed: EnclosedDelivery, verifiers: Verifiers) -> Delivery | None:
    """What a receipt proves of a delivery to another line, None when it proves nothing."""
    for server, verifier in verifiers.items():
        try:
            receipt = verify_receipt(enclosed.receipt, verifier)
        except WireError:
            continue
        if receipt.server == server and carries(receipt, enclosed.rate_bps):
            return Delivery(
                server=server,
                direction=receipt.direction,
                at=receipt.started_at,
                line=receipt.line,
                rate_bps=enclosed.rate_bps,
            )
    return None


@dataclass(frozen=True, slots=True)
class _EnclosedDeliveries:
    """Those whose receipts prove something; whether their lines were emulated the collector has looked at."""

    known: Sequence[Delivery]

    def deliveries(
        self, start: datetime, end: datetime, *, at_least_bps: int, emulated: bool = False
    ) -> Sequence[Delivery]:
        del emulated
        return [one for one in self.known if start <= one.at < end and one.rate_bps >= at_least_bps]


class _Enclosed:
    """Implements netmon_collector.ports.EvidenceReader over the contents, in their order."""

    def __init__(
        self, contents: Contents, records: Sequence[StoredRecord | None], deliveries: DeliveriesReader
    ) -> None:
        self._contents, self._deliveries = contents, deliveries
        facts = [(one.filed_at, one.fact) for one in records if one is not None and one.line == contents.about.line]
        facts += [(one.filed_at, one.measurement) for one in contents.imported]
        self._facts = facts

    def slots(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Slot]:
        return [one for one in self._contents.slots if one.line in lines and start <= one.starts_at < end]

    def measurements(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Measurement]:
        filed = (one for at, one in self._facts if start <= at < end)
        return [one for one in filed if isinstance(one, Measurement) and one.line in lines]

    def reports(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[SlotReport]:
        filed = (one for at, one in self._facts if start <= at < end)
        return [one for one in filed if isinstance(one, SlotReport) and one.line in lines]

    def outages(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Outage]:
        known = (one for _, one in self._facts if isinstance(one, Outage) and one.line in lines)
        return [one for one in known if one.started_at < end and one.ended_at > start]

    def latency(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[LatencyWindow]:
        return [one for one in self._contents.windows if one.line in lines and start <= one.started_at < end]

    def deliveries(
        self, start: datetime, end: datetime, *, at_least_bps: int, emulated: bool = False
    ) -> Sequence[Delivery]:
        return self._deliveries.deliveries(start, end, at_least_bps=at_least_bps, emulated=emulated)

    def last_seen(self, lines: Collection[LineId]) -> Mapping[LineId, datetime]:
        del lines  # when the agent was last heard of decides nothing
        return {}

    def first_slot_at(self, territory_lines: Collection[LineId]) -> datetime | None:
        return min((one.starts_at for one in self._contents.slots if one.line in territory_lines), default=None)
