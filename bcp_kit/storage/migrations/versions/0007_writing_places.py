"""Where each person stopped writing each plan."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "writing_places",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("plan_id", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
        sa.CheckConstraint("id <> ''", name="ck_writing_places_id"),
        sa.CheckConstraint("version >= 0", name="ck_writing_places_version"),
        sqlite_strict=True,
    )
    op.create_index("ix_writing_places_plan_id", "writing_places", ["plan_id"])
