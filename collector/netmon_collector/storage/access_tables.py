"""The tables of accounts, sessions and tokens. Every secret in them is a hash."""

from sqlalchemy import Column, Integer, Table, Text

from netmon.domain.access import Role
from netmon_collector.storage.registry_tables import metadata
from netmon_collector.storage.types import Choice, Utc

account = Table(
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("password_hash", Text),
    Column("created_at", Utc, nullable=False),
    Column("disabled_at", Utc),
)
# Territories are no foreign keys: a registry is replaced as a whole, and a grant outlives a territory's absence.
account_grant = Table(
    "account_grant",
    metadata,
    Column("account_name", Text, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("role", Choice(Role), nullable=False),
    Column("territory_id", Text),
)
account_session = Table(
    "account_session",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("account_name", Text, nullable=False, index=True),
    Column("created_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("address", Text, nullable=False),
    Column("browser", Text, nullable=False),
)
access_link = Table(
    "access_link",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("account_name", Text),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("used_at", Utc),
)
api_token = Table(
    "api_token",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("role", Choice(Role), nullable=False),
    Column("territory_id", Text),
    Column("created_by", Text, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("last_used_at", Utc),
    Column("revoked_at", Utc),
)
# How often a name or an address was tried since a time; names are hashed, because people type passwords into them.
sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("since", Utc, nullable=False),
)
