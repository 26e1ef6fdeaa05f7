"""The legend of a roster: which mark stands for which hours or words, on the sheet or on one beside it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bcp_kit.intake.parsed import folded, width_folded
from bcp_kit.intake.roster_words import mark_words
from bcp_kit.intake.table import Row
from bcp_kit.intake.workbook_cells import column_letters

_CLOCK = r"(\d{1,2})\s*[:時]\s*(\d{2})?(?::00|分)?"
_SPAN = re.compile(rf"{_CLOCK}\s*(?:[~\-–—―ー〜−]|から)\s*(翌日?)?\s*{_CLOCK}")
_MARK = r"[^\s:=、,;()\d~][^\s:=、,;()~]{0,3}"
_TIMED = re.compile(
    rf"(?:^|[\s、,;])\(?({_MARK})\)?\s*[:=(…]?\s*([^\d\s:、,;()]{{0,10}})\s*\(?\s*(?={_CLOCK}\s*[~\-–—―ー〜−か])"
)
_WORDED = re.compile(rf"(?:^|[\s、,;/])({_MARK})\s*[:=…]\s*([^\s:=、,;\d~()/]{{1,12}})")
_CLOCK_CELL = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
_LONGEST_MARK = 4
_DAY_MIN = 1440


@dataclass(frozen=True)
class LegendEntry:
    """What the legend says of a mark: begin and end in minutes of the day (None: no hours), and words."""

    mark: str
    cell: str
    start_min: int | None = None
    end_min: int | None = None
    words: str = ""


def legend_entries(rows: Iterable[Row]) -> tuple[LegendEntry, ...]:
    """Return what the rows say about marks; the first statement about a mark counts."""
    found: dict[str, LegendEntry] = {}
    for row in rows:
        for entry in (*_in_cells(row), *_over_cells(row)):
            known = found.get(folded(entry.mark))
            if known is None or (known.start_min is None and entry.start_min is not None):
                found[folded(entry.mark)] = entry
    return tuple(found.values())


def _in_cells(row: Row) -> list[LegendEntry]:
    """Read 早:7:00~16:00 and 休=公休 within one cell, several of them too."""
    found = []
    for column, raw in enumerate(row.cells):
        text = width_folded(raw)
        where = f"{column_letters(column)}{row.number}"
        for match in _TIMED.finditer(text):
            span = _SPAN.match(text, match.end())
            if span is not None:
                start, end = _minutes(span)
                found.append(LegendEntry(match[1], where, start, end, match[2]))
        timed = {folded(entry.mark) for entry in found}
        found += [
            LegendEntry(match[1], where, words=match[2])
            for match in _WORDED.finditer(text)
            if folded(match[1]) not in timed and folded(match[2]) in mark_words()
        ]
    return found


def _over_cells(row: Row) -> list[LegendEntry]:
    """Read a legend as a table: the mark in one cell, the hours in those after it."""
    cells = [(column, width_folded(raw)) for column, raw in enumerate(row.cells) if raw.strip()]
    found = []
    for place, (column, text) in enumerate(cells):
        after = [t for _, t in cells[place + 1 : place + 6]]
        if not _can_be_mark(text) or not after:
            continue
        hours, words = _hours(after)
        if hours is not None:
            where = f"{column_letters(column)}{row.number}"
            found.append(LegendEntry(text, where, *hours, words))
    return found


def _can_be_mark(text: str) -> bool:
    plain = folded(text)
    return 0 < len(plain) <= _LONGEST_MARK and not re.search(r"[\d:]", plain[:1]) and ":" not in plain


def _hours(after: Sequence[str]) -> tuple[tuple[int, int] | None, str]:
    """Return the first hours of the cells after a mark, and the words between."""
    words = ""
    for place, text in enumerate(after):
        span = _SPAN.search(text)
        if span is not None and span.start() == 0:
            return _minutes(span), words
        clock = _CLOCK_CELL.fullmatch(text)
        if clock is not None:
            later = next((c for t in after[place + 1 : place + 3] if (c := _CLOCK_CELL.fullmatch(t))), None)
            if later is None:
                return None, words
            return _ordered(60 * int(clock[1]) + int(clock[2]), 60 * int(later[1]) + int(later[2])), words
        if words or (_can_be_mark(text) and folded(text) not in mark_words()):
            return None, words
        words = text
    return None, words


def _minutes(span: re.Match[str]) -> tuple[int, int]:
    start = 60 * int(span[1]) + int(span[2] or 0)
    end = 60 * int(span[4]) + int(span[5] or 0)
    return _ordered(start, end)


def _ordered(start: int, end: int) -> tuple[int, int]:
    return start, end if end > start else end + _DAY_MIN
