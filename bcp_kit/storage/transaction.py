"""One transaction at a time on one connection: reads see a snapshot, the first write takes the write lock."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable

from bcp_kit.storage.engine import WRITING
from bcp_kit.storage.faults import told

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class Transaction:
    """Reads run in `BEGIN`; the first write ends that snapshot and starts `BEGIN IMMEDIATE`.

    So readers never wait, writers wait for each other (10 s) and never fail half-way by a lock that they
    could not upgrade. What was read before the first write may have changed meanwhile: records are guarded by
    their version, anything else by `lock()` before reading.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    @property
    def writing(self) -> bool:
        """True while this transaction holds the write lock."""
        return self._connection is not None and bool(self._connection.get_execution_options().get(WRITING))

    def read(self, statement: Executable, parameters: Parameters = None) -> CursorResult[Any]:
        """Run a statement that changes nothing."""
        with told():
            return self._current().execute(statement, parameters)

    def write(self, statement: Executable, parameters: Parameters = None) -> CursorResult[Any]:
        """Run a statement that changes something, under the write lock."""
        self.lock()
        return self.read(statement, parameters)

    def lock(self) -> None:
        """Take the write lock: what is read from now on cannot change until the end of the transaction."""
        if self.writing:
            return
        self.rollback()
        with told():
            connection = self._engine.connect().execution_options(**{WRITING: True})
            self._connection = connection
            connection.begin()

    def commit(self) -> None:
        """Make the changes durable and end the transaction; the next statement starts another."""
        with told():
            if self._connection is not None:
                self._connection.commit()
        self.rollback()

    def rollback(self) -> None:
        """Drop the changes since the last commit and give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _current(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection
