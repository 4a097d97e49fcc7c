"""Reading what an evidence pack encloses: records as they were received, and what was in force when."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, func, select

from netmon.domain.identifiers import LineId
from netmon.domain.measurement import Measurement, ReceiptState
from netmon.domain.slot import Delivery
from netmon_collector.ports import Binding, Document, RawRecord
from netmon_collector.storage.evidence import read_measurement
from netmon_collector.storage.evidence_tables import IMPORTED, binding, measurement, outage, record, slot_report
from netmon_collector.storage.part import Part
from netmon_collector.storage.registry_tables import document, document_use


class PacksPart(Part):
    """Implements netmon_collector.ports.PackStore."""

    def line_records(
        self, line: LineId, filed: tuple[datetime, datetime], outages_from: datetime
    ) -> Sequence[RawRecord]:
        end = filed[1]
        found: list[RawRecord] = []
        for table, during in (
            (measurement, _filed(measurement, filed)),
            (slot_report, _filed(slot_report, filed)),
            (outage, and_(outage.c.started_at < end, outage.c.ended_at > outages_from)),
        ):
            found.extend(self._records(table, and_(table.c.line_id == line, during)))
        return found

    def _records(self, table: Table, where: ColumnElement[bool]) -> Sequence[RawRecord]:
        """The records that facts came from, in the order of the facts' table."""
        wanted = select(record.c.agent_id, record.c.received_at, record.c.document).join(table, _same_record(table))
        with self._database.read() as connection:
            rows = connection.execute(wanted.where(where).order_by(*table.primary_key.columns)).all()
        return [RawRecord(agent=row.agent_id, received_at=row.received_at, document=row.document) for row in rows]

    def imported_measurements(
        self, line: LineId, filed: tuple[datetime, datetime]
    ) -> Sequence[tuple[datetime, Measurement]]:
        own = and_(measurement.c.line_id == line, measurement.c.agent_id == IMPORTED, _filed(measurement, filed))
        wanted = select(measurement).where(own).order_by(*measurement.primary_key.columns)
        with self._database.read() as connection:
            return [(row.filed_at, read_measurement(row)) for row in connection.execute(wanted)]

    def bindings_of_line(self, line: LineId) -> Sequence[Binding]:
        wanted = select(binding).where(binding.c.line_id == line).order_by(binding.c.since, binding.c.agent_id)
        with self._database.read() as connection:
            rows = connection.execute(wanted).all()
        return [Binding(agent=row.agent_id, line=row.line_id, since=row.since, until=row.until) for row in rows]

    def delivery_receipt(self, delivery: Delivery) -> str | None:
        found = measurement.c
        same = and_(
            found.line_id == delivery.line,
            found.at == delivery.at,
            found.server_id == delivery.server,
            found.direction == delivery.direction,
            found.receipt == ReceiptState.VALID,
            found.rate_bps - func.coalesce(found.background_bps, 0) == delivery.rate_bps,
        )
        wanted = select(record.c.document).join(measurement, _same_record(measurement)).where(same)
        with self._database.read() as connection:
            text = connection.execute(wanted.order_by(record.c.agent_id, record.c.sequence).limit(1)).scalar()
        receipt = None if text is None else json.loads(text)["body"].get("receipt")
        return receipt if isinstance(receipt, str) else None

    def document_at(self, kind: str, at: datetime) -> Document | None:
        use = document_use.c
        last = select(func.max(use.number)).where(use.kind == kind, use.since <= at).scalar_subquery()
        same = and_(document.c.kind == use.kind, document.c.hash == use.hash)
        wanted = select(document).join(document_use, same).where(use.kind == kind, use.number == last)
        with self._database.read() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else Document(kind=row.kind, hash=row.hash, content=row.content)


def _filed(table: Table, span: tuple[datetime, datetime]) -> ColumnElement[bool]:
    return and_(table.c.filed_at >= span[0], table.c.filed_at < span[1])


def _same_record(table: Table) -> ColumnElement[bool]:
    return and_(
        record.c.agent_id == table.c.agent_id,
        record.c.stream == table.c.stream,
        record.c.sequence == table.c.sequence,
    )
