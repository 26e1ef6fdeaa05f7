"""Tables out as Excel and CSV: texts that no spreadsheet runs, zeros that stay, lists to choose from."""

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from bcp_kit.catalogues import load
from bcp_kit.catalogues.vocabulary import needs, shelter_features
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import text
from bcp_kit.forms.sheets import Column, ColumnType, Sheet, guard_cell, words
from bcp_kit.render.old_characters import Encoder, Missing, MissingCharacter
from bcp_kit.render.sheet_rows import Cells

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_EXCEL_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_HEAD_FONT = Font(bold=True, color="FFFFFF")
_MUST, _MAY = PatternFill("solid", fgColor="9C2A00"), PatternFill("solid", fgColor="1F4E79")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_FORM_ROWS = 5_000
_INLINE_LIST = 250
_PROMPT, _PROMPT_TITLE = 250, 32
_SHOWN_PLACES = 5


@dataclass(frozen=True)
class TableOut:
    """One table to write: the tab's name, its columns, and the cells of each row by column key."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Cells]


@dataclass(frozen=True)
class Written:
    """The bytes of a file, in how many cells control characters had to be left out, and what was replaced."""

    content: bytes
    cleaned_cells: int = 0
    replaced: tuple[MissingCharacter, ...] = ()


class Cleaner:
    """Makes text cells; `cells` counts those that held what Excel cannot hold."""

    def __init__(self) -> None:
        self.cells = 0

    def clean(self, value: str) -> str:
        """Return the text without what Excel cannot hold."""
        kept = _UNWRITABLE.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
        self.cells += kept != value
        return _EXCEL_ESCAPE.sub("_x005F_", kept)

    def cell(self, tab: Any, value: str) -> Any:
        """Return a cell that is text for Excel whatever it holds: no formula, no date, no lost zero."""
        cell = WriteOnlyCell(tab, value=self.clean(value))
        cell.data_type = "s"
        cell.number_format = "@"
        cell.alignment = _WRAPPED
        return cell


def cell_text(value: str) -> str:
    """Return a text as a cell can hold it: without control characters, never read as an escape."""
    return Cleaner().clean(value)


def write_workbook(tables: Sequence[TableOut]) -> Written:
    """Return an Excel file with one tab per table; every cell is text."""
    book, cleaner = Workbook(write_only=True), Cleaner()
    for table in tables:
        data_tab(book, cleaner, table)
    return Written(saved(book), cleaner.cells)


def write_form(sheets: Sequence[tuple[Sheet, Sequence[Column]]], filled: Sequence[Cells] = ()) -> Written:
    """Return the form of one or more sheets: tabs to fill in, an example, a guide, the choices.

    `filled` are rows that stand in the first tab already. Each column shows its hint when a cell of it is
    chosen, and offers its words as a list.
    """
    book, cleaner = Workbook(write_only=True), Cleaner()
    choices = _choices(columns for _, columns in sheets)
    for place, (sheet, columns) in enumerate(sheets):
        tab = data_tab(book, cleaner, TableOut(sheet.title, columns, () if place else filled))
        _add_help(tab, columns, tuple(choices))
    for place, (sheet, columns) in enumerate(sheets):
        name = text("sheets.example_tab") + (f"（{sheet.title}）" if place else "")
        data_tab(book, cleaner, TableOut(name, columns, ({c.key: c.example for c in columns},)))
    _guide_tab(book, cleaner, [column for _, columns in sheets for column in columns])
    _choices_tab(book, cleaner, choices)
    return Written(saved(book), cleaner.cells)


def saved(book: Workbook) -> bytes:
    """Return the bytes of a workbook."""
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def data_tab(book: Workbook, cleaner: Cleaner, table: TableOut) -> Any:
    """Add a tab with one table and return it."""
    tab = book.create_sheet(table.title)
    tab.freeze_panes = "B2"
    for index, column in enumerate(table.columns, start=1):
        letter = get_column_letter(index)
        tab.column_dimensions[letter].width = column.width + 2
        tab.column_dimensions[letter].number_format = "@"
    tab.append([_heading(tab, cleaner, c.heading, c.required) for c in table.columns])
    for row in table.rows:
        texts = [row.get(c.key, "") for c in table.columns]
        tab.append([cleaner.cell(tab, value) if value else None for value in texts])
    return tab


def _heading(tab: Any, cleaner: Cleaner, heading: str, required: bool) -> Any:
    cell = cleaner.cell(tab, heading)
    cell.font, cell.fill = _HEAD_FONT, _MUST if required else _MAY
    return cell


def _add_help(tab: Any, columns: Sequence[Column], listed: Sequence[str]) -> None:
    """Show each column's hint beside the cell, and its words as a drop-down where one is chosen."""
    for index, column in enumerate(columns, start=1):
        letter = get_column_letter(index)
        rule = _choice_rule(column, listed) or DataValidation(allow_blank=True)
        rule.showInputMessage = True
        rule.promptTitle = column.heading[:_PROMPT_TITLE]
        rule.prompt = _hint(column)[:_PROMPT]
        rule.add(f"{letter}2:{letter}{_FORM_ROWS}")
        tab.data_validations.append(rule)


def _hint(column: Column) -> str:
    parts = [text(f"sheets.how.{column.type.value}"), column.hint]
    return "\n".join(part for part in parts if part)


def _choice_rule(column: Column, listed: Sequence[str]) -> DataValidation | None:
    """Return a drop-down for a column in which one word is chosen, else None."""
    options = _options(column)
    if options is None:
        return None
    inline = ",".join(options)
    if len(inline) <= _INLINE_LIST and not any("," in option for option in options):
        formula = f'"{inline}"'
    else:
        letter = get_column_letter(listed.index(column.heading) + 1)
        formula = f"'{text('sheets.choices_tab')}'!${letter}$2:${letter}${len(options) + 1}"
    return DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)


def _options(column: Column) -> Sequence[str] | None:
    if column.type is ColumnType.YES_NO:
        return [words()["yes_no"][key][0] for key in ("yes", "no")]
    if column.type is ColumnType.KNOWN:
        zone = column.key.endswith("in_zone")
        return ["内", "外", "未確認"] if zone else ["有", "無", "未確認"]
    if column.type is ColumnType.CHOICE:
        return _choice_labels(column)
    return None


def _choice_labels(column: Column) -> list[str]:
    if column.catalogue_choices:
        return [row.label_ja for row in load.catalogue(column.catalogue_choices).rows.values()]
    return list(column.choices.values())


_VOCABULARY: Mapping[ColumnType, tuple[str, Callable[[], list[str]]]] = {
    ColumnType.NEEDS: ("sheets.choices.needs", lambda: [n.label_ja for n in needs().values()]),
    ColumnType.FEATURES: (
        "sheets.choices.features",
        lambda: [f.label_ja for f in shelter_features().values()],
    ),
    ColumnType.ACCEPTS: ("sheets.choices.groups", lambda: list(words()["need_groups"].values())),
    ColumnType.SHIFT: (
        "sheets.choices.shifts",
        lambda: [row.label_ja for row in load.catalogue("shifts").rows.values()],
    ),
}


def _choices(sheets: Iterable[Sequence[Column]]) -> dict[str, list[str]]:
    """Return every list of words that the forms use, by the heading under which it stands."""
    found: dict[str, list[str]] = {}
    for columns in sheets:
        for column in columns:
            if column.type in (ColumnType.CHOICE, ColumnType.CHOICE_LIST):
                found.setdefault(column.heading, _choice_labels(column))
            if column.type in (ColumnType.NEEDS, ColumnType.ACCEPTS):
                key, labels = _VOCABULARY[ColumnType.NEEDS]
                found.setdefault(text(key), labels())
            if column.type in _VOCABULARY:
                key, labels = _VOCABULARY[column.type]
                found.setdefault(text(key), labels())
    return found


def _guide_tab(book: Workbook, cleaner: Cleaner, columns: Sequence[Column]) -> None:
    tab = book.create_sheet(text("sheets.guide_tab"))
    for letter, width in zip("ABCD", (36, 10, 70, 24), strict=True):
        tab.column_dimensions[letter].width = width
    keys = ("heading", "required", "how", "empty")
    tab.append([_heading(tab, cleaner, text(f"sheets.guide.{key}"), False) for key in keys])
    for column in columns:
        must = text("sheets.guide.must") if column.required else ""
        row = (column.heading, must, _hint(column), "" if column.required else _when_empty(column))
        tab.append([cleaner.cell(tab, value) for value in row])


def _when_empty(column: Column) -> str:
    if not column.empty:
        return text("sheets.guide.unknown")
    word = column.choices.get(column.empty, column.empty)
    if column.type is ColumnType.YES_NO:
        word = words()["yes_no"][column.empty][0]
    return text("sheets.guide.stands_for", word=word)


def _choices_tab(book: Workbook, cleaner: Cleaner, choices: Mapping[str, list[str]]) -> None:
    tab = book.create_sheet(text("sheets.choices_tab"))
    for index in range(1, len(choices) + 1):
        tab.column_dimensions[get_column_letter(index)].width = 30
    tab.append([_heading(tab, cleaner, heading, False) for heading in choices])
    for row in range(max((len(labels) for labels in choices.values()), default=0)):
        cells = [labels[row] if row < len(labels) else "" for labels in choices.values()]
        tab.append([cleaner.cell(tab, value) for value in cells])


def write_csv(table: TableOut, encoding: str = "utf-8-sig", missing: Missing = Missing.REFUSE) -> Written:
    """Return a CSV file; what a spreadsheet would run gets an apostrophe, which the import takes off.

    `encoding` is utf-8-sig or cp932; `missing` says what becomes of characters that it lacks. Raises:
    BcpKitError I-404 naming the first places with such characters.
    """
    out, cleaner, encoder = StringIO(newline=""), Cleaner(), Encoder(encoding, missing)
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow([guard_cell(encoder.text(c.heading, 1, c.heading)) for c in table.columns])
    for number, row in enumerate(table.rows, start=2):
        texts = ((c.heading, _plain(cleaner, row.get(c.key, ""))) for c in table.columns)
        writer.writerow([guard_cell(encoder.text(value, number, heading)) for heading, value in texts])
    if encoder.found and missing is Missing.REFUSE:
        raise BcpKitError(ErrorCode.EXPORT_CHARACTERS, **_told(encoder.found))
    return Written(out.getvalue().encode(encoding), cleaner.cells, tuple(encoder.found))


def _told(found: Sequence[MissingCharacter]) -> dict[str, str | int]:
    """Return the numbers of the sentence: which characters, and the first places where they stand."""
    characters = "".join(dict.fromkeys(missing.character for missing in found))
    places = [
        text("sheets.missing_place", row=m.row, heading=m.heading, character=m.character, code=m.code_point)
        for m in found[:_SHOWN_PLACES]
    ]
    return {"characters": characters, "count": len(found), "places": "、".join(places)}


def _plain(cleaner: Cleaner, value: str) -> str:
    kept = _UNWRITABLE.sub("", value)
    cleaner.cells += kept != value
    return kept
