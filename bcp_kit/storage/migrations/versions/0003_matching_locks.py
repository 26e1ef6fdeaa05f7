"""Officers' decisions about places: one table more."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TABLE, _INDEXED = "matching_locks", ("person_id", "shelter_id", "hazard")


def upgrade() -> None:
    """Make the table of decisions."""
    op.create_table(
        _TABLE,
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text) for name in _INDEXED),
        sa.Column("body", sa.Text, nullable=False),
        sa.CheckConstraint("id <> ''", name=f"ck_{_TABLE}_id"),
        sa.CheckConstraint("version >= 0", name=f"ck_{_TABLE}_version"),
        sqlite_strict=True,
    )
    for name in _INDEXED:
        op.create_index(f"ix_{_TABLE}_{name}", _TABLE, [name])
