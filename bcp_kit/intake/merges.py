"""Merged cells: what a range says once, each of its rows says."""

from collections.abc import Sequence
from dataclasses import replace

from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.intake.table import Merge, Row


def filled_down(rows: Sequence[Row], merges: Sequence[Merge]) -> tuple[list[Row], list[Problem]]:
    """Return the rows with the value of each merged range in all of its rows, and a notice for each.

    `rows` are the sheet's rows from number 1 on without a gap. A range gives its value to its first column
    only: what stands beside it belongs to other columns.
    """
    found = list(rows)
    problems = []
    for merge in merges:
        top = found[merge.top - 1]
        text = top.cells[merge.left] if merge.left < len(top.cells) else ""
        if not text.strip() or merge.bottom == merge.top:
            continue
        for number in range(merge.top + 1, merge.bottom + 1):
            found[number - 1] = _with(found[number - 1], top, merge.left)
            values = {"text": text}
            notice = Severity.NOTICE
            problems.append(
                Problem(code=ErrorCode.CELLS_MERGED, severity=notice, row=number, value=text, values=values)
            )
    return found, problems


def _with(row: Row, top: Row, place: int) -> Row:
    cells = [*row.cells, *[""] * (place + 1 - len(row.cells))]
    cells[place] = top.cells[place]
    natures = dict(row.natures)
    if place in top.natures:
        natures[place] = top.natures[place]
    return replace(row, cells=tuple(cells), natures=natures)
