"""Positions and slots: written once, never changed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from netmon.domain.identifiers import LineId
from netmon.domain.slot import Slot
from netmon.domain.timetable import Position
from netmon_collector.storage.evidence import read_slot
from netmon_collector.storage.evidence_tables import position, slot
from netmon_collector.storage.part import Part
from netmon_collector.storage.upsert import insert_new

_POSITION_NUMBERS = (
    "offset_s",
    "full_offset_s",
    "upload_phase",
    "estimate_cycle",
    "sustained_day",
    "sustained_cycle",
    "full_rate_bps",
)


class PlanningPart(Part):
    """The planner's side of the store."""

    def positions(self) -> Mapping[LineId, Position]:
        with self._database.read() as connection:
            rows = connection.execute(select(position).order_by(position.c.line_id)).all()
        return {
            row.line_id: Position(
                line=row.line_id,
                server=row.server_id,
                fallback_server=row.fallback_server_id,
                **{name: getattr(row, name) for name in _POSITION_NUMBERS},
            )
            for row in rows
        }

    def add_positions(self, positions: Collection[Position]) -> None:
        rows = [
            {
                "line_id": one.line,
                "server_id": one.server,
                "fallback_server_id": one.fallback_server,
                **{name: getattr(one, name) for name in _POSITION_NUMBERS},
            }
            for one in positions
        ]
        with self._database.write() as connection:
            insert_new(connection, position, rows)

    def add_slots(self, slots: Collection[Slot]) -> None:
        rows = [
            {
                "line_id": one.line,
                "starts_at": one.starts_at,
                "id": one.id,
                "direction": one.direction,
                "mode": one.mode,
                "ends_at": one.ends_at,
                "server_id": one.server,
                "fallback_server_id": one.fallback_server,
                "rate_bps": one.rate_bps,
                "duration_s": one.duration_s,
            }
            for one in slots
        ]
        with self._database.write() as connection:
            insert_new(connection, slot, rows)

    def open_slots(self, line: LineId, *, at: datetime) -> Sequence[Slot]:
        wanted = select(slot).where(slot.c.line_id == line, slot.c.ends_at > at).order_by(slot.c.starts_at, slot.c.id)
        with self._database.read() as connection:
            return [read_slot(row) for row in connection.execute(wanted)]
