"""Enrolment codes without a count of attempts: a wrong code has no row, and a right one is used once."""

from alembic import op

revision = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    op.drop_column("enrolment_code", "attempts")
