"""The tables of devices: what each says of itself, absences of their agents, diagnoses of their paths."""

from sqlalchemy import BigInteger, Column, Float, Integer, Table, Text

from netmon.domain.absence import AbsenceCause
from netmon.domain.path_diagnosis import PathOutcome, PathReadiness, PathTrigger
from netmon_collector.storage.evidence_tables import fact_key
from netmon_collector.storage.registry_tables import metadata
from netmon_collector.storage.types import Choice, Utc

device_state = Table(
    "device_state",
    metadata,
    Column("agent_id", Text, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("software", Text, nullable=False),
    Column("config_hash", Text, nullable=False),
    Column("running_s", Float, nullable=False),
    Column("clock_offset_s", Float),
    Column("outbox_records", BigInteger, nullable=False),
    Column("outbox_bytes", BigInteger, nullable=False),
    Column("aside", BigInteger, nullable=False),
    Column("dropped", BigInteger, nullable=False),
    Column("traffic_month", Text),
    Column("traffic_cap_bytes", BigInteger, nullable=False),
    Column("traffic", Text, nullable=False),
    Column("path_diagnosis", Choice(PathReadiness), nullable=False),
)
device_change = Table(
    "device_change",
    metadata,
    Column("agent_id", Text, primary_key=True),
    Column("at", Utc, primary_key=True),
    Column("software", Text, nullable=False),
    Column("config_hash", Text, nullable=False),
)
absence = Table(
    "absence",
    metadata,
    *fact_key("ended_at"),
    Column("since", Utc),
    Column("cause", Choice(AbsenceCause), nullable=False),
)
path_diagnosis = Table(
    "path_diagnosis",
    metadata,
    *fact_key("at"),
    Column("slot_id", Text),
    Column("server_id", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("trigger", Choice(PathTrigger), nullable=False),
    Column("outcome", Choice(PathOutcome), nullable=False),
    Column("mtu_bytes", Integer),
    Column("traces", Text, nullable=False),
)
