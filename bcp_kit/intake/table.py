"""A table as it stood in the file: headings and rows of text, with the row numbers that the user sees."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from bcp_kit.domain.errors import Problem
from bcp_kit.intake.limits import FileKind


class CellNature(StrEnum):
    """What Excel held where the text alone does not tell."""

    NUMBER = "number"
    DATE = "date"
    ERROR = "error"
    UNCOMPUTED = "uncomputed"


NO_NATURES: Mapping[int, CellNature] = MappingProxyType({})


_SHARED_LONG = 50_000
_SHORT = 16


def one_of(text: str, shared: dict[str, str]) -> str:
    """Return the one object that stands for all equal texts: short ones, and long ones that come early."""
    found = shared.get(text)
    if found is not None:
        return found
    if len(text) <= _SHORT or len(shared) < _SHARED_LONG:
        shared[text] = text
    return text


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `number` as shown by Excel or an editor (1 is the first line), `cells` as text.

    `natures` names by column index the cells that Excel held as a number or a date.
    """

    number: int
    cells: tuple[str, ...]
    natures: Mapping[int, CellNature] = field(default_factory=lambda: NO_NATURES)

    def is_empty(self) -> bool:
        """True when no cell holds anything but white space."""
        return not any(map(str.strip, self.cells))


@dataclass(frozen=True, slots=True)
class Merge:
    """A range of merged cells: row numbers as shown, column indexes from 0, both ends inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Table:
    """One table of a file. Nothing is guessed or converted; `rows` still holds the headings.

    `problems` are findings about the file itself or, with a row number, about single rows. Merged cells that
    reach down are filled in `rows` already; `merges` still names them. A `hidden` table has no rows.
    """

    name: str
    kind: FileKind
    encoding: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    merges: tuple[Merge, ...] = ()
    hidden: bool = False

    def filled(self) -> Iterator[Row]:
        """Yield the rows that hold something."""
        return (row for row in self.rows if not row.is_empty())
