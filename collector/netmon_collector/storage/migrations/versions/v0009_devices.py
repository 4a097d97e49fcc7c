"""Devices: what they say of themselves, absences of their agents, diagnoses of their paths."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    op.create_table(
        "device_state",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("software", sa.Text(), nullable=False),
        sa.Column("config_hash", sa.Text(), nullable=False),
        sa.Column("running_s", sa.Float(), nullable=False),
        sa.Column("clock_offset_s", sa.Float(), nullable=True),
        sa.Column("outbox_records", sa.BigInteger(), nullable=False),
        sa.Column("outbox_bytes", sa.BigInteger(), nullable=False),
        sa.Column("aside", sa.BigInteger(), nullable=False),
        sa.Column("dropped", sa.BigInteger(), nullable=False),
        sa.Column("traffic_month", sa.Text(), nullable=True),
        sa.Column("traffic_cap_bytes", sa.BigInteger(), nullable=False),
        sa.Column("traffic", sa.Text(), nullable=False),
        sa.Column("path_diagnosis", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_device_state")),
    )
    op.create_table(
        "device_change",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("software", sa.Text(), nullable=False),
        sa.Column("config_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "at", name=op.f("pk_device_change")),
    )
    op.create_table(
        "absence",
        *_fact_key("ended_at"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("line_id", "ended_at", "agent_id", "stream", "sequence", name=op.f("pk_absence")),
    )
    op.create_table(
        "path_diagnosis",
        *_fact_key("at"),
        sa.Column("slot_id", sa.Text(), nullable=True),
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("mtu_bytes", sa.Integer(), nullable=True),
        sa.Column("traces", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("line_id", "at", "agent_id", "stream", "sequence", name=op.f("pk_path_diagnosis")),
    )


def _fact_key(time: str) -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column(time, sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
    )
