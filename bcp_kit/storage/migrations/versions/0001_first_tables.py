"""First tables: fourteen kinds of records, named documents, the audit log and its head."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# table: (indexed columns, further columns, has a search column, body is compressed).
# Written out, not taken from the program: a migration describes one moment and never changes again.
_RECORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...], bool, bool]] = {
    "people": (
        ("household_id", "register_no", "district", "school_district", "usual_facility_id"),
        (),
        True,
        False,
    ),
    "supporters": (("kind",), (), True, False),
    "links": (("person_id", "supporter_id"), (), False, False),
    "consents": (("giver_id", "person_id", "kind"), (), False, False),
    "shelters": (("kind", "facility_id", "site_id", "common_id"), (), True, False),
    "facilities": (("category", "operator", "office_number"), (), True, False),
    "staff": (("facility_id",), (), True, False),
    "help_offers": (("facility_id", "route"), (), False, False),
    "rosters": (("staff_id", "day"), (), False, False),
    "scenarios": (("event",), (), False, False),
    "continuity_plans": (("facility_id", "kind", "form_id"), (), False, False),
    "evacuation_plans": (("person_id", "status"), (), False, False),
    "matching_runs": (("hazard", "mode"), (), False, True),
    "cover_runs": (("scenario_id",), ("facility_ids",), False, True),
}
_GENESIS = "0" * 64


def _text(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.Text, nullable=False)


def _records(
    table: str, indexed: tuple[str, ...], further: tuple[str, ...], searched: bool, packed: bool
) -> None:
    op.create_table(
        table,
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text) for name in (*indexed, *further)),
        *([_text("search")] if searched else []),
        sa.Column("body", sa.LargeBinary if packed else sa.Text, nullable=False),
        sa.CheckConstraint("id <> ''", name=f"ck_{table}_id"),
        sa.CheckConstraint("version >= 0", name=f"ck_{table}_version"),
        sqlite_strict=True,
    )
    for name in indexed:
        op.create_index(f"ix_{table}_{name}", table, [name])


def _audit() -> None:
    fields = ("at", "actor", "action", "kind", "subject_id", "why", "previous", "digest")
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True),
        *(_text(name) for name in fields),
        sqlite_strict=True,
    )
    op.create_index("ix_audit_subject", "audit", ["kind", "subject_id"])
    head = op.create_table(
        "audit_head",
        sa.Column(
            "single",
            sa.Integer,
            sa.CheckConstraint("single = 1", name="ck_audit_head_single"),
            primary_key=True,
        ),
        sa.Column("entries", sa.Integer, nullable=False),
        _text("digest"),
        sqlite_strict=True,
    )
    op.bulk_insert(head, [{"single": 1, "entries": 0, "digest": _GENESIS}])


def upgrade() -> None:
    """Make all tables in an empty file."""
    for table, (indexed, further, searched, packed) in _RECORDS.items():
        _records(table, indexed, further, searched, packed)
    op.create_table(
        "layers",
        sa.Column("name", sa.Text, primary_key=True, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    _audit()
