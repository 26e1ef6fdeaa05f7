"""Brings a store's file to the state that this version of the program works with."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.storage.engine import WRITING

HEAD = "0011"
MIGRATIONS = Path(__file__).with_name("migrations")


def revision_of(connection: Connection) -> str | None:
    """Return the revision of the file, None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return None if found is None else str(found)


def known_revisions() -> frozenset[str]:
    """Return the revisions that this version of the program can start from."""
    return frozenset(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def migrate(engine: Engine) -> None:
    """Run the missing migrations in one transaction: after an interruption the old file still opens.

    Raises: BcpKitError D-012 for a file that a newer version of the program has made.
    """
    with engine.connect() as connection:
        found = revision_of(connection)
    if found == HEAD:
        return
    if found is not None and found not in known_revisions():
        raise BcpKitError(ErrorCode.STORE_IS_NEWER)
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - needed once in the life of a file, slow to load
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
