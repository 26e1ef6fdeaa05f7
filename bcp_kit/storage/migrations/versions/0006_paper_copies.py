"""The ledger of printed copies and the print runs that made them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_INDEXED: dict[str, tuple[str, ...]] = {
    "paper_copies": ("run_id", "batch", "plan_id", "person_id", "state", "holder"),
    "print_runs": ("state",),
}
_PACKED = {"print_runs"}


def upgrade() -> None:
    """Add the two tables."""
    for table, indexed in _INDEXED.items():
        op.create_table(
            table,
            sa.Column("position", sa.Integer, primary_key=True),
            sa.Column("id", sa.Text, nullable=False, unique=True),
            sa.Column("version", sa.Integer, nullable=False),
            *(sa.Column(name, sa.Text) for name in indexed),
            sa.Column("body", sa.LargeBinary if table in _PACKED else sa.Text, nullable=False),
            sa.CheckConstraint("id <> ''", name=f"ck_{table}_id"),
            sa.CheckConstraint("version >= 0", name=f"ck_{table}_version"),
            sqlite_strict=True,
        )
        for name in indexed:
            op.create_index(f"ix_{table}_{name}", table, [name])
