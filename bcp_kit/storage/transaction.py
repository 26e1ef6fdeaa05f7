"""One transaction at a time on one connection: reads see a snapshot, the first write takes the write lock."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.storage.engine import BUSY_TIMEOUT_MS, WRITING
from bcp_kit.storage.faults import known_fault, told

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
LOG_WAIT_MS = 250


class _NotEachError(Exception):
    """A row of many changed no record."""


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
        self._lost: BcpKitError | None = None

    def read(self, statement: Executable, parameters: Parameters = None) -> CursorResult[Any]:
        """Run a statement that changes nothing."""
        self._refuse_if_lost()
        with told():
            if self._connection is None:
                self._connection = self._engine.connect()
            return self._connection.execute(statement, parameters)

    def write(self, statement: Executable, parameters: Parameters = None) -> CursorResult[Any]:
        """Run a statement under the write lock, for all of its parameters or for none.

        When it fails, what was written before still stands, except after a full or failing disk: SQLite
        then drops the whole transaction, and this one refuses everything until it is rolled back.
        """
        connection = self._locked()
        with told(), self._all_or_none(connection):
            return connection.execute(statement, parameters)

    def write_many(self, sql: str, rows: Sequence[tuple[Any, ...]], *, each: bool = False) -> bool:
        """Run one statement of SQL with `?` for each of many rows under the write lock, for all or for none.

        With `each`, every row must change one record: else nothing is written and False is returned. Much
        quicker than `write` for many rows.
        """
        connection = self._locked()
        try:
            with told(), self._all_or_none(connection):
                changed = connection.exec_driver_sql(sql, list(rows)).rowcount
                if each and changed != len(rows):
                    raise _NotEachError
        except _NotEachError:
            return False
        return True

    def lock(self) -> None:
        """Take the write lock: what is read from now on cannot change until the end of the transaction."""
        self._locked()

    def commit(self) -> None:
        """Make the changes durable and end the transaction; the next statement starts another."""
        try:
            self._refuse_if_lost()
            with told():
                if self._connection is not None:
                    self._connection.commit()
        finally:
            self.rollback()

    def rollback(self) -> None:
        """Drop the changes since the last commit and give the connection back."""
        connection, self._connection, self._writing, self._lost = self._connection, None, False, None
        if connection is not None:
            connection.close()

    def empty_log(self) -> None:
        """Move the write-ahead log into the file and cut it to nothing, unless somebody is reading.

        Removed text would stay readable there. Only between transactions.
        """
        empty_log(self._engine)

    def compact(self) -> bool:
        """Write the file anew without free pages, then empty its log; False when somebody was in the way.

        Only between transactions.
        """
        try:
            with told(), closing(self._engine.raw_connection()) as pooled:
                driver: Any = pooled.driver_connection
                driver.execute("VACUUM")
            empty_log(self._engine)
        except BcpKitError as failure:
            if failure.code is ErrorCode.STORE_DAMAGED:
                raise
            return False
        return True

    @contextmanager
    def _all_or_none(self, connection: Connection) -> Iterator[None]:
        connection.exec_driver_sql("SAVEPOINT one_write")
        try:
            yield
        except BaseException as failure:
            driver: Any = connection.connection.driver_connection
            if driver.in_transaction:
                connection.exec_driver_sql("ROLLBACK TO one_write")
            else:
                self._lost = known_fault(failure) or BcpKitError(ErrorCode.DISK_FAILED)
            raise
        connection.exec_driver_sql("RELEASE one_write")

    def _refuse_if_lost(self) -> None:
        if self._lost is not None:
            raise self._lost

    def _locked(self) -> Connection:
        self._refuse_if_lost()
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
