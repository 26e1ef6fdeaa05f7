"""From a passphrase or key file to the key of the database; the key itself is never stored."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw

from bcp_kit.storage.open_files import head_of_open

PLAIN_HEADER = b"SQLite format 3\x00"
SALT_BYTES = 16
KEY_BYTES = 32
MIN_SECRET_CHARACTERS = 12


@dataclass(frozen=True)
class Stretching:
    """Cost of Argon2id. Never change one in use: a file opens only with the cost it was made with."""

    time_cost: int
    memory_kib: int
    lanes: int


# RFC 9106, section 4, second recommended option (64 MiB), for computers with little memory.
STRETCHING = Stretching(time_cost=3, memory_kib=65_536, lanes=4)


def raw_key(secret: str, salt: bytes) -> str:
    """Return the raw key of SQLCipher: 32 bytes of key and the file's 16 bytes of salt, in hexadecimal.

    The salt is no secret: it is the first 16 bytes of the file, so that file and salt cannot be parted.
    Full-width and half-width forms of a passphrase count as the same.
    """
    key = hash_secret_raw(
        unicodedata.normalize("NFKC", secret).encode("utf-8"),
        salt,
        time_cost=STRETCHING.time_cost,
        memory_cost=STRETCHING.memory_kib,
        parallelism=STRETCHING.lanes,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )
    return key.hex() + salt.hex()


def salt_of(path: Path) -> bytes | None:
    """Return the salt of an encrypted file, None for a file that does not exist or is empty.

    A file that this program holds open is not opened again (see `open_files`).
    """
    known = head_of_open(path)
    if known is not None:
        return known
    if not path.exists():
        return None
    with path.open("rb") as file:
        head = file.read(SALT_BYTES)
    return head if len(head) == SALT_BYTES else None


def is_plain(path: Path) -> bool:
    """True for a file that any SQLite program can read."""
    return salt_of(path) == PLAIN_HEADER
