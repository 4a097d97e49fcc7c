"""Reading how the agents and the measurement servers do; every question is about what came lately."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from netmon.domain.identifiers import AgentId, LineId, ServerId
from netmon.domain.measurement import ReceiptState
from netmon_collector.storage.day_tables import line_day_detail
from netmon_collector.storage.evidence import AnyRow
from netmon_collector.storage.evidence_tables import (
    IMPORTED,
    agent,
    binding,
    measurement,
    quarantine,
    record,
    rejected,
    slot,
)
from netmon_collector.storage.line_facts import notes_of
from netmon_collector.storage.part import Part, chunks
from netmon_collector.use_cases.line_facts import AgentBinding, LatestRecord, Refused, ServerSeen

LOOKED_AT = 200  # sequence numbers behind the newest one, in which gaps are counted


class FleetPart(Part):
    """What the fleet page and the health of one agent are made of."""

    def agent_bindings(self, lines: Collection[LineId]) -> Sequence[AgentBinding]:
        """Who measures these lines or did before, by line, the newest first."""
        found: list[AgentBinding] = []
        with self._database.read() as connection:
            for group in chunks(sorted(lines)):
                wanted = select(agent, binding.c.line_id, binding.c.since, binding.c.until, binding.c.last_seen_at)
                wanted = wanted.join(binding, binding.c.agent_id == agent.c.id).where(binding.c.line_id.in_(group))
                ordered = wanted.order_by(binding.c.line_id, binding.c.since.desc())
                found.extend(_bound(row) for row in connection.execute(ordered))
        return found

    def latest_records(self, lines: Collection[LineId]) -> Mapping[LineId, LatestRecord]:
        """The newest record of each line that an agent reported about, and how whole those before it are."""
        found: dict[LineId, LatestRecord] = {}
        with self._database.read() as connection:
            for group in chunks(sorted(lines)):
                rows = [row for line in group for row in _newest_of(connection, line)]
                found |= {row.line_id: _latest(connection, row) for row in rows}
        return found

    def refused(self, agents: Collection[AgentId]) -> Mapping[AgentId, Refused]:
        """What was put aside of each agent that any was put aside of."""
        found: dict[AgentId, Refused] = {}
        with self._database.read() as connection:
            for group in chunks(sorted(agents)):
                conflicts = {row.agent_id: row for row in connection.execute(_conflicts(group))}
                lines = {row.agent_id: row for row in connection.execute(_rejected(group))}
                for one in conflicts.keys() | lines.keys():
                    found[AgentId(one)] = _refused(conflicts.get(one), lines.get(one))
        return found

    def measured_bytes(self, lines: Collection[LineId], first: date, last: date) -> Mapping[LineId, int]:
        """The bytes of the measurements of each line over local days from the first to the last."""
        days = line_day_detail.c
        found: dict[LineId, int] = {}
        with self._database.read() as connection:
            for group in chunks(sorted(lines)):
                wanted = select(days.line_id, func.sum(days.measured_bytes).label("total"))
                wanted = wanted.where(days.line_id.in_(group), days.day.between(first, last)).group_by(days.line_id)
                found.update((row.line_id, int(row.total)) for row in connection.execute(wanted))
        return found

    def servers_seen(self, since: datetime) -> Sequence[ServerSeen]:
        """What measurements say of the servers since a time, by server."""
        found = measurement.c
        last = func.max(found.at, type_=found.at.type).label("last")
        wanted = select(found.server_id, found.receipt, func.count().label("number"), last)
        wanted = wanted.where(found.at >= since, found.agent_id != IMPORTED).group_by(found.server_id, found.receipt)
        numbers: dict[ServerId, dict[ReceiptState, int]] = defaultdict(dict)
        valid: dict[ServerId, datetime] = {}
        with self._database.read() as connection:
            for row in connection.execute(wanted):
                numbers[row.server_id][row.receipt] = row.number
                if row.receipt is ReceiptState.VALID:
                    valid[row.server_id] = row.last
        return [
            ServerSeen(server=server, receipts=numbers[server], last_valid_at=valid.get(server))
            for server in sorted(numbers)
        ]

    def planned_load(self, start: datetime, end: datetime) -> Sequence[tuple[ServerId, datetime, float]]:
        """What issued slots that start in the time may use of their servers: rate times duration, in bits."""
        bits = (slot.c.rate_bps * slot.c.duration_s).label("bits")
        wanted = select(slot.c.server_id, slot.c.starts_at, bits)
        wanted = wanted.where(slot.c.starts_at >= start, slot.c.starts_at < end)
        with self._database.read() as connection:
            return [(row.server_id, row.starts_at, float(row.bits)) for row in connection.execute(wanted)]


def _bound(row: AnyRow) -> AgentBinding:
    return AgentBinding(
        agent=row.id,
        line=row.line_id,
        software=row.software,
        enrolled_at=row.enrolled_at,
        revoked_at=row.revoked_at,
        since=row.since,
        until=row.until,
        last_seen_at=row.last_seen_at,
    )


def _newest_of(connection: Connection, line: LineId) -> Iterator[AnyRow]:
    """One walk down the index of a line: looking through its records would take longer each month."""
    wanted = select(record).where(record.c.line_id == line).order_by(record.c.at.desc()).limit(1)
    yield from connection.execute(wanted)


def _latest(connection: Connection, row: AnyRow) -> LatestRecord:
    looked_at = min(LOOKED_AT, row.sequence)
    place = and_(
        record.c.agent_id == row.agent_id,
        record.c.stream == row.stream,
        record.c.sequence > row.sequence - looked_at,
        record.c.sequence <= row.sequence,
    )
    there = connection.execute(select(func.count()).select_from(record).where(place)).scalar_one()
    offset = json.loads(row.document).get("clock_offset_s")
    return LatestRecord(
        agent=row.agent_id,
        received_at=row.received_at,
        at=row.at,
        clock_offset_s=offset if isinstance(offset, int | float) else None,
        notes=notes_of(row.notes),
        gaps=looked_at - int(there),
        looked_at=looked_at,
    )


def _conflicts(agents: Sequence[AgentId]) -> Select[Any]:
    at = quarantine.c.received_at
    wanted = select(quarantine.c.agent_id, func.count().label("number"), func.max(at, type_=at.type).label("last"))
    return wanted.where(quarantine.c.agent_id.in_(agents)).group_by(quarantine.c.agent_id)


def _rejected(agents: Sequence[AgentId]) -> Select[Any]:
    """The number and the newest of each agent: ids grow, and few are kept."""
    of_each = select(rejected.c.agent_id, func.count().label("number"), func.max(rejected.c.id).label("id"))
    newest = of_each.where(rejected.c.agent_id.in_(agents)).group_by(rejected.c.agent_id).subquery()
    wanted = select(newest.c.agent_id, newest.c.number, rejected.c.received_at, rejected.c.detail)
    return wanted.join(rejected, rejected.c.id == newest.c.id)


def _refused(conflicts: AnyRow | None, lines: AnyRow | None) -> Refused:
    return Refused(
        conflicts=0 if conflicts is None else conflicts.number,
        last_conflict_at=None if conflicts is None else conflicts.last,
        rejected=0 if lines is None else lines.number,
        last_rejected_at=None if lines is None else lines.received_at,
        last_reason=None if lines is None else lines.detail,
    )
