"""Encryption: no plain text in the bytes, wrong keys refused, nothing overwritten, the passphrase nowhere."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from storage_makers import person

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import text
from bcp_kit.services import store as store_service
from bcp_kit.services.store import StoreSettings, new_key_file, open_store
from bcp_kit.storage.database import FILE_NAME
from bcp_kit.storage.keys import PLAIN_HEADER, raw_key

MARKER = "ZQmarker"


def _with_marker(settings: StoreSettings) -> None:
    handle = open_store(settings)
    with handle.open() as uow:
        uow.people.add(person(name=MARKER))
        uow.layers.put("zones", {"name": MARKER})
        uow.commit()
    handle.close()


def _refused(settings: StoreSettings) -> ErrorCode:
    with pytest.raises(BcpKitError) as failure:
        open_store(settings)
    return failure.value.code


def _snapshot(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def test_no_plain_text_in_file_or_log(locked: StoreSettings, raw_bytes: Callable[[Path], bytes]) -> None:
    """Neither names nor table names nor the header of SQLite stand in the file or its log, open or closed."""
    handle = open_store(locked)
    with handle.open() as uow:
        uow.people.add(person(name=MARKER))
        uow.commit()
        assert (locked.data_dir / f"{FILE_NAME}-wal").stat().st_size > 0
        while_open = raw_bytes(locked.data_dir)
    handle.close()
    for found in (while_open, raw_bytes(locked.data_dir)):
        assert not [m for m in (MARKER.encode(), b"people", PLAIN_HEADER) if m in found]
    assert handle.encrypted and "暗号化して" in text(handle.statement)


def test_a_plain_store_says_so(plain: StoreSettings) -> None:
    """A store without encryption is called that, in words of its own."""
    handle = open_store(plain)
    assert not handle.encrypted and "暗号化していません" in text(handle.statement)


def test_what_was_locked_opens_with_its_passphrase(locked: StoreSettings) -> None:
    """The same passphrase opens it again, typed in full-width letters too; the file may move."""
    _with_marker(locked)
    moved = locked.data_dir.with_name("moved")
    shutil.move(locked.data_dir, moved)
    assert locked.passphrase is not None
    full_width = locked.passphrase.get_secret_value().replace("one", "ｏｎｅ")
    handle = open_store(StoreSettings(data_dir=moved, passphrase=SecretStr(full_width)))
    with handle.open() as uow:
        assert uow.people.need("p1").name == MARKER


def test_a_wrong_passphrase_changes_nothing(locked: StoreSettings) -> None:
    """A wrong passphrase is refused with its code, and every byte stays."""
    _with_marker(locked)
    before = _snapshot(locked.data_dir)
    wrong = StoreSettings(data_dir=locked.data_dir, passphrase=SecretStr("another passphrase"))
    assert _refused(wrong) is ErrorCode.KEY_WRONG
    assert _snapshot(locked.data_dir) == before


def test_plain_and_encrypted_are_not_mixed_up(locked: StoreSettings, plain: StoreSettings) -> None:
    """An encrypted store does not open as a plain one nor the other way round; nothing is overwritten."""
    _with_marker(locked)
    before = _snapshot(locked.data_dir)
    assert _refused(plain) is ErrorCode.STORE_IS_ENCRYPTED
    assert _snapshot(locked.data_dir) == before
    shutil.rmtree(locked.data_dir)
    _with_marker(plain)
    assert _refused(locked) is ErrorCode.STORE_IS_PLAIN


def test_a_real_store_needs_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without passphrase, with a short one, or on a computer that cannot encrypt, no store is made."""
    folder = tmp_path / "data"
    assert _refused(StoreSettings(data_dir=folder)) is ErrorCode.KEY_MISSING
    assert _refused(StoreSettings(data_dir=folder, passphrase=SecretStr(""))) is ErrorCode.KEY_MISSING
    assert _refused(StoreSettings(data_dir=folder, passphrase=SecretStr("short"))) is ErrorCode.KEY_TOO_SHORT
    monkeypatch.setattr(store_service, "find_spec", lambda name: None)
    long_enough = StoreSettings(data_dir=folder, passphrase=SecretStr("long enough words"))
    assert _refused(long_enough) is ErrorCode.ENCRYPTION_MISSING
    assert not folder.exists()


def test_settings_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BCP_KIT_PASSPHRASE and its siblings are read, and the passphrase never shows in the settings' text."""
    monkeypatch.setenv("BCP_KIT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BCP_KIT_PASSPHRASE", "from the environment")
    settings = StoreSettings()
    assert settings.data_dir == tmp_path and settings.passphrase is not None
    assert "from the environment" not in f"{settings!r}{settings}{settings.model_dump_json()}"


def test_a_key_file_locks_and_opens(tmp_path: Path) -> None:
    """A new key file on another medium takes the place of the passphrase; another one does not fit."""
    folder, key, other = tmp_path / "data", tmp_path / "stick" / "key.txt", tmp_path / "stick" / "other.txt"
    for path in (key, other):
        new_key_file(path, folder)
    settings = StoreSettings(data_dir=folder, key_file=key)
    _with_marker(settings)
    with open_store(settings).open() as uow:
        assert uow.people.count() == 1
    assert _refused(StoreSettings(data_dir=folder, key_file=other)) is ErrorCode.KEY_WRONG


def test_a_key_file_is_refused_where_it_protects_nothing(tmp_path: Path) -> None:
    """In the folder of the data, missing, empty or binary: each is refused; an existing one is kept."""
    folder, key = tmp_path / "data", tmp_path / "key.txt"
    inside = StoreSettings(data_dir=folder, key_file=folder / "key.txt")
    assert _refused(inside) is ErrorCode.KEY_FILE_BESIDE_DATA
    assert _refused(StoreSettings(data_dir=folder, key_file=key)) is ErrorCode.KEY_FILE_UNREADABLE
    for content in (b"", b"short", b"\xff" * 64):
        key.write_bytes(content)
        assert _refused(StoreSettings(data_dir=folder, key_file=key)) is ErrorCode.KEY_FILE_UNREADABLE
    with pytest.raises(BcpKitError) as failure:
        new_key_file(key, folder)
    assert failure.value.code is ErrorCode.TARGET_EXISTS and key.read_bytes() == b"\xff" * 64


def test_the_passphrase_and_the_key_are_nowhere(
    locked: StoreSettings,
    raw_bytes: Callable[[Path], bytes],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Neither stands in the files, in the log of any library, on the screen, or in a refusal."""
    caplog.set_level(logging.DEBUG)
    _with_marker(locked)
    assert locked.passphrase is not None
    wrong = "a wrong passphrase"
    with pytest.raises(BcpKitError) as failure:
        open_store(StoreSettings(data_dir=locked.data_dir, passphrase=SecretStr(wrong)))
    secret = locked.passphrase.get_secret_value()
    salt = (locked.data_dir / FILE_NAME).read_bytes()[:16]
    key = raw_key(secret, salt)[:64]
    shown = capfd.readouterr()
    said = f"{caplog.text}{shown.out}{shown.err}{failure.value!r}{failure.value.values}"
    assert not [s for s in (secret, wrong, key) if s in said]
    stored = raw_bytes(locked.data_dir)
    assert not [s for s in (secret.encode(), bytes.fromhex(key), key.encode()) if s in stored]


def test_the_key_depends_on_passphrase_and_salt() -> None:
    """The stretching is the documented one: a known answer, and another for another salt."""
    known = raw_key("ためしの合言葉", bytes(range(16)))
    assert known[64:] == bytes(range(16)).hex()
    assert known[:64] == "be5c3466a81043c84b94b9d97440562e5b6a6268f3c8f2841c7c17cf51ca0f2f"
    assert raw_key("ためしの合言葉", bytes(16))[:64] != known[:64]


def test_a_file_that_is_no_store_is_told_and_kept(tmp_path: Path) -> None:
    """A damaged file is refused as damaged and not touched."""
    path = tmp_path / FILE_NAME
    path.write_bytes(PLAIN_HEADER + b"\xff" * 5000)
    assert _refused(StoreSettings(data_dir=tmp_path, plain=True)) is ErrorCode.STORE_DAMAGED
    assert path.read_bytes() == PLAIN_HEADER + b"\xff" * 5000


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file where the folder should be gives an error with its code."""
    (tmp_path / "data").write_text("in the way", encoding="utf-8")
    settings = StoreSettings(data_dir=tmp_path / "data" / "deeper", plain=True)
    assert _refused(settings) is ErrorCode.STORE_UNREACHABLE
