"""The store's file: opened, brought up to date, handed out as units of work, closed."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.storage.engine import make_engine
from bcp_kit.storage.faults import told
from bcp_kit.storage.keys import is_plain, raw_key, salt_of
from bcp_kit.storage.migrate import migrate
from bcp_kit.storage.unit_of_work import UnitOfWork

FILE_NAME = "bcp_kit.db"


class Database:
    """One open file. Closing it writes everything into the one file and empties the log beside it."""

    def __init__(self, path: Path, key: str | None) -> None:
        self.path = path
        self.encrypted = key is not None
        self._engine = make_engine(path, key)

    @classmethod
    def open(cls, path: Path, secret: str | None, new_salt: bytes) -> "Database":
        """Open or make the file at `path`, encrypted when there is a `secret`, and run its migrations.

        `new_salt` (16 random bytes) is used for a file that does not exist yet. Raises: BcpKitError D-002 for
        a secret that does not fit, D-006 / D-007 when the file is not / is encrypted, others of `D` for a
        file that cannot be read or written. Nothing is overwritten.
        """
        salt = salt_of(path)
        if secret is None and salt is not None and not is_plain(path):
            raise BcpKitError(ErrorCode.STORE_IS_ENCRYPTED)
        if secret is not None and is_plain(path):
            raise BcpKitError(ErrorCode.STORE_IS_PLAIN)
        _prepare(path)
        database = cls(path, None if secret is None else raw_key(secret, salt or new_salt))
        try:
            with told():
                migrate(database._engine)
        except BaseException as failure:
            database.close()
            no_database = isinstance(failure, BcpKitError) and failure.code is ErrorCode.STORE_DAMAGED
            if no_database and database.encrypted:
                raise BcpKitError(ErrorCode.KEY_WRONG) from None
            raise
        return database

    def unit_of_work(self, actor: str, now: Callable[[], datetime]) -> UnitOfWork:
        """Return a new unit of work whose audit entries carry `actor` and the time of `now`."""
        return UnitOfWork(self._engine, actor, now)

    def pragma(self, name: str) -> str | int | None:
        """Return the value of a PRAGMA as a connection of this store has it."""
        with self._engine.connect() as connection:
            found = connection.execute(text(f"PRAGMA {name}"))
            value: str | int | None = found.scalar() if found.returns_rows else None
            return value

    def clean_up(self) -> None:
        """Empty the log beside the file into the file, so that removed text is gone there too."""
        with told(), self._engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def close(self) -> None:
        """Close all connections; the last one to close empties the log."""
        self._engine.dispose()


def _prepare(path: Path) -> None:
    """Make folder and file readable by their owner only, where the operating system knows owners."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as failure:
        raise BcpKitError(ErrorCode.STORE_UNREACHABLE) from failure
