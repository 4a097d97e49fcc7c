"""The tables of what is planned, reported and found; keys lead with the line, time next.

Nothing here refers to the registry's tables by a foreign key: evidence outlives every edit of the registry.
`filed_at` is the start of the slot that a fact belongs to, else the fact's own time (see use_cases/ingest.py).
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Index, Integer, Table, Text

from netmon.domain.latency import OutageCause
from netmon.domain.measurement import Decision, Direction, Mode, Path, Reason, ReceiptState, ResultKind
from netmon.domain.slot import SlotEnd, SlotReason
from netmon.wire.records import RecordKind
from netmon_collector.storage.registry_tables import metadata
from netmon_collector.storage.types import Choice, RowId, Utc

IMPORTED = "imported"  # the agent of measurements made elsewhere; no enrolled one has such an id


def fact_key(time: str) -> tuple[Column[object], ...]:
    """Line and time, then the record that the fact came from."""
    return (
        Column("line_id", Text, primary_key=True),
        Column(time, Utc, primary_key=True),
        *_record_key(),
    )


def _record_key() -> tuple[Column[object], ...]:
    return (
        Column("agent_id", Text, primary_key=True),
        Column("stream", Text, primary_key=True),
        Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    )


agent = Table(
    "agent",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("software", Text, nullable=False),
    Column("enrolled_at", Utc, nullable=False),
    Column("revoked_at", Utc),
)
binding = Table(
    "binding",
    metadata,
    Column("agent_id", Text, primary_key=True),
    Column("since", Utc, primary_key=True),
    Column("until", Utc),
    Column("line_id", Text, nullable=False),
    Column("last_seen_at", Utc),
    Index(None, "line_id", "since"),
)
enrolment_code = Table(
    "enrolment_code",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("line_id", Text, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("used_at", Utc),
)
position = Table(
    "position",
    metadata,
    Column("line_id", Text, primary_key=True),
    Column("server_id", Text, nullable=False),
    Column("fallback_server_id", Text),
    Column("offset_s", Integer, nullable=False),
    Column("full_offset_s", Integer, nullable=False),
    Column("upload_phase", Integer, nullable=False),
    Column("estimate_cycle", Integer, nullable=False),
    Column("sustained_day", Integer, nullable=False),
    Column("sustained_cycle", Integer, nullable=False),
    Column("full_rate_bps", BigInteger, nullable=False),
)
slot = Table(
    "slot",
    metadata,
    Column("line_id", Text, primary_key=True),
    Column("starts_at", Utc, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("direction", Choice(Direction), nullable=False),
    Column("mode", Choice(Mode), nullable=False),
    Column("ends_at", Utc, nullable=False),
    Column("server_id", Text, nullable=False),
    Column("fallback_server_id", Text),
    Column("rate_bps", BigInteger, nullable=False),
    Column("duration_s", Float, nullable=False),
    Index("ix_slot_id", "id", unique=True),
)
record = Table(
    "record",
    metadata,
    *_record_key(),
    Column("kind", Choice(RecordKind), nullable=False),
    Column("hash", Text, nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("at", Utc, nullable=False),
    Column("line_id", Text),
    Column("notes", Text, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "line_id", "at"),
)
measurement = Table(
    "measurement",
    metadata,
    *fact_key("filed_at"),
    Column("at", Utc, nullable=False),
    Column("time_trusted", Boolean, nullable=False),
    Column("receipt", Choice(ReceiptState), nullable=False),
    Column("slot_id", Text),
    Column("server_id", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("direction", Choice(Direction), nullable=False),
    Column("mode", Choice(Mode), nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("kind", Choice(ResultKind), nullable=False),
    Column("reason", Choice(Reason)),
    Column("rate_bps", BigInteger),
    Column("goodput_bps", BigInteger),
    Column("background_bps", BigInteger),
    Column("censored_at_bps", BigInteger),
    Column("decision", Choice(Decision)),
    Column("threshold_bps", BigInteger),
    Column("limit_bps", BigInteger),
    Column("confidence", Float),
    Column("bytes", BigInteger, nullable=False),
    Column("path", Choice(Path), nullable=False),
    Column("flags", Text, nullable=False),
    Index("ix_measurement_at", "at"),
)
slot_report = Table(
    "slot_report",
    metadata,
    *fact_key("filed_at"),
    Column("at", Utc, nullable=False),
    Column("slot_id", Text, nullable=False),
    Column("end", Choice(SlotEnd), nullable=False),
    Column("reason", Choice(SlotReason)),
)
latency_window = Table(
    "latency_window",
    metadata,
    *fact_key("started_at"),
    Column("ended_at", Utc, nullable=False),
    Column("target", Text, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("lost", Integer, nullable=False),
    Column("rtt_min_s", Float),
    Column("rtt_median_s", Float),
    Column("rtt_p95_s", Float),
    Column("rtt_max_s", Float),
    Column("jitter_s", Float),
)
outage = Table(
    "outage",
    metadata,
    *fact_key("started_at"),
    Column("ended_at", Utc, nullable=False),
    Column("cause", Choice(OutageCause), nullable=False),
    Index(None, "line_id", "ended_at"),
)
# The last records of each agent whose place is taken by other content: two devices share an identity.
quarantine = Table(
    "quarantine",
    metadata,
    *_record_key(),
    Column("hash", Text, primary_key=True),
    Column("received_at", Utc, nullable=False),
    Column("document", Text, nullable=False),
)
# The last lines of each agent that were no records: enough to see what is wrong with it.
rejected = Table(
    "rejected",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("agent_id", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("detail", Text, nullable=False),
    Column("line", Text, nullable=False),
    Index(None, "agent_id", "hash", unique=True),
)
entered_share = Table(
    "entered_share",
    metadata,
    Column("territory_id", Text, primary_key=True),
    Column("indicator_id", Text, primary_key=True),
    Column("at", Date, primary_key=True),
    Column("numerator", BigInteger, nullable=False),
    Column("denominator", BigInteger, nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("document", Text, nullable=False),
    Column("author_role_ru", Text, nullable=False),
    Column("author_role_en", Text, nullable=False),
    Column("illustrative", Boolean, nullable=False),
)
job = Table(
    "job",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text),
    Column("lease_until", Utc),
    Column("done_for", Text),
    Column("done_at", Utc),
)
