"""Copied tables: text of Excel, HTML, headings in any order, merged cells, cells that cannot be read."""

import pytest

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.intake.cells import CellKind, cell_fault, cell_faults, cell_kind
from bcp_kit.intake.pasted import fill_down, has_gaps, read_pasted
from bcp_kit.intake.pasted_columns import place_columns

HEADINGS = {"article": "品名", "quantity": "数量", "use_by": "消費期限", "storage_place": "保管場所"}


def test_cells_with_breaks_quotes_and_tabs_stay_one_cell() -> None:
    """A cell that holds a line break, a doubled quote or a tab comes out as it was in Excel."""
    grid = read_pasted('水\t"2Lの箱\r\n6本入り"\n"缶""大"""\t"左\t右"\r\n')
    assert grid == (("水", "2Lの箱\n6本入り"), ('缶"大"', "左\t右"))


def test_a_stray_quote_loses_nothing() -> None:
    """Text with a quote that never ends is read line by line."""
    assert read_pasted('5"の板\t3\n"開いたまま\t4') == (('5"の板', "3"), ('"開いたまま', "4"))


def test_merged_cells_of_html_fill_their_places() -> None:
    """Row and column spans give every covered cell its words; markup and breaks are no words."""
    html = """<table><tr><th colspan="2">備蓄</th>
      <th>期限</th></tr>
      <tr><td rowspan="2">飲料</td><td>水<br>2L</td><td>2027年4月</td></tr>
      <tr><td>お茶</td><td>&lt;未定&gt;</td></tr>
      </table><table><tr><td>別の表</td></tr></table>"""
    assert read_pasted(html) == (
        ("備蓄", "備蓄", "期限"),
        ("飲料", "水\n2L", "2027年4月"),
        ("飲料", "お茶", "<未定>"),
    )


def test_merged_cells_of_excel_are_filled_from_above() -> None:
    """Only leading columns with gaps are filled; a gap further right stays a gap."""
    grid = read_pasted("飲料\t水\t\n\tお茶\t20\n食品\t粥\t")
    assert has_gaps(grid)
    assert fill_down(grid) == (("飲料", "水", ""), ("飲料", "お茶", "20"), ("食品", "粥", ""))


def test_empty_rows_and_outer_columns_go() -> None:
    """What was selected around the table says nothing."""
    assert read_pasted("\t\t\n\t水\t3\n\t\t\n\t茶\t4\n") == (("水", "3"), ("茶", "4"))
    assert read_pasted(" \n\t\n") == ()


def test_too_large_a_paste_is_refused() -> None:
    """More rows than a table of a plan can hold are refused with the limit."""
    with pytest.raises(BcpKitError) as refused:
        read_pasted("a\tb\n" * 2_001)
    assert refused.value.code is ErrorCode.SHEET_TOO_LARGE
    with pytest.raises(BcpKitError):
        read_pasted('<table><tr><td rowspan="99999999" colspan="999">x</td></tr></table>')


def test_headings_may_come_in_any_order() -> None:
    """Columns are found by their heading whatever its order, width and marks; others are named."""
    found = place_columns(read_pasted("保管場所\t品　名\t担当\t数量（個）\n倉庫\t水\t山\t12"), HEADINGS)
    assert found.has_heading and found.unknown == ("担当",)
    assert found.records() == ({"article": "水", "quantity": "12", "use_by": "", "storage_place": "倉庫"},)


def test_without_headings_columns_are_taken_in_order() -> None:
    """A first row of facts is a row, not a heading; columns beyond ours are named."""
    found = place_columns(read_pasted("水\t12\t2027年4月\t倉庫\t余り\n茶\t3\t\t棚\t"), HEADINGS)
    assert not found.has_heading and len(found.records()) == 2 and found.unknown == ("余り",)


def test_500_rows_are_read() -> None:
    """A long list arrives whole."""
    text = "品名\t数量\n" + "".join(f"品{n}\t{n}\n" for n in range(500))
    assert len(place_columns(read_pasted(text), HEADINGS).records()) == 500


@pytest.mark.parametrize(
    ("kind", "cell", "fault"),
    [
        (CellKind.NUMBER, "約２０個", ""),
        (CellKind.NUMBER, "随時", ""),
        (CellKind.NUMBER, "たくさん", "write.cell.number"),
        (CellKind.DATE, "令和９年４月１日", ""),
        (CellKind.DATE, "2027年4月", ""),
        (CellKind.DATE, "2027/2/30", "write.cell.no_such_date"),
        (CellKind.DATE, "令和元年4月1日", "write.cell.no_such_date"),
        (CellKind.DATE, "そのうち", "write.cell.date"),
        (CellKind.PHONE, "03-1234-5678（夜間は守衛）", ""),
        (CellKind.PHONE, "０９０ー１２３４ー５６７８", ""),
        (CellKind.PHONE, "1234", "write.cell.phone"),
        (CellKind.TEXT, "なんでも", ""),
    ],
)
def test_cells_are_judged_in_clear_words(kind: CellKind, cell: str, fault: str) -> None:
    """A number, date or phone that cannot be read is named; what a plan may well say is not."""
    assert cell_fault(kind, cell) == fault


def test_faults_say_row_and_column() -> None:
    """The place of each unreadable cell is told, counted from 1."""
    rows = ({"quantity": "12"}, {"quantity": "多め"})
    (fault,) = cell_faults(rows, {"quantity": cell_kind("quantity")})
    assert (fault.row, fault.column, fault.cell) == (2, "quantity", "多め")
