"""Connections to the store's file with the settings that keep acknowledged edits safe."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

WRITING = "bcp_kit_writing"
BUSY_TIMEOUT_MS = 10_000

# WAL with synchronous=NORMAL loses acknowledged saves in a power cut, FULL does not. secure_delete and
# temp_store keep removed text from staying readable; trusted_schema=OFF keeps a planted file from calling
# functions.
PRAGMAS = {
    "busy_timeout": BUSY_TIMEOUT_MS,
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "secure_delete": "ON",
    "temp_store": "MEMORY",
    "trusted_schema": "OFF",
}


def connector(
    path: Path, raw_key: str | None, *, read_only: bool = False
) -> tuple[ModuleType, Callable[[], Any]]:
    """Return the driver and the function that opens one connection to `path`.

    `raw_key` is what SQLCipher takes as a raw key (hexadecimal digits), None for an unencrypted file.
    """
    driver: ModuleType = sqlite3
    if raw_key is not None:
        from sqlcipher3 import dbapi2  # noqa: PLC0415 - the wheel does not exist for every computer

        driver = dbapi2

    pragmas = {name: value for name, value in PRAGMAS.items() if not (read_only and name == "journal_mode")}

    def connect() -> Any:
        connection = driver.connect(
            _uri(path, read_only=read_only),
            uri=True,
            isolation_level=None,
            timeout=BUSY_TIMEOUT_MS / 1000,
            check_same_thread=False,
        )
        try:
            if raw_key is not None:
                connection.execute("PRAGMA cipher_log_level = NONE")  # a wrong key is told by our own error
                connection.execute(f"PRAGMA key = \"x'{raw_key}'\"")
            for name, value in pragmas.items():
                connection.execute(f"PRAGMA {name} = {value}")
        except Exception:
            connection.close()
            raise
        return connection

    return driver, connect


def _uri(path: Path, *, read_only: bool) -> str:
    """Return the file's URI; a read-only file without a log beside it is taken as one that never changes."""
    if not read_only:
        return f"{path.resolve().as_uri()}?mode=rw"
    log = path.with_name(f"{path.name}-wal")
    settled = not log.exists() or log.stat().st_size == 0
    return f"{path.resolve().as_uri()}?mode=ro" + ("&immutable=1" if settled else "")


def make_engine(path: Path, raw_key: str | None, *, read_only: bool = False) -> Engine:
    """Return the pool of connections to the file at `path`."""
    driver, connect = connector(path, raw_key, read_only=read_only)
    engine = create_engine(
        "sqlite://",
        creator=connect,
        module=driver,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=64,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
