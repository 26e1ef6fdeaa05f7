"""The store's file: opened, brought up to date, handed out as units of work, copied, closed."""

import os
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.storage.engine import connector, make_engine
from bcp_kit.storage.faults import told
from bcp_kit.storage.keys import PLAIN_HEADER, SALT_BYTES, is_plain, raw_key, salt_of
from bcp_kit.storage.migrate import migrate
from bcp_kit.storage.open_files import Inode, is_open, note_closed, note_open
from bcp_kit.storage.transaction import empty_log
from bcp_kit.storage.unit_of_work import UnitOfWork

FILE_NAME = "bcp_kit.db"


class Database:
    """One open file. Closing it writes everything into the one file and removes the log beside it."""

    def __init__(self, path: Path, key: str | None, *, read_only: bool = False) -> None:
        self.path = path
        self.encrypted = key is not None
        self.read_only = read_only
        self._key = key
        self._noted: Inode | None = None
        self._engine: Engine = make_engine(path, key, read_only=read_only)

    @classmethod
    def open(cls, path: Path, secret: str | None, new_salt: bytes) -> "Database":
        """Open or make the file at `path`, encrypted when there is a `secret`, and run its migrations.

        `new_salt` (16 random bytes) is used for a file that does not exist yet. A write-protected file is
        opened for reading. Raises: BcpKitError D-002 for a secret that does not fit, D-006 / D-007 when the
        file is not / is encrypted, others of `D` for a file that cannot be read. Nothing is overwritten.
        """
        salt = salt_of(path)
        if salt is not None and (secret is None) != is_plain(path):
            raise BcpKitError(ErrorCode.STORE_IS_ENCRYPTED if secret is None else ErrorCode.STORE_IS_PLAIN)
        read_only = salt is not None and not _writable(path)
        if not read_only and not is_open(path):
            _prepare(path)
        key = None if secret is None else raw_key(secret, salt or new_salt)
        database = cls(path, key, read_only=read_only)
        if salt is not None:  # of a new file nobody knows yet whose salt it will have
            database._note_open()
        try:
            with told():
                migrate(database._engine)
        except BaseException as failure:
            database.close()
            unreadable = isinstance(failure, BcpKitError) and failure.code is ErrorCode.STORE_DAMAGED
            if not (unreadable and database.encrypted):
                raise
            if salt is None:  # somebody else made the file in this moment, with a salt of his own
                return cls.open(path, secret, new_salt)
            raise BcpKitError(ErrorCode.KEY_WRONG) from None
        if salt is None:
            database._note_open()
        return database

    def _note_open(self) -> None:
        """Let nobody in this program open the file beside these connections."""
        head = PLAIN_HEADER if self._key is None else bytes.fromhex(self._key[-2 * SALT_BYTES :])
        self._noted = note_open(self.path, head)

    def unit_of_work(self, actor: str, now: Callable[[], datetime]) -> UnitOfWork:
        """Return a new unit of work whose audit entries carry `actor` and the time of `now`."""
        return UnitOfWork(self._engine, actor, now)

    def pragma(self, name: str) -> str | int | None:
        """Return the value of a PRAGMA as a connection of this store has it; None for an unknown one."""
        with told(), closing(self._engine.raw_connection()) as pooled:
            driver: Any = pooled.driver_connection
            row = driver.execute(f"PRAGMA {name}").fetchone()
            return None if row is None else row[0]

    def is_sound(self) -> bool:
        """True when SQLite finds no damage in the file (this reads all of it)."""
        try:
            return self.pragma("integrity_check") == "ok"
        except BcpKitError as failure:
            if failure.code is ErrorCode.STORE_DAMAGED:
                return False
            raise

    def copy_to(self, target: Path) -> None:
        """Copy the store as it stands into the new file `target`, under the same key, while others work on.

        Raises: BcpKitError D-018 when the target exists; D-019 when the copy is not sound.
        """
        create_file(target)
        try:
            self._copy(target)
        except BaseException:
            target.unlink(missing_ok=True)  # a half copy would stand in the way of the next try
            raise

    def _copy(self, target: Path) -> None:
        _, connect = connector(target, self._key)
        with told(), closing(self._engine.raw_connection()) as pooled, closing(connect()) as copy:
            source: Any = pooled.driver_connection
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it
            sound = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        if not sound:
            raise BcpKitError(ErrorCode.BACKUP_DAMAGED)

    def clean_up(self) -> None:
        """Empty the log beside the file into the file, so that removed text is gone there too."""
        empty_log(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()
        note_closed(self._noted)
        self._noted = None


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _prepare(path: Path) -> None:
    """Make folder and file, for their owner only, where they are missing."""
    try:
        make_folder(path.parent)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError:
        raise BcpKitError(ErrorCode.STORE_UNREACHABLE) from None


def make_folder(folder: Path) -> None:
    """Make a missing folder and its missing parents for their owner only, where systems know owners."""
    if not folder.exists():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True, mode=0o700)


def create_file(path: Path) -> None:
    """Make an empty file that was not there before, and its folder; for their owner only.

    Raises: BcpKitError D-018 when it was, D-015 when the folder does not take it.
    """
    try:
        make_folder(path.parent)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        raise BcpKitError(ErrorCode.TARGET_EXISTS) from None
    except OSError:
        raise BcpKitError(ErrorCode.STORE_UNREACHABLE) from None
