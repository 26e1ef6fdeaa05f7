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
