"""The tables of the store, built from the record kinds; migrations bring a file to this state."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from bcp_kit.domain.base import DomainModel
from bcp_kit.storage.kinds import ALL_KINDS, RecordKind

METADATA = MetaData()


def _record_table(kind: RecordKind[DomainModel]) -> Table:
    """One row per record: `position` keeps the order of adding, `body` is the record as JSON."""
    named = [Column(name, Text) for name in (*kind.indexed, *kind.holds.values())]
    searched = [Column("search", Text, nullable=False)] if kind.searched else []
    return Table(
        kind.table,
        METADATA,
        Column("position", Integer, primary_key=True),
        Column("id", Text, nullable=False, unique=True),
        Column("version", Integer, nullable=False),
        *named,
        *searched,
        Column("body", LargeBinary if kind.packed else Text, nullable=False),
        CheckConstraint("id <> ''", name=f"ck_{kind.table}_id"),
        CheckConstraint("version >= 0", name=f"ck_{kind.table}_version"),
        *(Index(f"ix_{kind.table}_{name}", name) for name in kind.indexed),
        sqlite_strict=True,
    )


RECORDS: dict[str, Table] = {kind.table: _record_table(kind) for kind in ALL_KINDS}

LAYERS = Table(
    "layers",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_strict=True,
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Index("ix_audit_subject", "kind", "subject_id"),
    sqlite_strict=True,
)

AUDIT_HEAD = Table(
    "audit_head",
    METADATA,
    Column("single", Integer, CheckConstraint("single = 1", name="ck_audit_head_single"), primary_key=True),
    Column("entries", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    sqlite_strict=True,
)
