"""Rows that are no data: totals, repeated headings, column numbers, examples, group titles, notes below."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from bcp_kit.domain.errors import ErrorCode
from bcp_kit.forms.sheets import Column, words
from bcp_kit.intake.parsed import folded, width_folded
from bcp_kit.intake.table import Row

HEADING_JOIN = "_"
_FIRST_CELLS = 4
_LONGEST_MARK = 8
_LONGEST_ORDINAL = 5
_ENOUGH_EQUAL = 0.8
_GROUP_TOTAL = re.compile(r".{0,20}(?:合計|小計|総計|累計|計)(?:\(.*\))?[:：]?")
_TOTALISH = re.compile("計|総数|全体|total|ＴＯＴＡＬ", re.IGNORECASE)
_AMOUNT = re.compile(r"[+-]?[\d,]+(?:\.\d+)?\D{0,4}")
_NOTE_MARKS = re.compile(r"[※＊*]|注|\(注|備考|出典|資料|凡例|出所|\(出典")
_TITLE_MARKS = re.compile(r"[■□◆◇●○◎▼▽▲△★☆【〔＜<《［\[]")
_ORDINAL = re.compile(r"[(\[]?(\d{1,3})[)\].]?")


@dataclass(frozen=True)
class RowKinds:
    """Tells rows that are no data from data, for one table.

    `parts` holds for each heading the words that may stand for it in a repeated heading row; `required` the
    indexes of the columns without which a row is nothing.
    """

    parts: tuple[frozenset[str], ...]
    required: tuple[int, ...]

    @classmethod
    def of(cls, headings: Sequence[str], columns: Sequence[Column | None]) -> "RowKinds":
        """Return what is needed to tell the rows below these headings."""
        parts = tuple(frozenset({folded(h), *map(folded, h.split(HEADING_JOIN))} - {""}) for h in headings)
        required = tuple(i for i, c in enumerate(columns) if c is not None and c.required)
        return cls(parts, required)

    def not_data(self, row: Row) -> ErrorCode | None:
        """Return why a row that is not empty is no data, or None for data."""
        filled = _filled(row, _FIRST_CELLS + 1)
        near = [row.cells[i].strip() for i in filled[:_FIRST_CELLS]]
        if _TOTALISH.search("\t".join(near)) and self._is_total(row, _filled(row)):
            return ErrorCode.TOTAL_ROW
        if len(filled) <= 2 and self._lacks_required(row) and _NOTE_MARKS.match(width_folded(near[0])):
            return ErrorCode.FOOTNOTE_ROW
        if len(filled) == 1 and len(self.parts) > 2 and self._is_title(near[0], filled[0]):
            return ErrorCode.SECTION_ROW
        if self._is_heading(row, filled) or _are_column_numbers(row, near[0]):
            return ErrorCode.HEADING_REPEATED
        if any(
            len(cell) < _LONGEST_MARK and folded(cell).strip("()[]:") in _words("example_rows")
            for cell in near[:2]
        ):
            return ErrorCode.EXAMPLE_ROW
        return None

    def _lacks_required(self, row: Row) -> bool:
        return any(i >= len(row.cells) or not row.cells[i].strip() for i in self.required)

    def _is_total(self, row: Row, filled: Sequence[int]) -> bool:
        """True when a cell near the start says 合計 and the others are amounts or a required one is empty."""
        for place in filled[:_FIRST_CELLS]:
            said = folded(row.cells[place])
            plain = said.rstrip(":：") in _words("total_rows")
            if not plain and not _GROUP_TOTAL.fullmatch(said):
                continue
            others = [row.cells[i] for i in filled if i != place]
            amounts = all(_AMOUNT.fullmatch(width_folded(cell)) for cell in others)
            if amounts and (plain or others):
                return True
            if plain and self._lacks_required(row):
                return True
        return False

    def _is_title(self, text: str, place: int) -> bool:
        marked = bool(_TITLE_MARKS.match(text))
        return marked or (place <= 1 and place not in self.required and bool(self.required))

    def _is_heading(self, row: Row, filled: Sequence[int]) -> bool:
        if len(filled) < 2 or not all(self._is_part(row, i) for i in filled[:2]):
            return False
        every = _filled(row)
        return sum(1 for i in every if self._is_part(row, i)) >= _ENOUGH_EQUAL * len(every)

    def _is_part(self, row: Row, index: int) -> bool:
        return index < len(self.parts) and folded(row.cells[index]) in self.parts[index]


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(folded(word) for word in words()[key])


def _filled(row: Row, most: int | None = None) -> list[int]:
    """Return the indexes of the cells that hold something, or of the first `most` of them."""
    return list(islice((i for i, cell in enumerate(row.cells) if cell and not cell.isspace()), most))


def _are_column_numbers(row: Row, first: str) -> bool:
    """True for a row (1) (2) (3) … that numbers the columns of an official form."""
    if len(first) > _LONGEST_ORDINAL or (found := _ORDINAL.fullmatch(width_folded(first))) is None:
        return False
    if found[1] != "1":
        return False
    matches = [_ORDINAL.fullmatch(width_folded(row.cells[i])) for i in _filled(row)]
    numbers = [int(match[1]) for match in matches if match is not None]
    return len(numbers) == len(matches) >= 3 and numbers == list(range(1, len(numbers) + 1))
