"""Rows of the paper form as they are typed in: row numbers, digits for tick boxes, cells of tables.

A tick box has the number of its place in the row, beginning with 1, on paper and screen alike.
"""

import re
from collections.abc import Mapping

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.plan_answers import FieldValue
from bcp_kit.forms.messages import DEFAULT_LANGUAGE
from bcp_kit.forms.plan_form import PlanField, PlanForm, standard_form
from bcp_kit.forms.schema import InputType
from bcp_kit.intake.parsed import width_folded
from bcp_kit.services.plan_field_words import options_of, read_value, takes_several
from bcp_kit.services.plan_field_writes import adds_cells_only, is_writable

CELLS, LINES = ";", "|"
_TICKS = re.compile(r"[\d\s,、・.]+")
_NOT_TYPED = (InputType.IMAGE,)
_ONE_DIGIT = 9


def paper_fields(form: PlanForm) -> tuple[PlanField, ...]:
    """Return the fields of a form that paper can fill, in the order of the paper."""
    return tuple(field for field in form.fields if _is_typed(field))


def _is_typed(field: PlanField) -> bool:
    return is_writable(field) and not adds_cells_only(field) and field.item.input.type not in _NOT_TYPED


def field_of_row(form: PlanForm, row: str) -> PlanField:
    """Return the field of a row number as it is typed, also one that only the standard form has.

    Raises: BcpKitError P-030.
    """
    number = width_folded(row).strip()
    for field in (*form.fields, *standard_form().fields):
        if str(field.row) == number and _is_typed(field):
            return field
    raise BcpKitError(ErrorCode.FORM_ROW_UNKNOWN, row=row)


def numbered_options(field: PlanField, language: str = DEFAULT_LANGUAGE) -> tuple[tuple[int, str, str], ...]:
    """Return number, key and words of each tick box of a row; nothing for a row of words."""
    options = options_of(field, language)
    return tuple((number, key, words) for number, (key, words) in enumerate(options.items(), start=1))


def canonical(field: PlanField, typed: str) -> str:
    """Return what was typed as it is compared and stored, so that "１ ３" and "13" are the same.

    Raises: BcpKitError P-031 (a number without a box), P-047 (does not fit).
    """
    words = typed.strip()
    if not words:
        return ""
    if field.item.input.type is InputType.TABLE:
        read_value(field, value_of(field, words))
        return LINES.join(CELLS.join(c.strip() for c in line.split(CELLS)) for line in words.split(LINES))
    if options_of(field) and _TICKS.fullmatch(width_folded(words)):
        words = _ticked(field, width_folded(words))
    return read_value(field, FieldValue(text=words)).text


def _ticked(field: PlanField, digits: str) -> str:
    """Return the keys of the boxes whose numbers were typed; without blanks each digit is a box."""
    boxes = {number: key for number, key, _ in numbered_options(field)}
    parts = [part for part in re.split(r"[^\d]+", digits) if part]
    if len(parts) == 1 and len(boxes) <= _ONE_DIGIT:
        parts = list(parts[0])
    numbers = [int(part) for part in parts]
    wrong = any(number not in boxes for number in numbers)
    if wrong or not numbers or (len(set(numbers)) > 1 and not takes_several(field)):
        choices = f"1–{len(boxes)}"
        raise BcpKitError(ErrorCode.FORM_VALUE_WRONG, row=str(field.row), choices=choices)
    return ",".join(dict.fromkeys(boxes[number] for number in numbers))


def value_of(field: PlanField, words: str) -> FieldValue:
    """Return canonical words as the value of the field; of a table one row a line, cells in their order."""
    if field.item.input.type is not InputType.TABLE:
        return FieldValue(text=words)
    columns = [column.key for column in field.item.input.columns]
    rows = []
    for line in words.split(LINES):
        cells = [cell.strip() for cell in line.split(CELLS)]
        if len(cells) > len(columns):
            raise BcpKitError(ErrorCode.FORM_VALUE_WRONG, row=str(field.row), choices=column_words(field))
        rows.append(dict(zip(columns, cells, strict=False)))
    return FieldValue(rows=tuple(rows))


def column_words(field: PlanField) -> str:
    """Return the columns of a table in the order in which its cells are typed."""
    return CELLS.join(column.label_ja for column in field.item.input.columns)


def read_rows(form: PlanForm, typed: Mapping[str, str]) -> Mapping[str, str]:
    """Return the filled rows by row number, each as it is stored; empty rows are left out.

    Raises: BcpKitError P-030, P-031, P-047 for the first row that cannot be read.
    """
    found: dict[str, str] = {}
    for row, words in typed.items():
        field = field_of_row(form, row)
        kept = canonical(field, words)
        if kept:
            found[str(field.row)] = kept
    return found


def values_of(form: PlanForm, rows: Mapping[str, str]) -> Mapping[str, FieldValue]:
    """Return stored rows as values by field id."""
    fields = ((field_of_row(form, row), words) for row, words in rows.items())
    return {field.id: value_of(field, words) for field, words in fields}
