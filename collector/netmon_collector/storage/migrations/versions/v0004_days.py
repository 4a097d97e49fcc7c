"""Day aggregates, which days are due again, and how far they are complete."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    op.create_table(
        "line_day",
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("strict_passed", sa.Integer(), nullable=False),
        sa.Column("line_down", sa.Integer(), nullable=False),
        sa.Column("excluded", sa.Integer(), nullable=False),
        sa.Column("excluded_by_reason", sa.Text(), nullable=False),
        sa.Column("working_s", sa.Float(), nullable=True),
        sa.Column("up_s", sa.Float(), nullable=True),
        sa.Column("down_s", sa.Float(), nullable=True),
        sa.Column("median_bps", sa.BigInteger(), nullable=True),
        sa.Column("input_hash", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("line_id", "day", name=op.f("pk_line_day")),
    )
    op.create_table(
        "day_due",
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("line_id", "day", name=op.f("pk_day_due")),
    )
    op.create_table(
        "day_progress",
        sa.Column("territory_id", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("complete_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("territory_id", name=op.f("pk_day_progress")),
    )
