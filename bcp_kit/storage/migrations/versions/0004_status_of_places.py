"""Events and what was reported about places in them; the records of before stay as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_RECORDS: dict[str, tuple[str, ...]] = {"disaster_events": (), "status_entries": ("event_id", "shelter_id")}


def upgrade() -> None:
    """Add the two tables."""
    for table, indexed in _RECORDS.items():
        op.create_table(
            table,
            sa.Column("position", sa.Integer, primary_key=True),
            sa.Column("id", sa.Text, nullable=False, unique=True),
            sa.Column("version", sa.Integer, nullable=False),
            *(sa.Column(name, sa.Text) for name in indexed),
            sa.Column("body", sa.Text, nullable=False),
            sa.CheckConstraint("id <> ''", name=f"ck_{table}_id"),
            sa.CheckConstraint("version >= 0", name=f"ck_{table}_version"),
            sqlite_strict=True,
        )
        for name in indexed:
            op.create_index(f"ix_{table}_{name}", table, [name])
