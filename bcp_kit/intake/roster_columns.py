"""Which columns of a roster hold names, occupations, forms of employment and numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from bcp_kit.intake.parsed import folded
from bcp_kit.intake.roster_days import DayRow
from bcp_kit.intake.roster_words import folded_list, form_words, heading_words, role_words
from bcp_kit.intake.table import Row

_HEAD_ABOVE, _HEAD_BELOW = 3, 2
_LONGEST_NAME = 40


@dataclass(frozen=True)
class PersonColumns:
    """Column indexes; None where the sheet has no such column."""

    name: int | None = None
    role: int | None = None
    form: int | None = None
    number: int | None = None


def cell(row: Row, column: int | None) -> str:
    """Return a cell trimmed, the empty text where there is none."""
    return row.cells[column].strip() if column is not None and column < len(row.cells) else ""


def person_columns(rows: Sequence[Row], days: DayRow) -> PersonColumns:
    """Return where the columns of the people stand: by headings near the days, else by what they hold."""
    left = days.first_column
    found: dict[str, int] = {}
    for row in rows:
        if days.row - _HEAD_ABOVE <= row.number <= days.row + _HEAD_BELOW:
            for column in range(min(left, len(row.cells))):
                key = heading_words().get(_heading(row.cells[column]))
                if key:
                    found.setdefault(key, column)
    below = [row for row in rows if row.number > days.row and _marked(row, days)]
    name = found.get("name")
    if name is None:
        taken = {column for key, column in found.items() if key != "name"}
        name = _name_column(below, [c for c in range(left) if c not in taken])
    return PersonColumns(
        name=name,
        role=found.get("role", _column_of(below, left, frozenset(role_words()), name)),
        form=found.get("form", _column_of(below, left, frozenset(form_words()), name)),
        number=found.get("number"),
    )


def _heading(text: str) -> str:
    """Return a heading without brackets, numbers of its column and notes: (4)職種 → 職種."""
    plain = folded(text)
    while plain.startswith("(") and ")" in plain:
        plain = plain.partition(")")[2]
    return plain.partition("(")[0].rstrip(":")


def _marked(row: Row, days: DayRow) -> bool:
    return any(cell(row, column) for column in days.days)


def _name_column(rows: Sequence[Row], columns: Sequence[int]) -> int | None:
    """Return the column that holds the most different texts which can be names, the rightmost of equals."""
    known = frozenset(form_words()) | frozenset(role_words()) | folded_list("totals")
    known |= folded_list("kept_lines") | folded_list("skipped_lines")

    def names(column: int) -> set[str]:
        texts = {folded(cell(row, column)) for row in rows}
        return {t for t in texts - known if len(t) > 1 and not t[0].isdigit() and len(t) <= _LONGEST_NAME}

    best = max(columns, key=lambda column: (len(names(column)), column), default=None)
    return best if best is not None and names(best) else None


def _column_of(rows: Sequence[Row], left: int, known: frozenset[str], name: int | None) -> int | None:
    """Return the column most of whose filled cells hold one of the known words."""
    best: tuple[float, int] | None = None
    for column in range(left):
        texts = [folded(t) for row in rows if (t := cell(row, column))]
        hits = sum(text in known for text in texts)
        if column != name and hits and 2 * hits >= len(texts) and (best is None or hits > best[0]):
            best = (hits, column)
    return None if best is None else best[1]
