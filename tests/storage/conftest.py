"""A plain store in a fresh folder for each test, and a clock that can be set."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bcp_kit.services.base import FixedClock
from bcp_kit.services.store import StoreHandle, StoreSettings, open_store

PASSPHRASE = "ためしの合言葉 one two three"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the computer that runs the tests do not reach them."""
    for name in ("DATA_DIR", "PASSPHRASE", "KEY_FILE", "PLAIN"):
        monkeypatch.delenv(f"BCP_KIT_{name}", raising=False)


@pytest.fixture
def plain(tmp_path: Path) -> StoreSettings:
    """Settings of an unencrypted store in a fresh folder."""
    return StoreSettings(data_dir=tmp_path / "data", plain=True)


@pytest.fixture
def locked(tmp_path: Path) -> StoreSettings:
    """Settings of an encrypted store in a fresh folder."""
    return StoreSettings(data_dir=tmp_path / "data", passphrase=PASSPHRASE)


@pytest.fixture
def store(plain: StoreSettings, noon: datetime) -> Iterator[StoreHandle]:
    """An open unencrypted store; its actor is called 係 and its clock stands at noon."""
    handle = open_store(plain, actor_name="係", clock=FixedClock(noon))
    yield handle
    handle.close()


@pytest.fixture
def raw_bytes() -> Callable[[Path], bytes]:
    """The function that gives all bytes of all files of a folder."""
    return lambda folder: b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())
