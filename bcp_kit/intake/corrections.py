"""Cells that a person corrected on the screen: they take the place of the file's, the file stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bcp_kit.intake.headings import Headings
from bcp_kit.intake.table import Row, Table


@dataclass(frozen=True, order=True)
class CellPlace:
    """Where a cell stands: the sheet's name, the row as the spreadsheet shows it, the heading as written."""

    sheet: str
    row: int
    heading: str


Corrections = Mapping[CellPlace, str]


def corrected(table: Table, headings: Headings, corrections: Corrections) -> Table:
    """Return the table with the corrected texts; what Excel held in those cells counts no more."""
    own = {place: text for place, text in corrections.items() if place.sheet == table.name}
    if not own:
        return table
    places = columns_of(headings)
    by_row: dict[int, dict[int, str]] = {}
    for place, text in own.items():
        if place.heading in places:
            by_row.setdefault(place.row, {})[places[place.heading]] = text
    rows = tuple(_corrected(row, by_row[row.number]) if row.number in by_row else row for row in table.rows)
    return replace(table, rows=rows)


def _corrected(row: Row, texts: Mapping[int, str]) -> Row:
    cells = [*row.cells, *("" for _ in range(max(texts) + 1 - len(row.cells)))]
    for index, text in texts.items():
        cells[index] = text
    natures = {index: nature for index, nature in row.natures.items() if index not in texts}
    return replace(row, cells=tuple(cells), natures=natures)


def columns_of(headings: Headings) -> Mapping[str, int]:
    """Return the index of each heading; of a heading that stands twice the first."""
    found: dict[str, int] = {}
    for index, heading in enumerate(headings.row.cells):
        if heading.strip():
            found.setdefault(heading, index)
    return found
