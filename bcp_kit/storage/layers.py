"""Named JSON documents that are no records: hazard zones, roads, settings of the town, its ordinance."""

import json
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.storage.audit import WriteAction
from bcp_kit.storage.repository import Note, pack, unpack
from bcp_kit.storage.tables import LAYERS
from bcp_kit.storage.transaction import Transaction


class Layers:
    """All named documents within one unit of work; the last one put wins."""

    def __init__(self, transaction: Transaction, note: Note) -> None:
        self._transaction = transaction
        self._note = note

    def put(self, name: str, document: Any, why: str = "") -> None:
        """Store a JSON document (dicts, lists, texts, numbers) under `name`, in place of an older one."""
        body = pack(json.dumps(document, ensure_ascii=False, allow_nan=False))
        statement = insert(LAYERS).values(name=name, version=0, body=body)
        replacing = {"version": LAYERS.c.version + 1, "body": body}
        self._transaction.write(statement.on_conflict_do_update(index_elements=["name"], set_=replacing))
        self._note(WriteAction.SAVE, LAYERS.name, name, why)

    def get(self, name: str) -> Any:
        """Return the document, or None when there is none."""
        row = self._transaction.read(select(LAYERS.c.body).where(LAYERS.c.name == name)).first()
        return None if row is None else json.loads(unpack(row.body))

    def names(self) -> list[str]:
        """Return the names of all documents."""
        return list(self._transaction.read(select(LAYERS.c.name).order_by(LAYERS.c.name)).scalars())

    def remove(self, name: str, why: str = "") -> None:
        """Remove the document.

        Raises: BcpKitError U-002 when there is none.
        """
        if self._transaction.write(delete(LAYERS).where(LAYERS.c.name == name)).rowcount != 1:
            raise BcpKitError(ErrorCode.NOT_FOUND)
        self._note(WriteAction.REMOVE, LAYERS.name, name, why)
