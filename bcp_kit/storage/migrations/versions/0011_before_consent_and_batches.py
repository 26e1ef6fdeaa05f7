"""What is prepared before consent, apart from plans; changes of one imported list are found together."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_TABLE = "plan_preparations"


def upgrade() -> None:
    """Add the table and the column; changes of before were each proposed by hand, so they have no batch."""
    op.create_table(
        _TABLE,
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
        sa.CheckConstraint("id <> ''", name=f"ck_{_TABLE}_id"),
        sa.CheckConstraint("version >= 0", name=f"ck_{_TABLE}_version"),
        sqlite_strict=True,
    )
    op.create_index(f"ix_{_TABLE}_person_id", _TABLE, ["person_id"])
    op.add_column("plan_changes", sa.Column("batch_id", sa.Text))
    op.create_index("ix_plan_changes_batch_id", "plan_changes", ["batch_id"])
    op.execute("UPDATE plan_changes SET batch_id = ''")
