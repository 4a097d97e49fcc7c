"""Devices: what they say of themselves, when nobody watched, what was found on their paths."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from netmon.domain.absence import Absence
from netmon.domain.identifiers import AgentId, LineId
from netmon.domain.path_diagnosis import PathDiagnosis
from netmon.wire.canonical import canonical_json, parse_object
from netmon.wire.device import DeviceState, OutboxState, TrafficState
from netmon.wire.path_body import read_traces, trace_document
from netmon_collector.ports import DeviceChange, SeenDevice
from netmon_collector.storage.device_tables import absence, device_change, device_state, path_diagnosis
from netmon_collector.storage.evidence import AnyRow, within
from netmon_collector.storage.evidence_tables import agent, binding
from netmon_collector.storage.part import Part, chunks
from netmon_collector.storage.upsert import insert_new, put

_MOST_BYTES = 1_000_000
Row = dict[str, object]


class DevicesPart(Part):
    """Implements DeviceReader, and what ingest and the agents' API write for it."""

    def saw_device(self, of: AgentId, state: DeviceState, *, at: datetime) -> None:
        with self._database.write() as connection:
            known = connection.execute(select(device_state).where(device_state.c.agent_id == of)).one_or_none()
            if known is None or (known.software, known.config_hash) != (state.software, state.config_hash):
                _note_change(connection, of, state, at)
            put(connection, device_state, [_row(of, state, at)])

    def devices(self, lines: Collection[LineId]) -> Mapping[LineId, SeenDevice]:
        found: dict[LineId, SeenDevice] = {}
        with self._database.read() as connection:
            for group in chunks(sorted(lines)):
                bound = binding.c.line_id.in_(group), binding.c.until.is_(None)
                both = device_state.join(binding, binding.c.agent_id == device_state.c.agent_id)
                for row in connection.execute(select(binding.c.line_id, device_state).select_from(both).where(*bound)):
                    found[LineId(row.line_id)] = _seen(row)
        return found

    def device_changes(self, line: LineId) -> Sequence[DeviceChange]:
        bound = select(binding.c.agent_id).where(binding.c.line_id == line)
        wanted = select(device_change).where(device_change.c.agent_id.in_(bound)).order_by(device_change.c.at)
        with self._database.read() as connection:
            return [
                DeviceChange(agent=row.agent_id, at=row.at, software=row.software, config_hash=row.config_hash)
                for row in connection.execute(wanted)
            ]

    def absences(self, line: LineId, start: datetime, end: datetime) -> Sequence[Absence]:
        during = absence.c.line_id == line, within(absence.c.ended_at, start, end)
        with self._database.read() as connection:
            rows = connection.execute(select(absence).where(*during).order_by(*absence.primary_key.columns))
            return [Absence(line=row.line_id, since=row.since, ended_at=row.ended_at, cause=row.cause) for row in rows]

    def path_diagnoses(self, line: LineId, start: datetime, end: datetime) -> Sequence[PathDiagnosis]:
        found = path_diagnosis.c
        during = found.line_id == line, within(found.at, start, end)
        with self._database.read() as connection:
            rows = connection.execute(
                select(path_diagnosis).where(*during).order_by(*path_diagnosis.primary_key.columns)
            )
            return [_diagnosis(row) for row in rows]


def _note_change(connection: Connection, of: AgentId, state: DeviceState, at: datetime) -> None:
    change = {"agent_id": of, "at": at, "software": state.software, "config_hash": state.config_hash}
    insert_new(connection, device_change, [change])
    connection.execute(update(agent).where(agent.c.id == of).values(software=state.software))


def _row(of: AgentId, state: DeviceState, at: datetime) -> Row:
    return {
        "agent_id": of,
        "at": at,
        "software": state.software,
        "config_hash": state.config_hash,
        "running_s": state.running_s,
        "clock_offset_s": state.clock_offset_s,
        "outbox_records": state.outbox.waiting,
        "outbox_bytes": state.outbox.bytes,
        "aside": state.outbox.aside,
        "dropped": state.outbox.dropped,
        "traffic_month": state.traffic.month,
        "traffic_cap_bytes": state.traffic.cap_bytes,
        "traffic": canonical_json(dict(state.traffic.bytes)).decode(),
        "path_diagnosis": state.path_diagnosis,
    }


def _seen(row: AnyRow) -> SeenDevice:
    spent = {name: int(str(count)) for name, count in parse_object(row.traffic, limit=_MOST_BYTES).items()}
    state = DeviceState(
        software=row.software,
        config_hash=row.config_hash,
        running_s=row.running_s,
        clock_offset_s=row.clock_offset_s,
        outbox=OutboxState(waiting=row.outbox_records, bytes=row.outbox_bytes, aside=row.aside, dropped=row.dropped),
        traffic=TrafficState(month=row.traffic_month, cap_bytes=row.traffic_cap_bytes, bytes=spent),
        path_diagnosis=row.path_diagnosis,
    )
    return SeenDevice(agent=row.agent_id, line=row.line_id, at=row.at, state=state)


def absence_row(fact: Absence) -> Row:
    return {"ended_at": fact.ended_at, "since": fact.since, "cause": fact.cause}


def diagnosis_row(fact: PathDiagnosis) -> Row:
    same = "host duration_s trigger outcome mtu_bytes"
    return {
        "at": fact.started_at,
        "slot_id": fact.slot,
        "server_id": fact.server,
        "traces": canonical_json({"traces": [trace_document(trace) for trace in fact.traces]}).decode(),
        **{name: getattr(fact, name) for name in same.split()},
    }


def _diagnosis(row: AnyRow) -> PathDiagnosis:
    return PathDiagnosis(
        line=row.line_id,
        slot=row.slot_id,
        server=row.server_id,
        host=row.host,
        started_at=row.at,
        duration_s=row.duration_s,
        trigger=row.trigger,
        outcome=row.outcome,
        mtu_bytes=row.mtu_bytes,
        traces=read_traces(parse_object(row.traces, limit=_MOST_BYTES)["traces"]),
    )
