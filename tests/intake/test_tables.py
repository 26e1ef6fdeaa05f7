"""Tables as town halls have them: headings in rows, merged and hidden cells, totals, notes, ditto marks."""

from collections.abc import Callable
from io import BytesIO

import pytest
import xlwt
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Severity
from bcp_kit.domain.people import Person
from bcp_kit.intake.delimited import decode, separator_of
from bcp_kit.intake.inspection import Inspection, inspect
from bcp_kit.intake.limits import SCREEN, FileKind
from bcp_kit.intake.table import CellNature
from bcp_kit.intake.table_reader import read_tables
from bcp_kit.intake.workbook import _SheetReader
from bcp_kit.intake.workbook_blocks import long_sheets, sheet_blocks
from bcp_kit.intake.workbook_cells import SheetMarks
from tests.intake.conftest import HEADINGS, ROW, TODAY, Rows, csv_bytes, xlsx_bytes

SECOND = ("00102", "若葉　次郎", "1950/1/2", "みどり町2")
THIRD = ("00103", "森　三郎", "1951/1/2", "みどり町3")


def _inspected(content: bytes, name: str = "a.csv") -> Inspection:
    return inspect(content, name, TODAY)


def _codes(inspection: Inspection) -> list[ErrorCode]:
    return [problem.code for _, problem in inspection.findings()]


def _names(inspection: Inspection) -> list[str]:
    return [person.name for person in inspection.objects(Person)]


def xls_bytes(rows: Rows, change: Callable[[xlwt.Worksheet], None] | None = None) -> bytes:
    """Return rows (headings first) as an old Excel file."""
    book = xlwt.Workbook()
    tab = book.add_sheet("名簿")
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            tab.write(i, j, cell)
    if change is not None:
        change(tab)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("codec", "shown"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 (BOM)"),
        ("cp932", "CP932"),
        ("euc_jp", "EUC-JP"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("iso2022_jp", "ISO-2022-JP"),
    ],
)
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_every_encoding_and_separator_gives_the_same_table(codec: str, shown: str, sign: str) -> None:
    """A register comes out the same whatever it is written in, also with an ending of another separator."""
    text = "\r\n".join(sign.join(row) for row in (HEADINGS, ROW, SECOND)) + "\r\n"
    inspection = _inspected(text.encode(codec))
    assert _names(inspection) == [ROW[1], SECOND[1]]
    assert inspection.parts[0].encoding == shown


def test_a_text_in_euc_is_not_taken_for_cp932() -> None:
    """Where both encodings fit, the one with everyday characters is taken."""
    text = "施設名,所在地\n海南市立小学校,和歌山県海南市日方\n中央公民館,海南市船尾\n"
    assert decode(text.encode("euc_jp")) == (text, "EUC-JP")
    assert decode(text.encode("cp932")) == (text, "CP932")


def test_lines_in_another_encoding_are_found() -> None:
    """A file joined from two encodings is refused with the line that is not like the others."""
    first = "名簿番号,氏名\n1,青葉　花子\n".encode("cp932")
    with pytest.raises(BcpKitError) as refused:
        read_tables(first + "2,若葉　次郎\n".encode(), "a.csv")
    assert refused.value.code is ErrorCode.ENCODING_MIXED and refused.value.values["row"] == 3


def test_a_text_that_breaks_off_within_a_character_is_damaged() -> None:
    """A half-downloaded CSV is refused as such, not as an unknown encoding."""
    with pytest.raises(BcpKitError) as refused:
        read_tables("名簿番号,氏名\n1,青葉".encode()[:-1], "a.csv")
    assert refused.value.code is ErrorCode.FILE_DAMAGED


def test_separator_is_told_by_even_columns() -> None:
    """Commas inside of cells do not make a tab-separated file a CSV."""
    assert separator_of("a\tb\tc\n1,2,3,4\t5\t6\n7\t8,9\t10\n") == "\t"
    assert separator_of("a;b\n1,5;2\n") == ";"


def test_stated_separator_and_old_end_of_file_are_no_rows() -> None:
    """The line sep=; of Excel and the ^Z of old systems are left out; row numbers stay those of the file."""
    text = "sep=;\r\n" + "\r\n".join(";".join(row) for row in (HEADINGS, ROW)) + "\r\n\x1a"
    inspection = _inspected(text.encode("cp932"))
    assert _names(inspection) == [ROW[1]] and not _codes(inspection)
    assert inspection.parts[0].records[0].row == 3


def test_a_row_of_another_length_is_not_imported() -> None:
    """A separator too few or too many shifts a row: it is named and left out."""
    short = ("00105", "林　五郎", "みどり町5")
    long = ("00104", "森　三郎", "", "1951/1/2", "みどり町3")
    inspection = _inspected(csv_bytes([HEADINGS, ROW, short, SECOND, THIRD, long]))
    shifted = [p.row for _, p in inspection.findings() if p.code is ErrorCode.ROW_SHIFTED]
    assert shifted == [3, 6] and inspection.good_rows == 3


def test_a_last_row_that_breaks_off_is_not_imported() -> None:
    """Without a line end a short last row is cut off, and a full one may be."""
    whole = csv_bytes([HEADINGS, ROW, SECOND]).rstrip()
    assert _codes(_inspected(whole)) == [ErrorCode.FILE_END_OPEN]
    cut = _inspected(whole.rpartition(b",")[0])
    assert ErrorCode.ROW_CUT_OFF in _codes(cut) and cut.good_rows == 1


@pytest.mark.parametrize(
    "row",
    [
        ("計", "", "", "3"),
        ("", "合計", "", "1,089人"),
        ("小計（東部）", "", "", "12"),
        ("東部地区計", "", "", "12"),
        ("合　計", "2名", "", ""),
    ],
)
def test_totals_are_named_and_not_imported(row: tuple[str, ...]) -> None:
    """Totals and subtotals in any wording are left out with a notice."""
    inspection = _inspected(csv_bytes([HEADINGS, ROW, SECOND, row]))
    assert _codes(inspection) == [ErrorCode.TOTAL_ROW] and inspection.good_rows == inspection.rows == 2


def test_a_person_whose_name_looks_like_a_total_is_kept() -> None:
    """A row with all that a person needs is a person, whatever the name."""
    person = ("00104", "計　太郎", "1950/1/2", "みどり町4")
    assert _names(_inspected(csv_bytes([HEADINGS, person]))) == ["計　太郎"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (HEADINGS, ErrorCode.HEADING_REPEATED),
        (("（1）", "（2）", "（3）", "（4）"), ErrorCode.HEADING_REPEATED),
        (("※ 同意した人のみ。", "", "", ""), ErrorCode.FOOTNOTE_ROW),
        (("注）令和8年4月1日現在", "", "", ""), ErrorCode.FOOTNOTE_ROW),
        (("■東部地区", "", "", ""), ErrorCode.SECTION_ROW),
        (("記入例", "青葉　花子", "S12.3.4", "みどり町1"), ErrorCode.EXAMPLE_ROW),
        (("例", "青葉　花子", "S12.3.4", "みどり町1"), ErrorCode.EXAMPLE_ROW),
    ],
)
def test_rows_that_are_no_data_are_named(row: tuple[str, ...], code: ErrorCode) -> None:
    """Repeated headings, column numbers, notes, group titles and examples are no people."""
    inspection = _inspected(csv_bytes([HEADINGS, row, ROW, row, SECOND]))
    assert set(_codes(inspection)) == {code} and _names(inspection) == [ROW[1], SECOND[1]]


def test_ditto_marks_take_the_value_above() -> None:
    """〃 and 同上 become the value above with a notice; with nothing above they are an error."""
    rows = [HEADINGS, ROW, ("00102", "若葉　次郎", "〃", "同上"), ("00103", "森　三郎", "〃", "″")]
    inspection = _inspected(csv_bytes(rows))
    people = inspection.objects(Person)
    assert {p.address for p in people} == {ROW[3]} and _codes(inspection) == [ErrorCode.DITTO_FILLED] * 4
    first = _inspected(csv_bytes([HEADINGS, ("00102", "若葉　次郎", "1950/1/2", "同上")]))
    assert ErrorCode.DITTO_UNCLEAR in _codes(first) and first.good_rows == 0


def test_headings_of_two_and_three_rows_are_joined() -> None:
    """A group above its headings gives them their meaning; 氏名 below 緊急連絡先1 is not the person."""
    heads = (
        ("基本情報", "", "", "", "緊急連絡先1", ""),
        ("名簿番号", "氏\n名", "生年月日", "住所", "氏名", "電話"),
    )
    row = (*ROW, "青葉　一郎", "0467-22-1234")
    for above in ((), (("避難行動要支援者名簿",),)):
        inspection = _inspected(xlsx_bytes([*above, *heads, row]), "a.xlsx")
        (person,) = inspection.objects(Person)
        assert person.name == ROW[1] and person.emergency_contacts[0].name == "青葉　一郎"
        assert _codes(inspection) == [ErrorCode.HEADINGS_JOINED]


def test_a_group_that_is_not_known_does_not_lend_its_name() -> None:
    """氏名 below 後見人 does not become the person's name: the table is left for mapping."""
    heads = (("本人", "後見人", "", ""), ("名簿番号", "氏名", "生年月日", "住所"))
    inspection = _inspected(xlsx_bytes([*heads, ROW]), "a.xlsx")
    assert inspection.good_rows == 0 and inspection.is_refused


def test_padding_rows_and_columns_do_no_harm() -> None:
    """Empty rows and columns around and inside of the table are passed over; numbers stay Excel's."""

    def pad(book: Workbook) -> None:
        tab = book.active
        assert tab is not None
        tab.insert_rows(1, 3)
        tab.insert_cols(1, 2)
        tab.insert_cols(4)

    inspection = _inspected(xlsx_bytes([HEADINGS, ROW, SECOND], pad), "a.xlsx")
    assert _names(inspection) == [ROW[1], SECOND[1]] and not _codes(inspection)
    assert [record.row for record in inspection.parts[0].records] == [5, 6]


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls"])
def test_merged_cells_are_filled_down(name: str) -> None:
    """What a merged cell says once counts for each of its rows, with a notice for each."""
    rows = [HEADINGS, ROW, ("00102", "若葉　次郎", "1950/1/2", None), ("00103", "森　三郎", "1951/1/2", None)]
    if name == "a.xlsx":
        content = xlsx_bytes(rows, lambda book: book.active.merge_cells("D2:D4"))
    else:
        plain = [[cell for cell in row if cell is not None] for row in rows]
        plain[1] = plain[1][:3]
        content = xls_bytes(plain, lambda tab: tab.write_merge(1, 3, 3, 3, ROW[3]))
    inspection = _inspected(content, name)
    assert {p.address for p in inspection.objects(Person)} == {ROW[3]}
    assert _codes(inspection) == [ErrorCode.CELLS_MERGED] * 2


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls"])
def test_hidden_rows_and_columns_are_named(name: str) -> None:
    """Rows that a filter hid, and hidden columns, are read like the others and named."""
    rows = [HEADINGS, ROW, SECOND]

    def hide(book: Workbook) -> None:
        tab = book.active
        assert tab is not None
        tab.row_dimensions[3].hidden = True
        tab.column_dimensions["C"].hidden = True

    def hide_old(tab: xlwt.Worksheet) -> None:
        tab.row(2).hidden = True
        tab.col(2).hidden = True

    content = xlsx_bytes(rows, hide) if name == "a.xlsx" else xls_bytes(rows, hide_old)
    inspection = _inspected(content, name)
    assert _codes(inspection) == [ErrorCode.ROWS_HIDDEN, ErrorCode.COLUMNS_HIDDEN]
    assert [dict(p.values) for _, p in inspection.findings()] == [{"rows": "3"}, {"columns": "C"}]
    assert len(_names(inspection)) == 2


def test_old_excel_keeps_texts_numbers_dates_and_errors() -> None:
    """An old file gives zeros that were typed, dates as dates, and errors as errors."""
    dated = xlwt.easyxf(num_format_str="YYYY/MM/DD")

    def more(tab: xlwt.Worksheet) -> None:
        tab.write(2, 0, 7)
        tab.write(2, 2, TODAY, dated)

    (table,) = read_tables(xls_bytes([HEADINGS, ROW], more), "名簿.xls")
    assert table.rows[1].cells == ROW
    assert table.rows[2].cells[:3] == ("7", "", TODAY.isoformat())
    assert table.rows[2].natures == {0: CellNature.NUMBER, 2: CellNature.DATE}


def test_sheets_about_the_form_are_told_from_registers() -> None:
    """A sheet 説明 is passed over, 説明会の名簿 is not; every sheet that is no table is named."""

    def more(book: Workbook) -> None:
        for title in ("説明", "説明会の名簿", "メモ"):
            tab = book.create_sheet(title)
            tab.append(list(HEADINGS) if "名簿" in title else ["これは", "表ではない"])
            tab.append(list(SECOND) if "名簿" in title else ["あ", "い"])

    inspection = _inspected(xlsx_bytes([HEADINGS, ROW], more), "a.xlsx")
    assert _names(inspection) == [ROW[1], SECOND[1]]
    named = [p.values["sheet"] for _, p in inspection.findings(Severity.WARNING)]
    assert named == ["メモ"]


def test_a_long_sheet_read_in_blocks_is_the_same() -> None:
    """Rows, numbers, dates, gaps and merged cells come out of blocks as they come out of the whole sheet."""
    rows: list[list[object]] = [[], list(HEADINGS)]
    rows += [[f"{i:05d}", f"人　{i}", TODAY, f"みどり町{i}"] if i % 7 else [] for i in range(1, 400)]
    content = xlsx_bytes(rows, lambda book: book.active.merge_cells("D390:D399"))
    ((name, path),) = long_sheets(content, split_from=0).items()
    blocks = list(sheet_blocks(content, path, block_bytes=8_000))
    assert len(blocks) > 3
    marks = SheetMarks()
    in_blocks, whole = _SheetReader(marks, SCREEN), _SheetReader(marks, SCREEN)
    for block in blocks:
        with CalamineWorkbook.from_filelike(block) as book:
            in_blocks.take(book.get_sheet_by_name(name))
    with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
        whole.take(book.get_sheet_by_name(name))
    tables = [reader.table(name, FileKind.WORKBOOK) for reader in (in_blocks, whole)]
    assert list(tables[0].filled()) == list(tables[1].filled())
    assert (tables[0].problems, tables[0].merges) == (tables[1].problems, tables[1].merges)
