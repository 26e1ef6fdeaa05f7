"""What a facility says about its own duties: counts, dates, figures."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "practice_settings",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.CheckConstraint("id <> ''", name="ck_practice_settings_id"),
        sa.CheckConstraint("version >= 0", name="ck_practice_settings_version"),
        sqlite_strict=True,
    )
