"""A table as it stood in the file: headings and rows of text, with the row numbers that the user sees."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from bcp_kit.domain.errors import Problem
from bcp_kit.intake.limits import FileKind


class CellNature(StrEnum):
    """What Excel held where the text alone does not tell."""

    NUMBER = "number"
    DATE = "date"
    ERROR = "error"
    UNCOMPUTED = "uncomputed"


@dataclass(frozen=True)
class Row:
    """One row: `number` as shown by Excel or an editor (1 is the first line), `cells` as text.

    `natures` names by column index the cells that Excel held as a number or a date.
    """

    number: int
    cells: tuple[str, ...]
    natures: dict[int, CellNature] = field(default_factory=dict)

    def is_empty(self) -> bool:
        """True when no cell holds anything but white space."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """One table of a file. Nothing is guessed or converted; `rows` still holds the headings.

    `problems` are findings about the file itself; `spoiled_rows` are rows that must not be imported because
    of them.
    """

    name: str
    kind: FileKind
    encoding: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    spoiled_rows: frozenset[int] = frozenset()
    hidden: bool = False

    def filled(self) -> Iterator[Row]:
        """Yield the rows that hold something."""
        return (row for row in self.rows if not row.is_empty())
