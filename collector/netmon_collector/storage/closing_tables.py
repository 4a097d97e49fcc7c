"""The tables of what is only ever added to: closed periods with their verdicts, and the audit log."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, Table, Text

from netmon.domain.audit import AuditKind
from netmon.domain.period import PeriodKind
from netmon.domain.verdict import SubjectKind, VerdictOutcome
from netmon_collector.storage.registry_tables import metadata
from netmon_collector.storage.types import Choice, Utc

closed_period = Table(
    "closed_period",
    metadata,
    Column("territory_id", Text, primary_key=True),
    Column("kind", Choice(PeriodKind), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("first_day", Date, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("closed_at", Utc, nullable=False),
    Column("policy_id", Text, nullable=False),
    Column("policy_hash", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("summary_hash", Text, nullable=False),
    Column("root", Text, nullable=False),
    Column("previous", Text),
    Column("hash", Text, nullable=False),
    Index(None, "territory_id", "kind", "first_day", "revision", unique=True),
)
closed_verdict = Table(
    "closed_verdict",
    metadata,
    Column("territory_id", Text, primary_key=True),
    Column("period_kind", Choice(PeriodKind), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Choice(SubjectKind), primary_key=True),
    Column("subject_id", Text, primary_key=True),
    Column("outcome", Choice(VerdictOutcome), nullable=False),
    Column("short_by", Integer),
    Column("hash", Text, nullable=False),
)
# What a verdict was stored with, by its hash: the same verdict in two revisions or two territories is kept once.
verdict_content = Table(
    "verdict_content",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("content", Text, nullable=False),
)
audit_entry = Table(
    "audit_entry",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Choice(AuditKind), nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("document", Text),
    Column("previous", Text),
    Column("hash", Text, nullable=False),
)
