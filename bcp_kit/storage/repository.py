"""Records of one kind: read, listed, added, saved with a check of the version, removed."""

import builtins
import json
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, delete, func, select, update

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.storage.audit import WriteAction
from bcp_kit.storage.faults import Conflict
from bcp_kit.storage.kinds import Key, RecordKind, column_text, join_key, search_text
from bcp_kit.storage.tables import RECORDS
from bcp_kit.storage.transaction import Transaction

RecordT = TypeVar("RecordT", bound=DomainModel)
Note = Callable[[str, str, str | Sequence[str], str], None]


def pack(text: str) -> bytes:
    """Return a large JSON text compressed; level 1 keeps saving quick."""
    return zlib.compress(text.encode("utf-8"), level=1)


def unpack(body: bytes) -> bytes:
    """Return the JSON text of `pack` as UTF-8."""
    return zlib.decompress(body)


def _version(record: DomainModel) -> int:
    version: int = getattr(record, "version")  # noqa: B009 - all kinds have it, the base class not
    return version


class Repository(Generic[RecordT]):
    """All records of one kind within one unit of work; every write leaves an audit entry."""

    def __init__(self, kind: RecordKind[RecordT], transaction: Transaction, note: Note) -> None:
        self.kind = kind
        self._table = RECORDS[kind.table]
        self._transaction = transaction
        self._note = note

    def get(self, key: Key) -> RecordT | None:
        """Return the record, or None when there is none; a key of several parts is a tuple."""
        statement = select(self._table.c.body).where(self._table.c.id == join_key(key))
        row = self._transaction.read(statement).first()
        return None if row is None else self._record(row)

    def need(self, key: Key) -> RecordT:
        """Return the record.

        Raises: BcpKitError U-002 when there is none.
        """
        record = self.get(key)
        if record is None:
            raise BcpKitError(ErrorCode.NOT_FOUND)
        return record

    def list(self, **equals: object) -> builtins.list[RecordT]:
        """Return the records whose indexed fields have these values, in the order of adding.

        A list, tuple or set as value means any of its members. Raises: ValueError for a field that has no
        index.
        """
        statement = select(self._table.c.body).where(*self._conditions(equals))
        rows = self._transaction.read(statement.order_by(self._table.c.position))
        return [self._record(row) for row in rows]

    def text(self, key: str) -> str:
        """Return a record as JSON text, to be read in parts (`json_items`).

        Raises: BcpKitError U-002 (no such record).
        """
        statement = select(self._table.c.body).where(self._table.c.id == key)
        row = self._transaction.read(statement).first()
        if row is None:
            raise BcpKitError(ErrorCode.NOT_FOUND)
        return unpack(row.body).decode("utf-8") if self.kind.packed else str(row.body)

    def ids(self, **equals: object) -> builtins.list[str]:
        """Return the ids that `list` would find, without reading the records."""
        statement = select(self._table.c.id).where(*self._conditions(equals))
        return list(self._transaction.read(statement.order_by(self._table.c.position)).scalars())

    def columns(self, *names: str, **equals: object) -> builtins.list[tuple[Any, ...]]:
        """Return id and these indexed columns of the records that `list` would find, without reading them.

        Raises: ValueError for a field that has no index.
        """
        for name in names:
            if name not in self.kind.indexed:
                raise ValueError(f"{self.kind.table} has no index on {name}")
        wanted = (self._table.c.id, *(self._table.c[name] for name in names))
        statement = select(*wanted).where(*self._conditions(equals)).order_by(self._table.c.position)
        return [tuple(row) for row in self._transaction.read(statement)]

    def fields(self, *names: str, **equals: object) -> Iterator[tuple[Any, ...]]:
        """Yield id and these fields, as they stand in JSON, of the records that `list` would find.

        Only for kinds that are not packed; much quicker than reading whole records.
        """
        paths = [func.json_extract(self._table.c.body, f"$.{name}") for name in names]
        statement = select(self._table.c.id, *paths).where(*self._conditions(equals))
        for row in self._transaction.read(statement.order_by(self._table.c.position)):
            yield tuple(row)

    def latest(self, **equals: object) -> RecordT | None:
        """Return the record added last among those that `list` would find, or None."""
        statement = select(self._table.c.body).where(*self._conditions(equals))
        row = self._transaction.read(statement.order_by(self._table.c.position.desc()).limit(1)).first()
        return None if row is None else self._record(row)

    def search(self, part: str, limit: int = 100) -> builtins.list[RecordT]:
        """Return records with `part` in a searched field, whatever its width, case or kana; at most `limit`.

        Raises: ValueError for a kind without searched fields.
        """
        if not self.kind.searched:
            raise ValueError(f"{self.kind.table} has no searched fields")
        found = self._table.c.search.contains(search_text(part), autoescape=True)
        statement = select(self._table.c.body).where(found).order_by(self._table.c.position).limit(limit)
        return [self._record(row) for row in self._transaction.read(statement)]

    def count(self, **equals: object) -> int:
        """Return how many records there are, all or with these values."""
        statement = select(func.count()).select_from(self._table).where(*self._conditions(equals))
        return int(self._transaction.read(statement).scalar_one())

    def add(self, record: RecordT, why: str = "") -> None:
        """Store a new record.

        Raises: BcpKitError D-013 when its key is taken.
        """
        self.add_many((record,), why)

    def add_many(self, records: Iterable[RecordT], why: str = "") -> int:
        """Store new records, all or none, and return their number.

        One audit entry for each, so that "who added this person" has an answer. Raises: BcpKitError D-013
        when a key is taken; nothing of the batch is stored then.
        """
        rows = [self._row(record) for record in records]
        if rows:
            names = list(rows[0])
            places = ", ".join("?" * len(names))
            sql = f"INSERT INTO {self.kind.table} ({', '.join(names)}) VALUES ({places})"  # noqa: S608 - own names
            self._transaction.write_many(sql, [tuple(row.values()) for row in rows])
            self._note(WriteAction.ADD, self.kind.table, [row["id"] for row in rows], why)
        return len(rows)

    def save(self, record: RecordT, why: str = "") -> RecordT:
        """Store the record in place of the one it was made from, and return it with its new version.

        Raises: Conflict (D-001) with both values when the stored one is not the one that was read.
        """
        read_version: int = getattr(record, "version")  # noqa: B009 - all kinds have it, the base class not
        saved = record.model_copy(update={"version": read_version + 1})
        row = self._row(saved)
        same = (self._table.c.id == row["id"]) & (self._table.c.version == read_version)
        if self._transaction.write(update(self._table).where(same).values(row)).rowcount != 1:
            raise Conflict(record, self.get(row["id"]))
        self._note(WriteAction.SAVE, self.kind.table, row["id"], why)
        return saved

    def save_many(self, records: Iterable[RecordT], why: str = "") -> builtins.list[RecordT]:
        """Store many records as `save` does, all or none, and return them with their new versions.

        Raises: Conflict (D-001) for the first whose stored version is not the one that was read.
        """
        read = list(records)
        if not read:
            return []
        versions = [_version(record) for record in read]
        pairs = zip(read, versions, strict=True)
        saved = [record.model_copy(update={"version": version + 1}) for record, version in pairs]
        rows = [self._row(record) for record in saved]
        names = ", ".join(f"{name} = ?" for name in rows[0])
        sql = f"UPDATE {self.kind.table} SET {names} WHERE id = ? AND version = ?"  # noqa: S608 - own names
        numbered = zip(rows, versions, strict=True)
        values = [(*row.values(), row["id"], version) for row, version in numbered]
        if not self._transaction.write_many(sql, values, each=True):
            raise self._first_conflict(read)
        self._note(WriteAction.SAVE, self.kind.table, [row["id"] for row in rows], why)
        return saved

    def _first_conflict(self, records: Iterable[RecordT]) -> Conflict[RecordT]:
        """Return the conflict of the first record whose stored version is another one."""
        for record in records:
            stored = self.get(self.kind.id_of(record))
            if stored is None or _version(stored) != _version(record):
                return Conflict(record, stored)
        raise BcpKitError(ErrorCode.ALREADY_STORED)  # one record twice in a batch

    def versions(self, ids: Collection[str]) -> dict[str, int]:
        """Return the stored version of each of these records that there is, without reading them."""
        columns = (self._table.c.id, self._table.c.version)
        found = self._transaction.read(select(*columns).where(self._condition("id", ids)))
        return {row.id: row.version for row in found}

    def remove(self, key: Key, why: str = "") -> None:
        """Remove the record.

        Raises: BcpKitError U-002 when there is none.
        """
        record_id = join_key(key)
        if self._transaction.write(delete(self._table).where(self._table.c.id == record_id)).rowcount != 1:
            raise BcpKitError(ErrorCode.NOT_FOUND)
        self._note(WriteAction.REMOVE, self.kind.table, record_id, why)

    def remove_all(self, why: str = "", **equals: object) -> int:
        """Remove the records that `list` would find and return their number; one audit entry for each."""
        self._transaction.lock()
        found = self.ids(**equals)
        if found:
            self._transaction.write(delete(self._table).where(*self._conditions(equals)))
            self._note(WriteAction.REMOVE, self.kind.table, found, why)
        return len(found)

    def _conditions(self, equals: dict[str, object]) -> builtins.list[ColumnElement[bool]]:
        return [self._condition(name, value) for name, value in equals.items()]

    def _condition(self, name: str, value: object) -> ColumnElement[bool]:
        if name in self.kind.holds:
            members = func.json_each(self._table.c[self.kind.holds[name]]).table_valued("value")
            return select(members.c.value).where(members.c.value == column_text(value)).exists()
        if name not in (*self.kind.indexed, "id"):
            raise ValueError(f"{self.kind.table} has no index on {name}")
        column = self._table.c[name]
        if isinstance(value, Collection) and not isinstance(value, str):
            texts = json.dumps([column_text(member) for member in value], ensure_ascii=False)
            return column.in_(select(func.json_each(texts).table_valued("value").c.value))
        return column == column_text(value)

    def _row(self, record: RecordT) -> dict[str, Any]:
        body = record.model_dump_json()
        row: dict[str, Any] = {name: column_text(getattr(record, name)) for name in self.kind.indexed}
        for name in self.kind.holds.values():
            row[name] = json.dumps(list(getattr(record, name)), ensure_ascii=False)
        if self.kind.searched:
            row["search"] = search_text(*(getattr(record, name) for name in self.kind.searched))
        return row | {
            "id": self.kind.id_of(record),
            "version": getattr(record, "version"),  # noqa: B009 - all kinds have it, the base class not
            "body": pack(body) if self.kind.packed else body,
        }

    def _record(self, row: Row[Any]) -> RecordT:
        return self.kind.model.model_validate_json(unpack(row.body) if self.kind.packed else row.body)
