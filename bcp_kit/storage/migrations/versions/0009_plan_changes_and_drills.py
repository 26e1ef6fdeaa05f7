"""Changes that wait for a second person, drills of plans, orders to erase, paper forms that came back."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_TABLES: dict[str, tuple[tuple[str, ...], bool]] = {
    "plan_changes": (("person_id", "supporter_id", "state"), False),
    "plan_drills": (("district", "state"), True),
    "erasures": (("state",), False),
    "form_entries": (("person_id", "state"), False),
}


def upgrade() -> None:
    """Add the tables."""
    for table, (indexed, packed) in _TABLES.items():
        op.create_table(
            table,
            sa.Column("position", sa.Integer, primary_key=True),
            sa.Column("id", sa.Text, nullable=False, unique=True),
            sa.Column("version", sa.Integer, nullable=False),
            *(sa.Column(name, sa.Text) for name in indexed),
            sa.Column("body", sa.LargeBinary if packed else sa.Text, nullable=False),
            sa.CheckConstraint("id <> ''", name=f"ck_{table}_id"),
            sa.CheckConstraint("version >= 0", name=f"ck_{table}_version"),
            sqlite_strict=True,
        )
        for name in indexed:
            op.create_index(f"ix_{table}_{name}", table, [name])
