"""Imports that can be undone, pairs found to be two people, numbers of merged people, two more columns."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NEW_COLUMNS = {"resident_no": "", "register_status": "listed"}


def _records(table: str, indexed: tuple[str, ...], packed: bool) -> None:
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


def upgrade() -> None:
    """Add three tables; give every stored person the two columns with what their records mean by default."""
    _records("import_batches", ("kind",), packed=True)
    _records("person_pairs", ("first_id", "second_id"), packed=False)
    _records("person_aliases", ("field", "number", "person_id"), packed=False)
    for name, value in _NEW_COLUMNS.items():
        op.add_column("people", sa.Column(name, sa.Text))
        op.execute(sa.text(f"UPDATE people SET {name} = :value").bindparams(value=value))  # noqa: S608 - own names
        op.create_index(f"ix_people_{name}", "people", [name])
