"""Cells that hold several records: the rooms of a place, and who confirmed which of its facts."""

import csv
from collections.abc import Mapping
from datetime import date

from pydantic import ValidationError

from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.domain.shelters import Confirmation, ConfirmedHow, Space
from bcp_kit.forms.messages import text
from bcp_kit.forms.record_lines import from_lines
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.forms.survey import space_columns
from bcp_kit.intake import numbers, texts, vocabulary
from bcp_kit.intake.parsed import Cell, Parsed, Parser, refused

_PARSERS: Mapping[ColumnType, Parser] = {
    ColumnType.TEXT: texts.parse_text,
    ColumnType.LONG_TEXT: texts.parse_text,
    ColumnType.CHOICE: vocabulary.parse_choice,
    ColumnType.INTEGER: numbers.parse_integer,
    ColumnType.NUMBER: numbers.parse_number,
    ColumnType.KNOWN: vocabulary.parse_known,
}


def parse_spaces(cell: Cell, column: Column) -> Parsed:
    """Read a room a line: name, use, floor, height, area, people, toilet, note."""
    del column
    try:
        lines = from_lines(cell.text)
    except csv.Error:
        return refused(ErrorCode.TEXT_BROKEN)
    rooms = []
    for line in lines:
        read = _space(line, cell.today)
        if not isinstance(read, Space):
            return read
        rooms.append(read)
    return Parsed(tuple(rooms))


def _space(line: list[str], today: date) -> Space | Parsed:
    values: dict[str, object] = {}
    for part, (key, column) in zip(line, space_columns().items(), strict=False):
        if not part.strip():
            continue
        read = _PARSERS[column.type](Cell(part, None, today), column)
        if any(f.severity is Severity.ERROR for f in read.findings):
            return read
        if read.value is not None:
            values[key] = read.value
    try:
        return Space.model_validate(values)
    except ValidationError:
        return refused(ErrorCode.ROW_REFUSED, field=text("shelters.spaces.title"))


def parse_confirmations(cell: Cell, column: Column) -> Parsed:
    """Read a confirmation a line: day, how, by whom, who answered, the facts that it is about.

    A confirmation without a value is about the value that stands in the row.
    """
    ways = {text(f"shelters.how.{how.value}"): how for how in ConfirmedHow}
    found: dict[str, Confirmation] = {}
    try:
        for line in from_lines(cell.text):
            on, how, by, answered, keys, *value = line
            said = Confirmation(
                by=by, on=date.fromisoformat(on), how=ways[how], answered_by=answered, value="".join(value)
            )
            found |= dict.fromkeys(keys.split(), said)
    except (csv.Error, ValueError, KeyError):
        return refused(ErrorCode.ROW_REFUSED, field=column.heading)
    return Parsed(found)
