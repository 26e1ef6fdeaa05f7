"""The database driver's failures, told as errors that a user can act on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.errors import BcpKitError, ErrorCode

RecordT = TypeVar("RecordT", bound=DomainModel)

# Result codes of SQLite (https://sqlite.org/rescode.html); the low byte of an extended one is the primary.
_UNIQUE, _PRIMARY_KEY = 2067, 1555
_BY_RESULT_CODE = {
    3: ErrorCode.STORE_READ_ONLY,  # PERM
    5: ErrorCode.STORE_BUSY,  # BUSY
    6: ErrorCode.STORE_BUSY,  # LOCKED
    8: ErrorCode.STORE_READ_ONLY,  # READONLY
    10: ErrorCode.DISK_FAILED,  # IOERR
    11: ErrorCode.STORE_DAMAGED,  # CORRUPT
    13: ErrorCode.DISK_FULL,  # FULL
    14: ErrorCode.STORE_UNREACHABLE,  # CANTOPEN
    26: ErrorCode.STORE_DAMAGED,  # NOTADB
}


class Conflict(BcpKitError, Generic[RecordT]):  # noqa: N818 - the field's word, also on the screen
    """Somebody else saved the record since it was read.

    `mine` is what was to be saved, `stored` what stands there now (None: removed). The screen shows both;
    neither goes into the error's text.
    """

    def __init__(self, mine: RecordT, stored: RecordT | None) -> None:
        super().__init__(ErrorCode.EDIT_CONFLICT)
        self.mine = mine
        self.stored = stored


def known_fault(failure: object) -> BcpKitError | None:
    """Return the error that the driver's `failure` means, or None for one that no user can act on."""
    code = getattr(getattr(failure, "orig", failure), "sqlite_errorcode", None)
    if not isinstance(code, int):
        return None
    known = ErrorCode.ALREADY_STORED if code in (_UNIQUE, _PRIMARY_KEY) else _BY_RESULT_CODE.get(code & 0xFF)
    return BcpKitError(known) if known else None


@contextmanager
def told() -> Iterator[None]:
    """Turn failures of the driver into errors with a code; their texts may hold values, so they are dropped.

    SQLite's and SQLCipher's drivers have different exceptions with the same result codes. Raises:
    BcpKitError for a known failure; what is not known goes on as it is.
    """
    try:
        yield
    except Exception as failure:
        known = known_fault(failure)
        if known is None:
            raise
        raise known from None
