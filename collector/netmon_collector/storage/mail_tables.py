"""The tables of mails: what is to be delivered, how it stands, and which lines were alerted about."""

from sqlalchemy import Column, Index, Integer, Table, Text

from netmon.domain.mailing import MailKind
from netmon_collector.storage.registry_tables import metadata
from netmon_collector.storage.types import Choice, Utc
from netmon_collector.use_cases.mail_queue import MailState

# `id` is the hash of the five columns after it. `holder` may send the mail until `lease_until`.
mail = Table(
    "mail",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Choice(MailKind), nullable=False),
    Column("territory_id", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("language", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("head", Text, nullable=False),
    Column("body_hash", Text, nullable=False),
    Column("state", Choice(MailState), nullable=False),
    Column("queued_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("next_at", Utc, nullable=False),
    Column("give_up_at", Utc, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("holder", Text),
    Column("lease_until", Utc),
    Column("begun_at", Utc),
    Column("sent_at", Utc),
    Column("failed_at", Utc),
    Column("reason", Text),
    Index(None, "kind", "territory_id", "period", "revision", "address", unique=True),
    Index(None, "state", "next_at"),
    Index(None, "begun_at"),
)
# What the mails of one rendering share, once.
mail_body = Table(
    "mail_body",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("content", Text, nullable=False),
)
# One alert is about lines of one provider that went bad together, as the recipients of one territory were told.
alert = Table(
    "alert",
    metadata,
    Column("id", Text, primary_key=True),
    Column("territory_id", Text, nullable=False),
    Column("provider_id", Text),
    Column("opened_at", Utc, nullable=False),
    Column("closed_at", Utc),
    Index(None, "territory_id", "closed_at"),
)
alert_line = Table(
    "alert_line",
    metadata,
    Column("alert_id", Text, primary_key=True),
    Column("line_id", Text, primary_key=True),
    Column("since", Utc, nullable=False),
    Column("recovered_at", Utc),
)
