"""Backup, restore, and the commands of `bcp-kit data`."""

import json
import shutil
from pathlib import Path

import pytest
from storage_makers import person
from typer.testing import CliRunner

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli.data import app
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.backup import back_up, manifest_path, restore
from bcp_kit.services.base import Context, SystemClock
from bcp_kit.services.store import StoreHandle, StoreSettings, open_store

KEEPER = Actor(name="管理", role=Role.ADMINISTRATOR)
BOTH = pytest.mark.parametrize("lock", ["plain", "locked"])


def _filled(settings: StoreSettings) -> StoreHandle:
    handle = open_store(settings, actor_name="係")
    with handle.open() as uow:
        uow.people.add_many(person(f"p{i}", name="ZQmarker") for i in range(50))
        uow.layers.put("town", {"name": "架空市"})
        uow.commit()
    return handle


def _backed_up(settings: StoreSettings, target: Path) -> StoreHandle:
    handle = _filled(settings)
    back_up(Context(KEEPER, handle.open), handle, target)
    return handle


@BOTH
def test_a_restored_backup_equals_the_store(
    lock: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """All records and documents come back under the same key, made while a writer was at work."""
    settings = request.getfixturevalue(lock)
    handle, target = _filled(settings), tmp_path / "stick" / "backup.bak"
    with handle.open() as unfinished:
        unfinished.people.add(person("not committed"))
        with pytest.raises(BcpKitError):
            back_up(Context(Actor(name="職員", role=Role.FACILITY_STAFF), handle.open), handle, target)
        unfinished.rollback()
        back_up(Context(KEEPER, handle.open), handle, target)
    assert sorted(p.name for p in target.parent.iterdir()) == ["backup.bak", "backup.bak.json"]
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "other computer"})
    restored = restore(KEEPER, elsewhere, target, SystemClock())
    with handle.open() as ours, restored.open() as theirs:
        assert theirs.people.list() == ours.people.list()
        assert theirs.layers.get("town") == {"name": "架空市"}
        assert [e.action for e in theirs.audit.newest(limit=2)] == ["restore", "backup"]
    assert sorted(p.name for p in elsewhere.data_dir.iterdir() if "-" not in p.name) == ["bcp_kit.db"]


def test_an_encrypted_backup_shows_nothing_and_needs_the_key(locked: StoreSettings, tmp_path: Path) -> None:
    """The copy and its manifest hold no plain text; a wrong passphrase restores nothing."""
    target = tmp_path / "backup.bak"
    _backed_up(locked, target)
    assert b"ZQmarker" not in target.read_bytes() + manifest_path(target).read_bytes()
    elsewhere = StoreSettings(data_dir=tmp_path / "other", passphrase="a wrong passphrase")
    with pytest.raises(BcpKitError) as failure:
        restore(KEEPER, elsewhere, target, SystemClock())
    assert failure.value.code is ErrorCode.KEY_WRONG
    assert list(elsewhere.data_dir.iterdir()) == []


def test_nothing_is_overwritten(plain: StoreSettings, tmp_path: Path) -> None:
    """A backup does not replace a file, a restore does not replace a store."""
    target = tmp_path / "backup.bak"
    handle = _backed_up(plain, target)
    before = target.read_bytes()
    with pytest.raises(BcpKitError) as failure:
        back_up(Context(KEEPER, handle.open), handle, target)
    assert failure.value.code is ErrorCode.TARGET_EXISTS and target.read_bytes() == before
    with pytest.raises(BcpKitError) as failure:
        restore(KEEPER, plain, target, SystemClock())
    assert failure.value.code is ErrorCode.TARGET_EXISTS


def test_a_failed_backup_leaves_no_half(
    plain: StoreSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that breaks off is removed, so that the next try meets no file."""
    handle, target = _filled(plain), tmp_path / "backup.bak"
    with monkeypatch.context() as broken:
        broken.setattr("bcp_kit.storage.database.connector", lambda path, key: (None, lambda: 1 / 0))
        with pytest.raises(ZeroDivisionError):
            back_up(Context(KEEPER, handle.open), handle, target)
    assert not target.exists() and not manifest_path(target).exists()
    assert back_up(Context(KEEPER, handle.open), handle, target).size_bytes > 0


@pytest.mark.parametrize("harm", ["flip", "cut", "no manifest", "other manifest"])
def test_a_harmed_backup_is_refused(plain: StoreSettings, tmp_path: Path, harm: str) -> None:
    """One flipped bit, a cut end, a missing or foreign manifest: refused, and no store is left behind."""
    target = tmp_path / "backup.bak"
    _backed_up(plain, target)
    content, manifest = bytearray(target.read_bytes()), manifest_path(target)
    if harm == "flip":
        content[len(content) // 2] ^= 1
    target.write_bytes(content[:-100] if harm == "cut" else content)
    if harm == "no manifest":
        manifest.unlink()
    if harm == "other manifest":
        facts = json.loads(manifest.read_text(encoding="utf-8"))
        manifest.write_text(json.dumps(facts | {"audit_digest": "0" * 64}), encoding="utf-8")
    elsewhere = StoreSettings(data_dir=tmp_path / "other", plain=True)
    with pytest.raises(BcpKitError) as failure:
        restore(KEEPER, elsewhere, target, SystemClock())
    assert failure.value.code is ErrorCode.BACKUP_DAMAGED
    assert not (elsewhere.data_dir / "bcp_kit.db").exists()


@pytest.fixture
def command(plain: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The runner of the commands over a filled plain store."""
    _filled(plain).close()
    monkeypatch.setenv("BCP_KIT_PLAIN", "1")
    return CliRunner()


def test_where_and_verify_tell_how_the_store_lies(command: CliRunner, plain: StoreSettings) -> None:
    """Place, missing encryption, counts and seal are said; the JSON stands alone on its stream."""
    data = ["--data", str(plain.data_dir)]
    said = command.invoke(app, ["where", *data])
    assert str(plain.data_dir) in said.stdout.replace("\n", "") and "暗号化していません" in said.stdout
    checked = command.invoke(app, ["verify", *data, "--json", "-"])
    found = json.loads(checked.stdout)
    assert (checked.exit_code, found["sound"], found["counts"]["people"]) == (0, True, 50)
    seal = f"{found['audit']['entries']}:{found['audit']['digest']}"
    assert command.invoke(app, ["verify", *data, "--seal", seal]).exit_code == 0
    assert command.invoke(app, ["verify", *data, "--seal", f"1:{'0' * 64}"]).exit_code == 5
    refused = command.invoke(app, ["verify", *data, "--seal", "nonsense"])
    assert isinstance(refused.exception, BcpKitError)


def test_audit_lists_entries(command: CliRunner, plain: StoreSettings) -> None:
    """The newest entries are shown; reading leaves an entry of its own."""
    data = ["--data", str(plain.data_dir)]
    listed = command.invoke(app, ["audit", *data, "--kind", "people", "--limit", "2", "--json", "-"])
    assert [e["subject_id"] for e in json.loads(listed.stdout)["entries"]] == ["p49", "p48"]
    assert "read" in command.invoke(app, ["audit", *data, "--limit", "1"]).stdout


def test_backup_and_restore_commands(command: CliRunner, plain: StoreSettings, tmp_path: Path) -> None:
    """A store goes to a file and from there to another place."""
    target, other = tmp_path / "b.bak", tmp_path / "other"
    made = command.invoke(app, ["backup", str(target), "--data", str(plain.data_dir)])
    assert (made.exit_code, target.exists()) == (0, True)
    shutil.rmtree(plain.data_dir)
    back = command.invoke(app, ["restore", str(target), "--data", str(other)])
    assert (back.exit_code, (other / "bcp_kit.db").exists()) == (0, True)


def test_a_missing_store_is_not_made_by_looking(command: CliRunner, tmp_path: Path) -> None:
    """Verify, audit and backup of a mistyped folder say so and leave nothing behind."""
    nowhere = tmp_path / "mistyped"
    for words in (["verify"], ["audit"], ["backup", str(tmp_path / "b")]):
        ended = command.invoke(app, [*words, "--data", str(nowhere)])
        assert isinstance(ended.exception, BcpKitError)
        assert ended.exception.code is ErrorCode.STORE_MISSING
    assert not nowhere.exists() and not (tmp_path / "b").exists()


def test_new_key_writes_a_key_file(command: CliRunner, plain: StoreSettings, tmp_path: Path) -> None:
    """The key file is new, long and for its owner; its content is not shown."""
    key = tmp_path / "key.txt"
    made = command.invoke(app, ["new-key", str(key), "--data", str(plain.data_dir)])
    content = key.read_text(encoding="ascii").strip()
    assert (made.exit_code, len(content)) == (0, 64) and content not in made.stdout
