"""Measurements made elsewhere: stored beside ours under an agent of their own, each row once."""

from collections.abc import Sequence

from netmon.domain.audit import Change
from netmon_collector.ports import ImportedMeasurement
from netmon_collector.storage.audit import write_audit
from netmon_collector.storage.evidence_tables import IMPORTED, measurement
from netmon_collector.storage.part import Part
from netmon_collector.storage.records import measurement_row
from netmon_collector.storage.upsert import insert_new_keys


class ImportsPart(Part):
    """What people brought in."""

    def add_imported(self, rows: Sequence[ImportedMeasurement], change: Change) -> int:
        """Store what is not there yet, in one transaction; answers how many were new. `change` is what the log says."""
        values = [
            {
                **measurement_row(one.measurement, one.measurement.started_at),
                "line_id": one.measurement.line,
                "agent_id": IMPORTED,
                "stream": IMPORTED,
                "sequence": one.number,
            }
            for one in rows
        ]
        with self._database.write() as connection:
            new = len(insert_new_keys(connection, measurement, values))
            if new:
                write_audit(connection, [change])
        return new
