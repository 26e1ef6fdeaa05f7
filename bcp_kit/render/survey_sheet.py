"""The survey of one place as an Excel file: numbers, items, what is held now, and cells to answer in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.base import Known
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.messages import text
from bcp_kit.forms.shelter_form import AskedFact, ShelterGroup, facts_of, shelter_form
from bcp_kit.forms.survey import (
    HEAD_ROWS,
    SurveyCode,
    choices_of,
    known_word,
    say,
    space_columns,
    surveyed_facts,
)
from bcp_kit.render.sheet_rows import cells_of
from bcp_kit.render.spreadsheet import cell_text

_HEAD = PatternFill("solid", fgColor="1F4E79")
_GROUP = PatternFill("solid", fgColor="DCE6F1")
_INPUT = PatternFill("solid", fgColor="FFF8DC")
_THIN = Side(style="thin", color="8A8A8A")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_TOP = Alignment(wrap_text=True, vertical="top")
_OPEN = Protection(locked=False)
_FLAT = Alignment(vertical="top")
_LOOKS: Mapping[str, Mapping[str, Any]] = {
    "title": {"font": Font(bold=True, size=14), "alignment": _FLAT},
    "line": {"alignment": _FLAT},
    "label": {"font": Font(bold=True), "border": _BOX},
    "cell": {"border": _BOX},
    "answer": {"border": _BOX, "fill": _INPUT, "protection": _OPEN},
    "head": {"border": _BOX, "fill": _HEAD, "font": Font(bold=True, color="FFFFFF")},
    "group": {"border": _BOX, "fill": _GROUP, "font": Font(bold=True)},
}
_WIDTHS = (8, 34, 34, 30, 24, 46)
_INLINE_LIST = 250
EMPTY_ROOMS = 12


@dataclass(frozen=True)
class Survey:
    """What one survey says: the place, what is held now by key, and the lines about its return."""

    shelter: Shelter
    code: SurveyCode
    shown: Mapping[str, str]
    made_at: datetime
    return_to: str = ""
    return_by: str = ""

    @property
    def made_on(self) -> date:
        """The day on which it was made."""
        return self.code.made_on


def survey_workbook(survey: Survey) -> bytes:
    """Return the Excel file. Every cell is text; only what is to be answered can be written in."""
    book = Workbook()
    for look, parts in _LOOKS.items():
        book.add_named_style(_named(look, parts))
    tab = book.active
    assert isinstance(tab, Worksheet)  # noqa: S101 - a new workbook has one
    tab.title = say("tab")
    _head(tab, survey)
    _questions(tab, survey)
    _finish(tab, _WIDTHS)
    _rooms(book.create_sheet(say("rooms_tab")), survey)
    _choices(book.create_sheet(text("sheets.choices_tab")))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _named(look: str, parts: Mapping[str, Any]) -> NamedStyle:
    """Return a look as a style of the workbook: one assignment a cell instead of five."""
    style = NamedStyle(look, number_format="@", alignment=parts.get("alignment", _TOP))
    for name, part in parts.items():
        setattr(style, name, part)
    return style


def _put(tab: Any, place: tuple[int, int], words: str, look: str) -> None:
    """Write a text that no spreadsheet runs."""
    cell: Any = tab.cell(*place)
    cell.value = cell_text(words)
    cell.data_type = "s"
    cell.style = look


def _head(tab: Worksheet, survey: Survey) -> None:
    _put(tab, (1, 1), say("title"), "title")
    for number, key in enumerate(("how", "keep", "not_official"), start=2):
        _put(tab, (number, 1), say(key), "line")
    filled = {"place": survey.shelter.name, "code": survey.code.text()}
    for number, key in enumerate(HEAD_ROWS, start=5):
        _put(tab, (number, 2), say(key), "label")
        _put(tab, (number, 3), filled.get(key, ""), "cell" if key in filled else "answer")
    lines = [say("made_on", day=survey.made_on.isoformat())]
    lines += [say("return_to", text=survey.return_to)] if survey.return_to else []
    lines += [say("return_by", text=survey.return_by)] if survey.return_by else []
    for number, line in enumerate(lines, start=5):
        _put(tab, (number, 4), line, "line")


def _questions(tab: Worksheet, survey: Survey) -> None:
    line = 5 + len(HEAD_ROWS) + 1
    for column, key in enumerate(("row", "item", "current", "answer", "remark", "hint"), start=1):
        _put(tab, (line, column), say(key), "head")
    tab.freeze_panes = f"C{line + 1}"
    tab.print_title_rows = f"{line}:{line}"
    rules: dict[str, DataValidation] = {}
    for group in shelter_form().groups:
        asked = _asked(group)
        if not asked:
            continue
        line += 1
        for column in range(1, len(_WIDTHS) + 1):
            words = group.title_ja if column == 2 else ""
            _put(tab, (line, column), words, "group")
        for fact in asked:
            line += 1
            _question(tab, line, fact, survey.shown.get(fact.key, ""))
            _offer(tab, line, fact, bool(survey.shown.get(fact.key)), rules)
    for rule in rules.values():
        tab.add_data_validation(rule)


def _asked(group: ShelterGroup) -> list[AskedFact]:
    return [fact for item in group.items for fact in facts_of(item) if fact.row in surveyed_facts()]


def _question(tab: Worksheet, line: int, fact: AskedFact, shown: str) -> None:
    first = fact.row.endswith("-1") or "-" not in fact.row
    cells = (
        fact.row,
        fact.column.heading,
        shown or say("nothing"),
        "",
        "",
        fact.item.hint_ja if first else "",
    )
    for column, told in enumerate(cells, start=1):
        _put(tab, (line, column), told, "answer" if column in (4, 5) else "cell")


def _offer(tab: Worksheet, line: int, fact: AskedFact, known: bool, rules: dict[str, DataValidation]) -> None:
    """Offer the words of the answer as a list; freely written answers are offered "same" and "unknown"."""
    closed = choices_of(fact.column)
    options = ([say("same")] if known else []) + list(closed or ()) + [say("dont_know")]
    formula = ",".join(options)
    if len(formula) > _INLINE_LIST or any("," in option for option in options):
        return
    key = f"{formula}|{closed is None}"
    if key not in rules:
        rules[key] = DataValidation(
            type="list", formula1=f'"{formula}"', allow_blank=True, showErrorMessage=closed is not None
        )
    rules[key].add(tab.cell(line, 4).coordinate)


def _rooms(tab: Worksheet, survey: Survey) -> None:
    columns = tuple(space_columns().values())
    _put(tab, (1, 1), say("rooms_lead"), "line")
    for place, column in enumerate(columns, start=1):
        _put(tab, (3, place), column.heading, "head")
    rows = [cells_of(space, columns) for space in survey.shelter.spaces]
    rows += [{} for _ in range(EMPTY_ROOMS)]
    for line, cells in enumerate(rows, start=4):
        for place, column in enumerate(columns, start=1):
            words = cells.get(column.key, "")
            _put(tab, (line, place), "" if words == known_word(Known.UNKNOWN) else words, "answer")
    for place, column in enumerate(columns, start=1):
        options = choices_of(column)
        if options is not None:
            rule = DataValidation(type="list", formula1=f'"{",".join(options)}"', allow_blank=True)
            rule.add(f"{get_column_letter(place)}4:{get_column_letter(place)}{3 + len(rows)}")
            tab.add_data_validation(rule)
    _finish(tab, (22, 18, 12, 14, 12, 10, 16, 30))


def _choices(tab: Worksheet) -> None:
    """List the words for who is accepted, which are too many for a drop-down."""
    _put(tab, (1, 1), text("sheets.choices.groups"), "label")
    labels = [row.label_ja for row in catalogue("needs").rows.values()]
    for line, label in enumerate(labels, start=2):
        _put(tab, (line, 1), label, "cell")
    tab.column_dimensions["A"].width = 50


def _finish(tab: Worksheet, widths: tuple[int, ...]) -> None:
    for place, width in enumerate(widths, start=1):
        tab.column_dimensions[get_column_letter(place)].width = width
    tab.protection.sheet = True
    tab.protection.formatColumns = False
    tab.protection.formatRows = False
    tab.page_setup.orientation = "landscape"
    tab.page_setup.paperSize = 9
    tab.page_setup.fitToHeight = 0
    tab.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
