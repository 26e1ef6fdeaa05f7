"""Acknowledged edits stay: many writers, killed processes, removed text, settings of a live connection."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from storage_makers import person

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.store import Conflict, StoreHandle, StoreSettings, open_store
from bcp_kit.storage import engine
from bcp_kit.storage.audit import verify_chain

ROOT = Path(__file__).resolve().parents[2]
KILLS, WRITERS, EDITS = 30, 16, 20


def test_settings_of_a_live_connection(store: StoreHandle) -> None:
    """The settings that keep edits safe are read back from a connection, not from the code."""
    found = {name: store.database.pragma(name) for name in engine.PRAGMAS}
    assert found == {
        "busy_timeout": 10_000,
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "secure_delete": 1,
        "temp_store": 2,  # MEMORY
        "trusted_schema": 0,
    }


def _edit_until_saved(store: StoreHandle, why: str) -> None:
    while True:
        with store.open() as uow:
            read = uow.people.need("p1")
            changed = read.model_copy(update={"must_carry": (*read.must_carry, why)})
            try:
                uow.people.save(changed, why)
            except Conflict:
                continue
            uow.commit()
            return


def test_many_writers_lose_no_update(store: StoreHandle) -> None:
    """16 threads × 20 edits of one record: each edit is there once, none met a lock."""
    with store.open() as uow:
        uow.people.add(person())
        uow.commit()

    def writer(number: int) -> None:
        for edit in range(EDITS):
            _edit_until_saved(store, f"{number}-{edit}")

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(writer, range(WRITERS)))
    with store.open() as uow:
        final = uow.people.need("p1")
        assert sorted(final.must_carry) == sorted(f"{n}-{e}" for n in range(WRITERS) for e in range(EDITS))
        assert final.version == WRITERS * EDITS
        assert (uow.audit.head().entries, verify_chain(uow.audit)) == (WRITERS * EDITS + 1, [])


def test_the_last_bed_is_given_once(store: StoreHandle) -> None:
    """Sixteen officers who lock before they look give away one bed exactly once."""

    def assign(number: int) -> bool:
        with store.open() as uow:
            uow.lock()
            if uow.layers.get("last bed") is not None:
                return False
            uow.layers.put("last bed", number)
            uow.commit()
            return True

    with ThreadPoolExecutor(WRITERS) as pool:
        assert list(pool.map(assign, range(WRITERS))).count(True) == 1


def test_a_lock_held_too_long_is_told(plain: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer who waits in vain is told that others are saving."""
    monkeypatch.setitem(engine.PRAGMAS, "busy_timeout", 50)
    store = open_store(plain)
    with store.open() as holding, store.open() as waiting:
        holding.lock()
        with pytest.raises(BcpKitError) as failure:
            waiting.people.add(person())
        assert failure.value.code is ErrorCode.STORE_BUSY
        holding.rollback()
        waiting.people.add(person())
        waiting.commit()
    with store.open() as uow:
        assert uow.people.count() == 1


def test_one_new_file_opened_by_many_at_once(locked: StoreSettings) -> None:
    """Eight openings of a store that does not exist yet make one store that all of them can use."""

    def open_and_add(number: int) -> None:
        handle = open_store(locked)
        with handle.open() as uow:
            uow.people.add(person(f"p{number}"))
            uow.commit()
        handle.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(open_and_add, range(8)))
    with open_store(locked).open() as uow:
        assert uow.people.count() == 8


def _kill_while_saving(folder: Path, after_s: float) -> int:
    """Kill a saving process without warning; return the last version that it acknowledged."""
    command = [sys.executable, str(Path(__file__).with_name("kill_target.py")), str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        seen = [process.stdout.readline()]
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        seen += process.stdout.read().splitlines()
    return int([line for line in seen if line.strip()][-1])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_while_saving_loses_nothing_acknowledged(plain: StoreSettings) -> None:
    """30 kills: what was acknowledged is there, both records of a unit agree, the log is whole."""
    with open_store(plain).open() as uow:
        uow.people.add(person())
        uow.commit()
    moments = random.Random(20261123)  # noqa: S311 - moments of killing are no secrets
    for _ in range(KILLS):
        acknowledged = _kill_while_saving(plain.data_dir, moments.uniform(0, 0.03))
        handle = open_store(plain)
        with handle.open() as uow:
            stored = uow.people.need("p1").version
            assert stored in (acknowledged, acknowledged + 1)
            assert uow.layers.get("twin") == stored
            assert verify_chain(uow.audit) == []
        assert handle.database.is_sound()
        handle.close()


def test_removed_text_is_gone_from_the_bytes(store: StoreHandle, raw_bytes: Callable[[Path], bytes]) -> None:
    """After removal neither the file nor its log holds the name, the changed name or a piece of them."""
    folder, markers = store.path.parent, ["ZQmarkerONE", "ZQmarkerTWO"]
    with store.open() as uow:
        uow.people.add_many(person(f"p{i}", name=f"{markers[0]}{i}") for i in range(300))
        uow.commit()
    with store.open() as uow:
        for one in uow.people.list():
            uow.people.save(one.model_copy(update={"name": markers[1], "considerations": markers[1] * 300}))
        uow.commit()
    assert all(marker.encode() in raw_bytes(folder) for marker in markers)
    with store.open() as uow:
        uow.people.remove_all()
        uow.commit()
    assert [marker for marker in markers if marker.encode() in raw_bytes(folder)] == []


def test_a_reader_delays_the_cleaning_up_only(store: StoreHandle, raw_bytes: Callable[[Path], bytes]) -> None:
    """While somebody reads, a removal succeeds; the bytes go with the next clean-up."""
    with store.open() as uow:
        uow.people.add(person(name="ZQmarker"))
        uow.commit()
    with store.open() as reading:
        assert reading.people.count() == 1
        with store.open() as removing:
            removing.people.remove("p1")
            removing.commit()
    store.database.clean_up()
    assert b"ZQmarker" not in raw_bytes(store.path.parent)


def test_a_write_protected_store_opens_for_reading(
    plain: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that may not be written is read; an edit is refused with its reason."""
    handle = open_store(plain)
    with handle.open() as uow:
        uow.people.add(person())
        uow.commit()
    handle.close()
    before = sorted((p.name, p.read_bytes()) for p in plain.data_dir.iterdir())
    monkeypatch.setattr("bcp_kit.storage.database.os.access", lambda path, mode: False)
    handle = open_store(plain)
    with handle.open() as uow:
        assert handle.database.read_only and uow.people.need("p1") == person()
        with pytest.raises(BcpKitError) as failure:
            uow.people.remove("p1")
    handle.close()
    assert failure.value.code is ErrorCode.STORE_READ_ONLY
    assert sorted((p.name, p.read_bytes()) for p in plain.data_dir.iterdir()) == before


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps owners another way")
def test_folder_and_file_are_their_owners_only(store: StoreHandle) -> None:
    """Nobody else on the computer may read the folder, the file or the log."""
    with store.open() as uow:
        uow.people.add(person())
        uow.commit()
    modes = {p.name: p.stat().st_mode & 0o777 for p in store.path.parent.iterdir()}
    assert store.path.parent.stat().st_mode & 0o777 == 0o700
    assert set(modes.values()) == {0o600} and f"{store.path.name}-wal" in modes


def test_failures_hold_no_values(store: StoreHandle) -> None:
    """Neither a known nor an unknown failure of the driver carries a stored value in its text."""
    with store.open() as uow:
        uow.people.add(person(name="ZQmarker"))
        for wrong in (person(name="ZQmarker"), person("", name="ZQmarker")):
            with pytest.raises(Exception) as failure:
                uow.people.add(wrong)
            assert "ZQmarker" not in f"{failure.value!r}{failure.value}{failure.value.__cause__}"
