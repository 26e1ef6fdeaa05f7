"""A table that somebody copied: from Excel (tab-separated, with quotes) or from a web page (HTML table)."""

import csv
from html.parser import HTMLParser
from io import StringIO
from itertools import pairwise

from bcp_kit.domain.errors import BcpKitError, ErrorCode

Grid = tuple[tuple[str, ...], ...]
MOST_ROWS, MOST_COLUMNS, LONGEST = 2_000, 60, 4_000_000
BREAKS = frozenset({"br", "p", "div"})


class _TableReader(HTMLParser):
    """Collects the cells of the first table; a merged cell fills every place that it covers."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.cells: dict[tuple[int, int], str] = {}
        self._row, self._column, self._span = -1, 0, (1, 1)
        self._words: list[str] | None = None
        self._done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._done:
            return
        if tag == "tr":
            self._end_cell()
            self._row, self._column = self._row + 1, 0
        elif tag in ("td", "th"):
            self._end_cell()
            said = dict(attrs)
            self._span = (_span(said.get("rowspan")), _span(said.get("colspan")))
            self._words = []
        elif tag in BREAKS and self._words:
            self._words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()
        if tag == "table" and self.cells:
            self._done = True

    def handle_data(self, data: str) -> None:
        if self._words is not None:
            self._words.append(" ".join(data.split()) if "\n" in data else data)

    def _end_cell(self) -> None:
        if self._words is None or self._row < 0:
            self._words = None
            return
        while (self._row, self._column) in self.cells:
            self._column += 1
        down, right = self._span
        _check_size(self._row + down, self._column + right)
        for row in range(self._row, self._row + down):
            for column in range(self._column, self._column + right):
                self.cells.setdefault((row, column), "".join(self._words).strip())
        self._column += right
        self._words = None


def _span(said: str | None) -> int:
    return min(int(said), MOST_ROWS) if said and said.isdecimal() and int(said) > 0 else 1


def _check_size(rows: int, columns: int) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise BcpKitError(ErrorCode.SHEET_TOO_LARGE, rows=MOST_ROWS, columns=MOST_COLUMNS)


def _from_html(text: str) -> list[list[str]]:
    reader = _TableReader()
    reader.feed(text)
    reader.close()
    if not reader.cells:
        return []
    height, width = (1 + max(place[axis] for place in reader.cells) for axis in (0, 1))
    return [[reader.cells.get((row, column), "") for column in range(width)] for row in range(height)]


def _separator(text: str) -> str:
    """Return the tab of spreadsheets, else the comma when every line has one, else a tab: one column."""
    lines = [line for line in text.splitlines() if line.strip()]
    if any("\t" in line for line in lines):
        return "\t"
    return "," if len(lines) > 1 and all("," in line for line in lines) else "\t"


def _from_lines(text: str) -> list[list[str]]:
    """Read as a spreadsheet writes it: a cell with a line break or a tab stands in quotes."""
    separator = _separator(text)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        rows = [line.split(separator) for line in text.splitlines()]
    return [[cell.replace("\r\n", "\n").strip() for cell in row] for row in rows]


def read_pasted(text: str) -> Grid:
    """Return the cells of a copied table, every row equally long, empty rows and outer columns left out.

    Merged cells of HTML fill every place they covered; in tab-separated text they arrive as one filled and
    further empty cells (see `fill_down`). Raises: BcpKitError I-009 for more than 2,000 rows or 60 columns.
    """
    if len(text) > LONGEST:
        raise BcpKitError(ErrorCode.SHEET_TOO_LARGE, rows=MOST_ROWS, columns=MOST_COLUMNS)
    found = _from_html(text) if "<t" in text.lower() and "</t" in text.lower() else []
    rows = [row for row in found or _from_lines(text) if any(cell for cell in row)]
    width = max((len(row) for row in rows), default=0)
    _check_size(len(rows), width)
    full = [[*row, *[""] * (width - len(row))] for row in rows]
    used = [column for column in range(width) if any(row[column] for row in full)]
    if not used:
        return ()
    first, last = used[0], used[-1] + 1
    return tuple(tuple(row[first:last]) for row in full)


def fill_down(grid: Grid) -> Grid:
    """Return the cells with gaps in the first column filled from above: how merged cells arrive from Excel.

    Only leading columns are filled, up to the first that has no gap: a gap further right may mean nothing.
    """
    rows = [list(row) for row in grid]
    for column in range(len(grid[0]) if grid else 0):
        if all(row[column] for row in grid):
            break
        for above, row in pairwise(rows):
            row[column] = row[column] or above[column]
    return tuple(tuple(row) for row in rows)


def has_gaps(grid: Grid) -> bool:
    """True when `fill_down` would change something."""
    return fill_down(grid) != grid
