"""What a facility keeps beside its plans: facts, versions, practice, roll calls, damage reports."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_INDEXED: dict[str, tuple[str, ...]] = {
    "site_facts": (),
    "plan_versions": ("plan_id", "state"),
    "practice_records": ("facility_id", "kind"),
    "safety_calls": ("facility_id",),
    "damage_reports": ("facility_id",),
}
_HELD = {"site_facts": ("facility_ids",)}
_PACKED = {"plan_versions"}


def upgrade() -> None:
    """Add the five tables."""
    for table, indexed in _INDEXED.items():
        op.create_table(
            table,
            sa.Column("position", sa.Integer, primary_key=True),
            sa.Column("id", sa.Text, nullable=False, unique=True),
            sa.Column("version", sa.Integer, nullable=False),
            *(sa.Column(name, sa.Text) for name in (*indexed, *_HELD.get(table, ()))),
            sa.Column("body", sa.LargeBinary if table in _PACKED else sa.Text, nullable=False),
            sa.CheckConstraint("id <> ''", name=f"ck_{table}_id"),
            sa.CheckConstraint("version >= 0", name=f"ck_{table}_version"),
            sqlite_strict=True,
        )
        for name in indexed:
            op.create_index(f"ix_{table}_{name}", table, [name])
