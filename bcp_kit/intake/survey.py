"""A survey sheet that came back: who answered, each answer by its row number, the rooms as written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Severity
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.forms.survey import (
    HEAD_ROWS,
    SurveyCode,
    read_code,
    say,
    space_columns,
    surveyed_facts,
)
from bcp_kit.intake.parsed import Cell, Finding, folded
from bcp_kit.intake.table import CellNature, Row, Table
from bcp_kit.intake.table_reader import read_tables
from bcp_kit.intake.values import parse

_DAY = Column(key="answered_on", heading="", type=ColumnType.DATE, past=True)


@dataclass(frozen=True)
class SurveyRow:
    """One answered row: its fact's key, what the sheet said was held, the answer, the value that it means.

    `same` marks an answer that confirms what is held. `refused` says why an answer cannot be read.
    """

    row: str
    key: str
    held: str
    answer: str
    remark: str
    same: bool = False
    value: object = None
    refused: Finding | None = None


@dataclass(frozen=True)
class SurveyFile:
    """What a sheet holds. `rooms` are rows of rooms by field; None where the sheet has no table of rooms.

    `strays` are rows whose number and item do not agree; `bad_rooms` rows of rooms that cannot be read.
    """

    code: SurveyCode
    answered_by: str
    answered_on: date | None
    rows: tuple[SurveyRow, ...]
    rooms: tuple[Mapping[str, object], ...] | None
    strays: tuple[tuple[str, str], ...] = ()
    bad_rooms: tuple[tuple[int, Finding], ...] = ()


def read_survey_file(content: bytes, name: str, today: date) -> SurveyFile:
    """Return what a survey sheet holds.

    Raises: BcpKitError I-0xx for a file that is refused, S-003 for one that is no survey sheet.
    """
    tables = {table.name: table for table in read_tables(content, name)}
    asked = tables.get(say("tab"))
    if asked is None:
        raise BcpKitError(ErrorCode.SURVEY_UNREADABLE)
    head = _head(asked)
    code = read_code(_text(head.get("code")))
    if code is None:
        raise BcpKitError(ErrorCode.SURVEY_UNREADABLE)
    rows, strays = _rows(asked, today)
    rooms, bad = _rooms(tables.get(say("rooms_tab")), today)
    return SurveyFile(
        code=code,
        answered_by=_text(head.get("answered_by")),
        answered_on=_day(head.get("answered_on"), today),
        rows=rows,
        rooms=rooms,
        strays=strays,
        bad_rooms=bad,
    )


_Place = tuple[str, CellNature | None]


def _at(row: Row, place: int) -> _Place:
    return (row.cells[place] if place < len(row.cells) else ""), row.natures.get(place)


def _text(place: _Place | None) -> str:
    return place[0].strip() if place else ""


def _head(table: Table) -> dict[str, _Place]:
    """Return the cells beside the labels of the head, by label key."""
    labels = {folded(say(key)): key for key in HEAD_ROWS}
    found: dict[str, _Place] = {}
    for row in table.rows:
        key = labels.get(folded(_text(_at(row, 1))))
        if key is not None:
            found.setdefault(key, _at(row, 2))
    return found


def _day(place: _Place | None, today: date) -> date | None:
    if place is None or not place[0].strip():
        return None
    read = parse(Cell(place[0], place[1], today), _DAY)
    wrong = any(f.severity is Severity.ERROR for f in read.findings)
    return read.value if isinstance(read.value, date) and not wrong else None


def _rows(table: Table, today: date) -> tuple[tuple[SurveyRow, ...], tuple[tuple[str, str], ...]]:
    asked, found, strays = surveyed_facts(), {}, []
    for row in table.rows:
        number, item = folded(_text(_at(row, 0))), _text(_at(row, 1))
        answer = _text(_at(row, 3))
        if number not in asked or not answer:
            continue
        fact = asked[number]
        if folded(item) != folded(fact.column.heading):
            strays.append((number, item))
            continue
        found[number] = _answered(row, fact.key, fact.column, today)
    return tuple(found.values()), tuple(strays)


def _answered(row: Row, key: str, column: Column, today: date) -> SurveyRow:
    number, held = _text(_at(row, 0)), _text(_at(row, 2))
    (answer, nature), remark = _at(row, 3), _text(_at(row, 4))
    held = "" if held == say("nothing") else held
    base = SurveyRow(folded(number), key, held, answer.strip(), remark)
    if folded(answer) == folded(say("dont_know")):
        return base
    if folded(answer) in (folded(say("same")), folded(held)):
        return replace(base, same=bool(held))
    read = parse(Cell(answer, nature, today), column.model_copy(update={"required": False, "empty": ""}))
    wrong = next((f for f in read.findings if f.severity is Severity.ERROR), None)
    return replace(base, value=None if wrong else read.value, refused=wrong)


def _rooms(
    table: Table | None, today: date
) -> tuple[tuple[Mapping[str, object], ...] | None, tuple[tuple[int, Finding], ...]]:
    if table is None:
        return None, ()
    rooms, bad = [], []
    for row in _below_heads(table):
        values: dict[str, object] = {}
        for place, column in enumerate(space_columns().values()):
            text, nature = _at(row, place)
            read = parse(Cell(text, nature, today), column)
            wrong = next((f for f in read.findings if f.severity is Severity.ERROR), None)
            if wrong is not None:
                bad.append((row.number, wrong))
            elif read.value is not None:
                values[column.key] = read.value
        if values:
            rooms.append(values)
    return tuple(rooms), tuple(bad)


def _below_heads(table: Table) -> Iterator[Row]:
    """Yield the filled rows below the headings of the rooms."""
    heads: Sequence[str] = [folded(c.heading) for c in space_columns().values()]
    below = False
    for row in table.rows:
        if below and not row.is_empty():
            yield row
        below = below or [folded(cell) for cell in row.cells[: len(heads)]] == heads
