"""Mails to be delivered, and the lines that people were alerted about."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "territory_id", "address", "period")),
        sa.Column("revision", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("language", "subject", "head", "body_hash", "state")),
        *(_at(name, nullable=False) for name in ("queued_at", "due_at", "next_at", "give_up_at")),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        *(_at(name, nullable=True) for name in ("lease_until", "begun_at", "sent_at", "failed_at")),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    key = ["kind", "territory_id", "period", "revision", "address"]
    op.create_index(op.f("ix_mail_" + "_".join(key)), "mail", key, unique=True)
    op.create_index(op.f("ix_mail_state_next_at"), "mail", ["state", "next_at"])
    op.create_index(op.f("ix_mail_begun_at"), "mail", ["begun_at"])
    op.create_table(
        "mail_body",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_mail_body")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        _at("opened_at", nullable=False),
        _at("closed_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(op.f("ix_alert_territory_id_closed_at"), "alert", ["territory_id", "closed_at"])
    op.create_table(
        "alert_line",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        _at("since", nullable=False),
        _at("recovered_at", nullable=True),
        sa.PrimaryKeyConstraint("alert_id", "line_id", name=op.f("pk_alert_line")),
    )


def _at(name: str, *, nullable: bool) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
