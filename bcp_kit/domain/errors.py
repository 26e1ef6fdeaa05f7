"""The catalogue of errors, one code each; what happened and what to do stand in templates/messages."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel


class Severity(StrEnum):
    """How bad: an error stops, a warning asks for a look, a notice only tells."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class ErrorCode(StrEnum):
    """Every code that a user may meet. A test demands its texts in each language.

    First letter: I intake, D data store, A access and consent, K catalogue, G geography, M matching,
    C staff cover, B BCP, P plans and print, U use of the command line or a page.
    """

    # access and consent
    ACTION_DENIED = "A-001"
    # catalogues
    CATALOGUE_MISSING = "K-001"
    CATALOGUE_ROW_MISSING = "K-002"
    CATALOGUE_ROW_FAULTY = "K-003"
    CATALOGUE_KEY_TWICE = "K-004"
    CATALOGUE_NO_NUMBER = "K-005"
    # data store
    EDIT_CONFLICT = "D-001"
    KEY_WRONG = "D-002"
    KEY_MISSING = "D-003"
    KEY_TOO_SHORT = "D-004"
    ENCRYPTION_MISSING = "D-005"
    STORE_IS_PLAIN = "D-006"
    STORE_IS_ENCRYPTED = "D-007"
    STORE_BUSY = "D-008"
    DISK_FULL = "D-009"
    STORE_READ_ONLY = "D-010"
    STORE_DAMAGED = "D-011"
    STORE_IS_NEWER = "D-012"
    ALREADY_STORED = "D-013"
    DISK_FAILED = "D-014"
    STORE_UNREACHABLE = "D-015"
    KEY_FILE_UNREADABLE = "D-016"
    KEY_FILE_BESIDE_DATA = "D-017"
    TARGET_EXISTS = "D-018"
    BACKUP_DAMAGED = "D-019"
    # use
    WRONG_USE = "U-001"
    NOT_FOUND = "U-002"
    STOPPED_BY_USER = "U-003"


class Problem(DomainModel):
    """One finding about input or state: code, severity, where it stands, and the numbers of its sentence.

    `value` is the offending cell as written; it may be personal, so it is shown and never logged.
    """

    code: ErrorCode
    severity: Severity = Severity.ERROR
    row: int | None = None
    column: str = ""
    value: str = ""
    values: Mapping[str, str | int | float] = Field(default_factory=dict)


class BcpKitError(Exception):
    """Any failure that a user can act on. Its text holds the code only, never a personal value."""

    def __init__(self, code: ErrorCode, **values: str | int | float) -> None:
        super().__init__(code.value)
        self.code = code
        self.values = values
