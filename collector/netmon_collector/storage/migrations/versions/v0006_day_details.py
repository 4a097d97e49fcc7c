"""What pages draw of each day."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    op.create_table(
        "line_day_detail",
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("slots", sa.Text(), nullable=False),
        sa.Column("measured_bytes", sa.BigInteger(), nullable=False),
        sa.Column("probes_sent", sa.BigInteger(), nullable=False),
        sa.Column("probes_lost", sa.BigInteger(), nullable=False),
        sa.Column("rtt_s", sa.Float(), nullable=True),
        sa.Column("rtt_p95_s", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("line_id", "day", name=op.f("pk_line_day_detail")),
    )
