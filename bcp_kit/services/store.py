"""Opens the store: where it lies, with which key, and what the screen says about it."""

import secrets
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.base import Clock, SystemClock
from bcp_kit.storage.database import FILE_NAME, Database, create_file
from bcp_kit.storage.faults import Conflict
from bcp_kit.storage.keys import KEY_BYTES, MIN_SECRET_CHARACTERS, SALT_BYTES, salt_of
from bcp_kit.storage.unit_of_work import UnitOfWork

__all__ = ["Conflict", "StoreHandle", "StoreSettings", "new_key_file", "open_store"]


class StoreSettings(BaseSettings):
    """Where the data lie and how they are locked; each can be set as BCP_KIT_<NAME>.

    `key_file` names a file on another medium (a USB stick) that holds the key in place of a passphrase.
    `plain` asks for an unencrypted store: for invented data, or where the disk is encrypted.
    """

    model_config = SettingsConfigDict(env_prefix="BCP_KIT_", extra="forbid", frozen=True)

    data_dir: Path = Field(default_factory=lambda: user_data_path("bcp_kit", appauthor=False))
    passphrase: SecretStr | None = None
    key_file: Path | None = None
    plain: bool = False


@dataclass(frozen=True)
class StoreHandle:
    """An open store. `statement` is the key of the sentence that says whether it is encrypted."""

    database: Database
    actor_name: str
    clock: Clock

    @property
    def path(self) -> Path:
        """Return the path of the store's file."""
        return self.database.path

    @property
    def encrypted(self) -> bool:
        """Return whether the file is encrypted."""
        return self.database.encrypted

    @property
    def statement(self) -> str:
        """Return the key of the sentence that tells people how the store is kept."""
        return "storage.statement.encrypted" if self.encrypted else "storage.statement.plain"

    def open(self) -> UnitOfWork:
        """Return a new unit of work in the name of this handle's actor."""
        return self.database.unit_of_work(self.actor_name, self.clock.now)

    def acting_as(self, actor_name: str, clock: Clock | None = None) -> "StoreHandle":
        """Return a handle on the same open store in another name: one for each session of the app."""
        return StoreHandle(self.database, actor_name, clock or self.clock)

    def close(self) -> None:
        """Close the store for all handles on it."""
        self.database.close()


def open_store(
    settings: StoreSettings, actor_name: str = "", clock: Clock | None = None, *, create: bool = True
) -> StoreHandle:
    """Open the store of `settings`; its writes are logged as `actor_name`'s. A new one is made if `create`.

    Raises: BcpKitError of letter D: no store and not `create`, no or wrong passphrase, no encryption on this
    computer, file not readable, made by a newer version.
    """
    path = settings.data_dir / FILE_NAME
    is_new = salt_of(path) is None
    if is_new and not create:
        raise BcpKitError(ErrorCode.STORE_MISSING)
    secret = _secret(settings)
    if secret is not None and len(secret) < MIN_SECRET_CHARACTERS and is_new:
        raise BcpKitError(ErrorCode.KEY_TOO_SHORT, minimum=MIN_SECRET_CHARACTERS)
    database = Database.open(path, secret, secrets.token_bytes(SALT_BYTES))
    return StoreHandle(database, actor_name, clock or SystemClock())


def _secret(settings: StoreSettings) -> str | None:
    """Return what the key is made from, None for a store that shall be plain."""
    if settings.plain:
        return None
    if find_spec("sqlcipher3") is None:
        raise BcpKitError(ErrorCode.ENCRYPTION_MISSING)
    if settings.key_file is not None:
        return _key_file_text(settings.key_file, settings.data_dir)
    if settings.passphrase is None or not settings.passphrase.get_secret_value():
        raise BcpKitError(ErrorCode.KEY_MISSING)
    return settings.passphrase.get_secret_value()


def _key_file_text(key_file: Path, data_dir: Path) -> str:
    """Return the text of the key file; it must not lie in the folder that it locks."""
    if key_file.resolve().is_relative_to(data_dir.resolve()):
        raise BcpKitError(ErrorCode.KEY_FILE_BESIDE_DATA)
    try:
        found = key_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise BcpKitError(ErrorCode.KEY_FILE_UNREADABLE) from None
    if len(found) < MIN_SECRET_CHARACTERS:
        raise BcpKitError(ErrorCode.KEY_FILE_UNREADABLE)
    return found


def new_key_file(target: Path, data_dir: Path) -> None:
    """Write a new random key into the new file `target`, on another medium than the data.

    Raises: BcpKitError D-017 when it lies in the folder that it locks, D-018 when it exists, D-015 when the
    folder does not take it.
    """
    if target.resolve().is_relative_to(data_dir.resolve()):
        raise BcpKitError(ErrorCode.KEY_FILE_BESIDE_DATA)
    create_file(target)
    target.write_text(secrets.token_hex(KEY_BYTES) + "\n", encoding="ascii")
