"""Migrations: an empty file becomes what the program expects; an interruption changes nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from storage_makers import person

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.store import StoreHandle, StoreSettings, open_store
from bcp_kit.storage import migrate
from bcp_kit.storage.tables import METADATA

BOTH = pytest.mark.parametrize("lock", ["plain", "locked"])
# What takes a file back behind a migration, the newest first.
BACK = {
    "0011": (
        "DROP TABLE plan_preparations",
        "DROP INDEX ix_plan_changes_batch_id",
        "ALTER TABLE plan_changes DROP COLUMN batch_id",
    ),
    "0010": ("DROP TABLE plan_steps", "DROP TABLE plan_efforts"),
    "0009": (
        "DROP TABLE plan_changes",
        "DROP TABLE plan_drills",
        "DROP TABLE erasures",
        "DROP TABLE form_entries",
    ),
    "0008": ("DROP TABLE practice_settings",),
    "0007": ("DROP TABLE writing_places",),
    "0006": ("DROP TABLE paper_copies", "DROP TABLE print_runs"),
    "0005": (
        "DROP TABLE site_facts",
        "DROP TABLE plan_versions",
        "DROP TABLE practice_records",
        "DROP TABLE safety_calls",
        "DROP TABLE damage_reports",
    ),
    "0004": ("DROP TABLE disaster_events", "DROP TABLE status_entries"),
    "0003": ("DROP TABLE matching_locks",),
    "0002": (
        "DROP TABLE person_aliases",
        "DROP TABLE import_batches",
        "DROP TABLE person_pairs",
        "DROP INDEX ix_people_resident_no",
        "DROP INDEX ix_people_register_status",
        "ALTER TABLE people DROP COLUMN resident_no",
        "ALTER TABLE people DROP COLUMN register_status",
    ),
}


def set_back(handle: StoreHandle, revision: str) -> None:
    """Make the file of an open store one of an older revision."""
    with handle.database._engine.begin() as connection:
        for newer, statements in BACK.items():
            for statement in statements if newer > revision else ():
                connection.execute(text(statement))
        connection.execute(text("UPDATE alembic_version SET version_num = :old"), {"old": revision})


@BOTH
def test_migrated_file_has_the_tables_of_the_program(lock: str, request: pytest.FixtureRequest) -> None:
    """After the migrations nothing is left to change, encrypted or not."""
    handle = open_store(request.getfixturevalue(lock))
    with handle.database._engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
        strict = connection.execute(text("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'"))
        loose = {name for name, is_strict in strict if not is_strict}
    assert differences == []
    assert loose == {"alembic_version", "sqlite_schema"}


@BOTH
def test_opening_again_keeps_everything(lock: str, request: pytest.FixtureRequest) -> None:
    """A store that is up to date opens with its records and its revision."""
    settings = request.getfixturevalue(lock)
    for number in range(3):
        handle = open_store(settings)
        with handle.open() as uow:
            uow.people.add(person(f"p{number}"))
            uow.commit()
            assert uow.people.count() == number + 1
        with handle.database._engine.connect() as connection:
            assert migrate.revision_of(connection) == migrate.HEAD
        handle.close()


def test_head_is_the_last_migration() -> None:
    """The revision that the program expects is the last of the one line of migrations."""
    scripts = ScriptDirectory(str(migrate.MIGRATIONS))
    assert scripts.get_heads() == [migrate.HEAD]
    assert migrate.known_revisions() == {script.revision for script in scripts.walk_revisions()}


def test_a_file_of_a_newer_version_is_refused(plain: StoreSettings) -> None:
    """A revision that this program does not know is told, and the file stays as it is."""
    handle = open_store(plain)
    with handle.database._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    handle.close()
    before = handle.path.read_bytes()
    with pytest.raises(BcpKitError) as failure:
        open_store(plain)
    assert failure.value.code is ErrorCode.STORE_IS_NEWER
    assert handle.path.read_bytes() == before


@BOTH
def test_an_interrupted_migration_leaves_no_half(
    lock: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure after the last step of a migration undoes all of it; the next opening succeeds."""
    settings = request.getfixturevalue(lock)
    upgrade = migrate._upgrade

    def interrupted(connection: Connection) -> None:
        upgrade(connection)
        raise KeyboardInterrupt

    monkeypatch.setattr(migrate, "_upgrade", interrupted)
    with pytest.raises(KeyboardInterrupt):
        open_store(settings)
    monkeypatch.setattr(migrate, "_upgrade", lambda connection: None)
    handle = open_store(settings)
    with handle.database._engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0
    handle.close()
    monkeypatch.undo()
    with open_store(settings).open() as uow:
        assert uow.people.count() == 0


def test_migrations_run_away_from_the_checkout(tmp_path: Path) -> None:
    """The migrations are found by path from any folder and print nothing."""
    program = (
        "from pathlib import Path\n"
        "from bcp_kit.services.store import StoreSettings, open_store\n"
        "open_store(StoreSettings(data_dir=Path('data'), plain=True)).close()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert (tmp_path / "data" / "bcp_kit.db").stat().st_size > 0


def test_people_of_the_first_version_keep_everything_and_count_as_listed(plain: StoreSettings) -> None:
    """A store of revision 0001 with a person opens: the person is found by the new columns."""
    handle = open_store(plain)
    with handle.open() as uow:
        uow.people.add(person("p0", register_no="00101"))
        uow.commit()
    set_back(handle, "0001")
    handle.close()
    with open_store(plain).open() as uow:
        assert uow.people.list(register_status="listed", resident_no="") == [
            person("p0", register_no="00101")
        ]


def test_records_of_before_the_last_migration_still_load(plain: StoreSettings) -> None:
    """A file without the newest tables, with a destination as it was written in 0001, opens and is saved."""
    handle = open_store(plain)
    body = (
        '{"id":"S1","site_id":"","common_id":"","name":"x","name_kana":"","kind":"general","address":"y",'
        '"toilets":3,"features":{"wifi":"yes"},"exposures":[],"confirmed_on":"2026-05-01","version":0}'
    )
    set_back(handle, "0003")
    insert = "INSERT INTO shelters (id, version, kind, search, body) VALUES ('S1', 0, 'general', 'x', :body)"
    with handle.database._engine.begin() as connection:
        connection.execute(text(insert), {"body": body})
    handle.close()
    with open_store(plain).open() as uow:
        stored = uow.shelters.need("S1")
        assert stored.toilets == 3 and stored.spaces == () and stored.confirmations == {}
        uow.shelters.save(stored.model_copy(update={"toilets": 4}))
        assert uow.status_entries.count() == uow.disaster_events.count() == 0
        uow.commit()
