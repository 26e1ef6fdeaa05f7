"""What must hold before the app shows a page, and how the store on this computer lies."""

from enum import StrEnum
from importlib.util import find_spec

from bcp_kit.services.store import StoreSettings
from bcp_kit.storage.database import FILE_NAME
from bcp_kit.storage.keys import MIN_SECRET_CHARACTERS, is_plain, salt_of

__all__ = ["MIN_SECRET_CHARACTERS", "StoreState", "encryption_is_there", "store_state"]


class StoreState(StrEnum):
    """How the store of this computer lies before it is opened."""

    NEW = "new"
    PLAIN = "plain"
    ENCRYPTED = "encrypted"


def store_state(settings: StoreSettings) -> StoreState:
    """Return whether the store's file is still to be made, readable by anybody, or encrypted."""
    path = settings.data_dir / FILE_NAME
    if salt_of(path) is None:
        return StoreState.NEW
    return StoreState.PLAIN if is_plain(path) else StoreState.ENCRYPTED


def encryption_is_there() -> bool:
    """True when this computer has the library that encrypts the store."""
    return find_spec("sqlcipher3") is not None
