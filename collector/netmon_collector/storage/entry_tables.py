"""The tables of what people enter beside the files: only ever added to, the newest entry about a subject holds."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from netmon.domain.entries import EntryKind
from netmon_collector.storage.registry_tables import metadata
from netmon_collector.storage.types import Choice, Utc

entry = Table(
    "entry",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Choice(EntryKind), nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("note", Text),
    Column("evidence_name", Text),
    Column("evidence_hash", Text),
    Column("content", Text),  # canonical JSON; null where the entry takes back what stood
    Index(None, "kind", "subject", "number"),
)
# The files that prove entries, by the SHA-256 of their bytes: the same file is kept once.
evidence_file = Table(
    "evidence_file",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("stored_at", Utc, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
