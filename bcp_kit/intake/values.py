"""The one door from a cell to a value: each column type has its parser."""

from collections.abc import Mapping

from bcp_kit.domain.errors import ErrorCode
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.intake import dates, degrees, municipality, numbers, record_lines, texts, vocabulary
from bcp_kit.intake.parsed import Cell, Parsed, Parser, refused
from bcp_kit.intake.table import CellNature
from bcp_kit.intake.texts import is_excel_error

PARSERS: Mapping[ColumnType, Parser] = {
    ColumnType.TEXT: texts.parse_text,
    ColumnType.LONG_TEXT: texts.parse_text,
    ColumnType.TEXT_LIST: vocabulary.parse_text_list,
    ColumnType.KANA: texts.parse_kana,
    ColumnType.CODE: texts.parse_code,
    ColumnType.DIGITS: texts.parse_digits,
    ColumnType.DATE: dates.parse_date,
    ColumnType.INTEGER: numbers.parse_integer,
    ColumnType.NUMBER: numbers.parse_number,
    ColumnType.CAPACITY: numbers.parse_capacity,
    ColumnType.YES_NO: vocabulary.parse_yes_no,
    ColumnType.KNOWN: vocabulary.parse_known,
    ColumnType.CHOICE: vocabulary.parse_choice,
    ColumnType.CHOICE_LIST: vocabulary.parse_choice_list,
    ColumnType.NEEDS: vocabulary.parse_needs,
    ColumnType.FEATURES: vocabulary.parse_features,
    ColumnType.ACCEPTS: vocabulary.parse_accepts,
    ColumnType.PHONE: texts.parse_phone,
    ColumnType.POSTAL: texts.parse_postal,
    ColumnType.MUNICIPALITY: municipality.parse_municipality,
    ColumnType.EMAIL: texts.parse_email,
    ColumnType.LATITUDE: degrees.parse_degrees,
    ColumnType.LONGITUDE: degrees.parse_degrees,
    ColumnType.SHIFT: vocabulary.parse_shift,
    ColumnType.SPACES: record_lines.parse_spaces,
    ColumnType.CONFIRMATIONS: record_lines.parse_confirmations,
}


def parse(cell: Cell, column: Column) -> Parsed:
    """Return the value of a cell and what was found; an empty cell has the value None.

    A value is mended only where that is certain, and then with a notice.
    """
    if cell.nature is CellNature.UNCOMPUTED:
        return refused(ErrorCode.FORMULA_NOT_COMPUTED)
    if cell.nature is CellNature.ERROR or is_excel_error(cell.text):
        return refused(ErrorCode.EXCEL_ERROR_VALUE)
    if not cell.text.strip():
        if column.required:
            return refused(ErrorCode.REQUIRED_EMPTY, heading=column.heading)
        return Parsed()
    return PARSERS[column.type](cell, column)
