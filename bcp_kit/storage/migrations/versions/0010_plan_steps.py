"""The steps of making individual plans, and the work that offices did on them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_INDEXED: dict[str, tuple[str, ...]] = {
    "plan_steps": ("scope", "scope_id", "step"),
    "plan_efforts": ("person_id", "office"),
}


def upgrade() -> None:
    """Add the two tables."""
    for table, indexed in _INDEXED.items():
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
