"""The report beside the input: the user's own table with findings; cells corrected and checked again."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from bcp_kit.domain.errors import ErrorCode
from bcp_kit.domain.people import Person
from bcp_kit.intake.corrections import CellPlace
from bcp_kit.services import importing_workbook
from bcp_kit.services.base import Context
from bcp_kit.services.importing import import_inspection, inspect_file
from bcp_kit.services.importing_workbook import annotated_report
from tests.intake.conftest import HEADINGS, ROW, csv_bytes, xlsx_bytes

BAD = ("00102", "若葉　次郎", "昭和99年1月1日", "")
ROWS = [HEADINGS, ROW, (), BAD, ("00103", "=新緑", "S20.1.1", "港町1")]
RED = "00FFC7CE"
FIXES = {CellPlace("", 4, "生年月日"): "昭和9年1月1日", CellPlace("", 4, "住所"): "みどり町2"}


def _book(content: bytes, **more: object) -> object:
    found = inspect_file(None, content, "a.csv", **more)  # type: ignore[arg-type]
    return load_workbook(BytesIO(annotated_report(found, content, more.get("corrections")).content))  # type: ignore[arg-type]


def test_the_table_stands_beside_its_findings() -> None:
    """Rows stand where they stood, erroneous cells are red, column B says what and what to do."""
    book = _book(csv_bytes(ROWS))
    tab = book.worksheets[0]  # type: ignore[attr-defined]
    assert [cell.value for cell in tab[1]] == ["元の行", "見つかったこと", *HEADINGS]
    assert [tab.cell(row, 1).value for row in range(2, 6)] == ["2", "3", "4", "5"]
    assert [tab.cell(4, column).value for column in (3, 4, 5)] == ["00102", "若葉　次郎", "昭和99年1月1日"]
    red = {(c.row, c.column) for row in tab.iter_rows() for c in row if c.fill.fgColor.rgb == RED}
    assert red == {(4, 5), (4, 6)}
    remark = tab.cell(4, 2).value
    assert "【誤り】生年月日" in remark and "→" in remark and "I-201" in remark
    assert tab.cell(2, 2).value is None


def test_findings_and_a_guide_stand_on_sheets_of_their_own() -> None:
    """After the table come all findings and, in words, how to go on, with the meaning of the colours."""
    book = _book(csv_bytes(ROWS))
    names = book.sheetnames  # type: ignore[attr-defined]
    assert names[1:] == ["報告", "直し方"] and len(names) == 3
    findings = list(book["報告"].iter_rows(values_only=True))  # type: ignore[index]
    assert findings[0][:3] == ("シート", "行", "列") and len(findings) == 3
    guide = [row[0].value for row in book["直し方"].iter_rows()]  # type: ignore[index]
    assert len(guide) == 8 and "元のファイル" in guide[1]


def test_nothing_in_it_is_run_by_a_spreadsheet() -> None:
    """A name that looks like a formula is text."""
    tab = _book(csv_bytes(ROWS)).worksheets[0]  # type: ignore[attr-defined]
    assert (tab.cell(5, 4).value, tab.cell(5, 4).data_type) == ("=新緑", "s")


def test_each_tab_of_a_workbook_has_its_page() -> None:
    """Tabs keep their names; two of one name, and names that Excel refuses, get another."""

    def add(book: object) -> None:
        tab = book.create_sheet("報告")  # type: ignore[attr-defined]
        tab.append(["支援者番号", "氏名又は名称"])
        tab.append(["S 1", "若葉"])

    content = xlsx_bytes([HEADINGS, BAD], add, "要支援者")
    found = inspect_file(None, content, "a.xlsx")
    book = load_workbook(BytesIO(annotated_report(found, content).content))
    assert book.sheetnames == ["要支援者", "報告 2", "報告", "直し方"]


def test_of_a_large_table_only_rows_with_findings_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit the heading and the rows with findings are left, with their row numbers."""
    monkeypatch.setattr(importing_workbook, "WHOLE_TABLE_ROWS", 3)
    tab = _book(csv_bytes(ROWS)).worksheets[0]  # type: ignore[attr-defined]
    assert [row[0].value for row in tab.iter_rows()] == ["元の行", "4"]


def test_corrected_cells_are_read_in_place_of_the_files() -> None:
    """A row with two corrected cells is good; the corrected texts stand in the report, in another colour."""
    content = csv_bytes(ROWS)
    found = inspect_file(None, content, "a.csv", corrections=FIXES)
    assert found.bad_rows == 0
    assert [p.address for p in found.objects(Person)][1] == "みどり町2"
    tab = _book(content, corrections=FIXES).worksheets[0]  # type: ignore[attr-defined]
    assert (tab.cell(4, 5).value, tab.cell(4, 5).fill.fgColor.rgb) == ("昭和9年1月1日", "00C6EFCE")


def test_a_correction_is_checked_like_any_cell() -> None:
    """A correction that is wrong as well is a finding with the corrected text as its value."""
    fixes = FIXES | {CellPlace("", 4, "生年月日"): "来年"}
    found = inspect_file(None, csv_bytes(ROWS), "a.csv", corrections=fixes)
    ((_, problem),) = found.findings()
    assert (problem.code, problem.row, problem.value) == (ErrorCode.DATE_UNREADABLE, 4, "来年")


def test_what_excel_held_in_a_corrected_cell_counts_no_more() -> None:
    """A cell that Excel turned into a number is read as the text that replaces it."""
    content = xlsx_bytes([HEADINGS, ("00101", "青葉", "S12.3.4", 45000)])
    fix = {CellPlace("表", 2, "住所"): "みどり町3-4"}
    (person,) = inspect_file(None, content, "a.xlsx", corrections=fix).objects(Person)
    assert person.address == "みどり町3-4"


def test_corrected_rows_are_stored(ctx: Context) -> None:
    """What was corrected on the screen is what is stored; a place that the file does not have is ignored."""
    fixes = {**FIXES, CellPlace("", 99, "住所"): "x", CellPlace("", 2, "ない列"): "x"}
    import_inspection(ctx, inspect_file(ctx, csv_bytes(ROWS), "a.csv", corrections=fixes))
    with ctx.open_store() as uow:
        assert [p.address for p in uow.people.list()] == ["みどり町本町1-2-3", "みどり町2", "港町1"]
