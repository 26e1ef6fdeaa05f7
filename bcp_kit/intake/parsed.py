"""What reading one cell gives: a value, or findings that say why not."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.forms.sheets import Column
from bcp_kit.intake.table import CellNature


@dataclass(frozen=True)
class Cell:
    """A cell as written, and what Excel held; `today` bounds dates that must lie in the past."""

    text: str
    nature: CellNature | None
    today: date


@dataclass(frozen=True)
class Finding:
    """A code with the numbers of its sentence; row and column are added by the reader of the table."""

    code: ErrorCode
    severity: Severity = Severity.ERROR
    values: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Parsed:
    """The value (None: empty or unknown) and what was found. With an error the value must not be used."""

    value: object = None
    findings: tuple[Finding, ...] = ()


Parser = Callable[[Cell, Column], Parsed]


def refused(code: ErrorCode, **values: str | int | float) -> Parsed:
    """Return a cell without a value, for an error."""
    return Parsed(findings=(Finding(code, values=values),))


def noted(value: object, code: ErrorCode, severity: Severity, **values: str | int | float) -> Parsed:
    """Return a value with one remark on it."""
    return Parsed(value, (Finding(code, severity, values),))


def width_folded(text: str) -> str:
    """Return `text` in one width and trimmed. For numbers, dates and words; never for names or addresses."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def folded(text: str) -> str:
    """Return `text` for comparing words: one width, no white space, one case."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return "".join(plain.split()).casefold()
