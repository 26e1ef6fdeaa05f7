"""One transaction at a time on one connection: reads see a snapshot, the first write takes the write lock."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable

from bcp_kit.storage.engine import BUSY_TIMEOUT_MS, WRITING
from bcp_kit.storage.faults import told

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
LOG_WAIT_MS = 250


class Transaction:
    """Reads run in `BEGIN`; the first write ends that snapshot and starts `BEGIN IMMEDIATE`.

    So readers never wait, writers wait for each other (10 s) and never fail half-way by a lock that they
    could not upgrade. What was read before the first write may have changed meanwhile: records are guarded by
    their version, anything else by `lock()` before reading.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._writing = False

    def read(self, statement: Executable, parameters: Parameters = None) -> CursorResult[Any]:
        """Run a statement that changes nothing."""
        with told():
            if self._connection is None:
                self._connection = self._engine.connect()
            return self._connection.execute(statement, parameters)

    def write(self, statement: Executable, parameters: Parameters = None) -> CursorResult[Any]:
        """Run a statement under the write lock; when it fails, what the unit wrote before it still stands."""
        connection = self._locked()
        with told(), connection.begin_nested():
            return connection.execute(statement, parameters)

    def lock(self) -> None:
        """Take the write lock: what is read from now on cannot change until the end of the transaction."""
        self._locked()

    def commit(self) -> None:
        """Make the changes durable and end the transaction; the next statement starts another."""
        try:
            with told():
                if self._connection is not None:
                    self._connection.commit()
        finally:
            self.rollback()

    def rollback(self) -> None:
        """Drop the changes since the last commit and give the connection back."""
        connection, self._connection, self._writing = self._connection, None, False
        if connection is not None:
            connection.close()

    def empty_log(self) -> None:
        """Move the write-ahead log into the file and cut it to nothing, unless somebody is reading.

        Removed text would stay readable there. Only between transactions.
        """
        empty_log(self._engine)

    def _locked(self) -> Connection:
        if self._connection is not None and self._writing:
            return self._connection
        self.rollback()
        with told():
            connection = self._engine.connect().execution_options(**{WRITING: True})
            try:
                connection.begin()
            except BaseException:
                connection.close()
                raise
        self._connection, self._writing = connection, True
        return connection


def empty_log(engine: Engine) -> None:
    """Move the write-ahead log into the file, unless a reader holds it for longer than a moment."""
    with told(), closing(engine.raw_connection()) as pooled:
        driver: Any = pooled.driver_connection
        driver.execute(f"PRAGMA busy_timeout = {LOG_WAIT_MS}")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
